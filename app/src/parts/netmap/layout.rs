//! Where the networks stand in their map: those above on top, what hangs under them below, what works beside them on
//! the same row. Pure; all lengths are in the picture's own units.

use crate::order::ordered_by_key;
use chrono::NaiveDate;
use domain::ids::NetworkId;
use domain::network::event::Relation;
use domain::network::state::NetworkStatus;
use domain::views::region::NetworkRow;
use std::collections::{BTreeMap, BTreeSet};

/// Width of the map.
pub const WIDTH: f64 = 360.0;
/// Nodes beside each other at most: names must stay readable on a phone.
const ACROSS: usize = 3;
/// Distance between rows.
const ROW: f64 = 78.0;
/// Free space above the first row.
const TOP: f64 = 24.0;
/// From a node's middle to the first line of its name, as far as the largest node reaches.
const UNDER: f64 = 20.0;
/// Height of a line of a name.
pub const NAME: f64 = 10.0;
/// Characters of a line of a name.
const LINE: usize = 20;
/// Lines of a name.
const LINES: usize = 3;

/// The networks by id.
pub type Rows = BTreeMap<NetworkId, NetworkRow>;

/// A network with what belongs under and beside it.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// Which.
    pub network: NetworkId,
    /// How it hangs on the one above; none at the top.
    pub relation: Option<Relation>,
    /// What hangs on it, by name.
    pub branches: Vec<Branch>,
}

/// A network in the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Which.
    pub network: NetworkId,
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// Its name in lines.
    pub lines: Vec<String>,
}

/// A relation in the map.
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// What hangs.
    pub from: NetworkId,
    /// On what.
    pub to: NetworkId,
    /// How.
    pub relation: Relation,
    /// Its line.
    pub path: String,
}

/// The map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Map {
    /// The networks.
    pub nodes: Vec<Node>,
    /// The relations.
    pub edges: Vec<Edge>,
    /// Height of the map.
    pub height: f64,
}

fn name(rows: &Rows, id: NetworkId) -> &str {
    rows.get(&id)
        .and_then(|row| row.called.as_ref())
        .map_or("", |called| called.as_str())
}

/// What a network hangs on: under another before beside one.
fn above(rows: &Rows, id: NetworkId) -> Option<(NetworkId, Relation)> {
    let known = || {
        let relations = rows.get(&id).into_iter().flat_map(|row| &row.relations);
        relations.filter(|(to, _)| **to != id && rows.contains_key(*to))
    };
    known()
        .find(|(_, relation)| **relation == Relation::Sub)
        .or_else(|| known().next())
        .map(|(to, relation)| (*to, *relation))
}

/// The networks as trees, by name. Everything is in it once, even where relations run in a circle.
#[must_use]
pub fn trees(rows: &Rows) -> Vec<Branch> {
    let mut hanging: BTreeMap<NetworkId, Vec<(NetworkId, Relation)>> = BTreeMap::new();
    let mut tops = Vec::new();
    for id in rows.keys() {
        match above(rows, *id) {
            Some((to, relation)) => hanging.entry(to).or_default().push((*id, relation)),
            None => tops.push(*id),
        }
    }
    for ids in hanging.values_mut() {
        // Beside comes first: it stands on the same row.
        *ids = ordered_by_key(std::mem::take(ids), |(id, relation)| {
            (*relation == Relation::Sub, name(rows, *id))
        });
    }
    let tops = ordered_by_key(tops, |id| (!hanging.contains_key(id), name(rows, *id)));
    let mut placed = BTreeSet::new();
    let mut trees: Vec<Branch> = Vec::new();
    // What only hangs in a circle has no top: its first by id becomes one.
    for id in tops.into_iter().chain(rows.keys().copied()) {
        if placed.insert(id) {
            trees.push(branch(id, None, &hanging, &mut placed));
        }
    }
    trees
}

fn branch(
    network: NetworkId,
    relation: Option<Relation>,
    hanging: &BTreeMap<NetworkId, Vec<(NetworkId, Relation)>>,
    placed: &mut BTreeSet<NetworkId>,
) -> Branch {
    let mut branches = Vec::new();
    for (id, relation) in hanging.get(&network).into_iter().flatten() {
        if placed.insert(*id) {
            branches.push(branch(*id, Some(*relation), hanging, placed));
        }
    }
    Branch {
        network,
        relation,
        branches,
    }
}

fn levels(branches: &[Branch], level: usize, found: &mut Vec<Vec<NetworkId>>) {
    for branch in branches {
        // Beside is on the row of the one it stands beside; a top is on the first.
        let own = match branch.relation {
            Some(Relation::Sub) => level,
            Some(Relation::Side) => level.saturating_sub(1),
            None => 0,
        };
        while found.len() <= own {
            found.push(Vec::new());
        }
        found[own].push(branch.network);
        levels(&branch.branches, own + 1, found);
    }
}

/// A name in few short lines.
#[must_use]
pub fn wrap(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= LINE => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

/// The map of the networks.
#[must_use]
pub fn map(rows: &Rows) -> Map {
    let mut by_level = Vec::new();
    levels(&trees(rows), 0, &mut by_level);
    let mut nodes = Vec::new();
    let mut y = TOP;
    for level in &by_level {
        let rows_needed = level.len().div_ceil(ACROSS).max(1);
        let across = level.len().div_ceil(rows_needed).max(1);
        for row in level.chunks(across) {
            for (place, network) in row.iter().enumerate() {
                nodes.push(Node {
                    network: *network,
                    x: middle(place, row.len()),
                    y,
                    lines: wrap(name(rows, *network)),
                });
            }
            y += ROW;
        }
    }
    let places: BTreeMap<NetworkId, Place> = nodes
        .iter()
        .map(|node| (node.network, Place::of(node)))
        .collect();
    let edges = edges(rows, &places);
    Map {
        nodes,
        edges,
        height: y - ROW + 54.0,
    }
}

fn middle(place: usize, of: usize) -> f64 {
    // A handful of nodes beside each other.
    #[allow(clippy::cast_precision_loss)]
    let (place, of) = (place as f64, of as f64);
    WIDTH * (place + 0.5) / of
}

/// Where lines meet a node: at its middle, or under its name so that no line runs through it.
#[derive(Clone, Copy)]
struct Place {
    middle: (f64, f64),
    under: f64,
}

impl Place {
    fn of(node: &Node) -> Self {
        // A handful of lines.
        #[allow(clippy::cast_precision_loss)]
        let lines = node.lines.len() as f64;
        Self {
            middle: (node.x, node.y),
            under: node.y + UNDER + lines * NAME,
        }
    }
}

fn edges(rows: &Rows, places: &BTreeMap<NetworkId, Place>) -> Vec<Edge> {
    let mut edges = Vec::new();
    for (from, row) in rows {
        for (to, relation) in &row.relations {
            let (Some(below), Some(above)) = (places.get(from), places.get(to)) else {
                continue;
            };
            let (a, mut b) = (below.middle, above.middle);
            if above.under < a.1 {
                b.1 = above.under;
            }
            let bow = if (a.1 - above.middle.1).abs() < 1.0 {
                // Beside each other: a flat arch above both.
                format!(
                    "M{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
                    a.0,
                    a.1,
                    (a.0 + b.0) / 2.0,
                    a.1 - 22.0,
                    b.0,
                    b.1
                )
            } else {
                let half = (a.1 + b.1) / 2.0;
                format!(
                    "M{:.1} {:.1}C{:.1} {half:.1} {:.1} {half:.1} {:.1} {:.1}",
                    a.0, a.1, a.0, b.0, b.0, b.1
                )
            };
            edges.push(Edge {
                from: *from,
                to: *to,
                relation: *relation,
                path: bow,
            });
        }
    }
    edges
}

/// Where a network was in its life on a day, from the days its row knows. `None` before it was thought of.
#[must_use]
pub fn status_on(row: &NetworkRow, day: NaiveDate) -> Option<NetworkStatus> {
    let over = |on: Option<NaiveDate>| on.is_some_and(|on| on <= day);
    if over(row.ended) {
        Some(row.status)
    } else if over(row.established) {
        Some(NetworkStatus::AtWork)
    } else if over(row.proposed) {
        Some(NetworkStatus::Proposed)
    } else {
        None
    }
}

/// How many networks were at work on a day.
#[must_use]
pub fn at_work_on(rows: &Rows, day: NaiveDate) -> usize {
    rows.values()
        .filter(|row| status_on(row, day) == Some(NetworkStatus::AtWork))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::text::Name;
    use uuid::Uuid;

    fn id(number: u128) -> NetworkId {
        NetworkId(Uuid::from_u128(number))
    }

    fn row(called: &str, relations: &[(u128, Relation)]) -> NetworkRow {
        NetworkRow {
            called: Name::parse(called).ok(),
            relations: relations
                .iter()
                .map(|(to, relation)| (id(*to), *relation))
                .collect(),
            ..NetworkRow::default()
        }
    }

    fn region() -> Rows {
        BTreeMap::from([
            (id(1), row("Styringsgruppa", &[])),
            (id(2), row("Koordineringsgruppa", &[(1, Relation::Sub)])),
            (id(3), row("Fagnettverket", &[(2, Relation::Side)])),
            (id(4), row("Leiarnettverk Aure", &[(2, Relation::Sub)])),
            (id(5), row("Leiarnettverk Smøla", &[(2, Relation::Sub)])),
            (id(6), row("Leiarnettverk Tingvoll", &[(2, Relation::Sub)])),
            (id(7), row("Leiarnettverk Sunndal", &[(2, Relation::Sub)])),
        ])
    }

    fn place(map: &Map, number: u128) -> (f64, f64) {
        let node = map.nodes.iter().find(|node| node.network == id(number));
        node.map(|node| (node.x, node.y)).expect("it is in the map")
    }

    #[test]
    fn under_is_below_and_beside_is_beside() {
        let map = map(&region());
        assert_eq!(map.nodes.len(), 7);
        assert!(place(&map, 2).1 > place(&map, 1).1);
        assert!((place(&map, 2).1 - place(&map, 3).1).abs() < 1e-9);
        assert!(place(&map, 4).1 > place(&map, 2).1);
        assert_eq!(map.edges.len(), 6);
    }

    #[test]
    fn nodes_keep_their_distance_and_stay_inside() {
        let map = map(&region());
        for (at, one) in map.nodes.iter().enumerate() {
            assert!(one.x > 0.0 && one.x < WIDTH && one.y > 0.0 && one.y < map.height);
            for other in &map.nodes[at + 1..] {
                let apart = (one.x - other.x).hypot(one.y - other.y);
                assert!(apart > 70.0, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn a_circle_of_relations_is_drawn_once() {
        let rows = BTreeMap::from([
            (id(1), row("A", &[(2, Relation::Sub)])),
            (id(2), row("B", &[(1, Relation::Sub)])),
            (id(3), row("C", &[(3, Relation::Sub), (9, Relation::Sub)])),
        ]);
        let map = map(&rows);
        assert_eq!(map.nodes.len(), 3);
        assert_eq!(trees(&rows).len(), 2);
    }

    #[test]
    fn the_tree_puts_beside_before_below() {
        let trees = trees(&region());
        assert_eq!(trees.len(), 1);
        let coordination = &trees[0].branches[0];
        assert_eq!(coordination.network, id(2));
        assert_eq!(coordination.branches[0].network, id(3));
        assert_eq!(coordination.branches.len(), 5);
    }

    #[test]
    fn long_names_are_cut_after_three_lines() {
        assert_eq!(wrap("Fagnettverk"), ["Fagnettverk"]);
        let long = wrap(
            "Regionalt samarbeidsforum for kompetanseutvikling i barnehage og skole på Nordmøre",
        );
        assert_eq!(long.len(), 3);
        assert!(long[2].ends_with('…'));
    }

    #[test]
    fn a_network_is_what_it_was_on_the_day() {
        let day = |year| NaiveDate::from_ymd_opt(year, 1, 1).expect("a day");
        let row = NetworkRow {
            status: NetworkStatus::Merged,
            proposed: Some(day(2016)),
            established: Some(day(2017)),
            ended: Some(day(2021)),
            ..NetworkRow::default()
        };
        assert_eq!(status_on(&row, day(2015)), None);
        assert_eq!(status_on(&row, day(2016)), Some(NetworkStatus::Proposed));
        assert_eq!(status_on(&row, day(2020)), Some(NetworkStatus::AtWork));
        assert_eq!(status_on(&row, day(2021)), Some(NetworkStatus::Merged));
        let rows = BTreeMap::from([(id(1), row)]);
        assert_eq!(
            (at_work_on(&rows, day(2020)), at_work_on(&rows, day(2022))),
            (1, 0)
        );
    }
}
