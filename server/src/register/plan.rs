//! What each row of a file would change. Pure: what the region has is given, nothing is read or written.

use super::read::{Of, Row, Table};
use crate::mail::Address;
use app::forms::derived;
use app::outside::{Change, Column, Planned, Problem, What};
use domain::command::{Command, Submission};
use domain::ids::{CommandId, OrganisationId, PersonId};
use domain::organisation::command::OrganisationCommand;
use domain::organisation::event::{OrganisationKind, SchoolType};
use domain::organisation::number::{NumberError, OrganisationNumber};
use domain::person::{PersonCommand, WorkRole};
use domain::text::{Name, Named, PersonName};
use domain::views::region::OrganisationRow;
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// A person the region knows and has not forgotten.
#[derive(Clone, Debug)]
pub struct KnownPerson {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// Where the person works.
    pub works_at: BTreeMap<OrganisationId, WorkRole>,
    /// Where the person is written to.
    pub address: Option<Address>,
}

/// What the region has.
#[derive(Clone, Debug)]
pub struct Known {
    /// The region.
    pub region: Uuid,
    /// Where its log ended: an order that is needed again later gets another id.
    pub head: u64,
    /// Its organisations, closed ones too.
    pub organisations: BTreeMap<OrganisationId, OrganisationRow>,
    /// Its people; nobody where the file is of organisations.
    pub people: Vec<KnownPerson>,
}

/// One thing to do.
#[derive(Clone, Debug)]
pub enum Step {
    /// An order.
    Order(Box<Submission>),
    /// Keep where a person is written to.
    Contact(PersonId, Address),
}

/// A row, what it means, and what is to be done for it in that order.
#[derive(Clone, Debug)]
pub struct PlannedRow {
    /// As it is shown.
    pub shown: Planned,
    /// What is to be done.
    pub steps: Vec<Step>,
    /// Whether others of the file can build on it: owners come before their units.
    pub first: bool,
}

/// What a file would change.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Its rows, in the order of the file.
    pub rows: Vec<PlannedRow>,
}

impl Plan {
    /// A mark of everything that is shown: another plan has another.
    #[must_use]
    pub fn mark(&self) -> String {
        let shown: Vec<&Planned> = self.rows.iter().map(|row| &row.shown).collect();
        hex::encode(Sha256::digest(format!("{shown:?}")))
    }

    /// How many rows are new, changed, the same, wrong.
    #[must_use]
    pub fn counts(&self) -> [usize; 4] {
        let mut counts = [0; 4];
        for row in &self.rows {
            let [new, changed, same, wrong] = &mut counts;
            *match row.shown.what {
                What::New => new,
                What::Changed(_) => changed,
                What::Same => same,
                What::Wrong(_) => wrong,
            } += 1;
        }
        counts
    }
}

/// Plans a file. `seed` is of one preview: what the same preview makes of new people is the same each time.
#[must_use]
pub fn plan(table: &Table, known: &Known, seed: Uuid) -> Plan {
    let mut rows = match table.of {
        Of::Organisations => Organisations::new(known).plan(&table.rows),
        Of::People => People::new(known, seed).plan(&table.rows),
    };
    rows.sort_by_key(|row| row.shown.line);
    Plan { rows }
}

/// A value of a cell, by what people call it in any of the languages.
fn named<T: Copy>(
    all: &[T],
    text: &str,
    called: impl Fn(&'static app::words::Words, T) -> String,
) -> Option<T> {
    // Dashes are typed as hyphens.
    let plain = |text: &str| text.to_lowercase().replace('–', "-");
    let text = plain(text);
    let is = |value: T| {
        app::words::LANGUAGES
            .iter()
            .any(|language| plain(&called(app::words::of(language), value)) == text)
    };
    all.iter().copied().find(|value| is(*value))
}

/// A kind of school, by its name or by the years it has.
fn school_type(text: &str) -> Option<SchoolType> {
    match text.replace('–', "-").replace(' ', "").as_str() {
        "1-7" => Some(SchoolType::Primary),
        "8-10" => Some(SchoolType::LowerSecondary),
        "1-10" => Some(SchoolType::Combined),
        _ => named(&SCHOOL_TYPES, text, |words, school| {
            words.domain.school_type(school).to_owned()
        }),
    }
}

const KINDS: [OrganisationKind; 9] = [
    OrganisationKind::Municipality,
    OrganisationKind::School,
    OrganisationKind::Kindergarten,
    OrganisationKind::Ppt,
    OrganisationKind::University,
    OrganisationKind::Union,
    OrganisationKind::CountyGovernor,
    OrganisationKind::Ks,
    OrganisationKind::Other,
];

const SCHOOL_TYPES: [SchoolType; 3] = [
    SchoolType::Primary,
    SchoolType::LowerSecondary,
    SchoolType::Combined,
];

/// Names are the same whatever the case and the spaces.
fn folded(name: &str) -> String {
    name.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// What is known of an organisation while the file is gone through.
struct Entry {
    called: Name,
    number: Option<OrganisationNumber>,
    kind: OrganisationKind,
    parent: Option<OrganisationId>,
    closed: bool,
    /// The line of the file that told of it.
    line: Option<u32>,
}

struct Organisations<'a> {
    known: &'a Known,
    entries: BTreeMap<OrganisationId, Entry>,
}

/// A row of a file of organisations, each cell understood.
struct Typed {
    number: Option<OrganisationNumber>,
    called: Name,
    kind: OrganisationKind,
    owner: Option<OrganisationId>,
    school_type: Option<SchoolType>,
    pupils: Option<u32>,
}

fn number(text: &str) -> Result<Option<OrganisationNumber>, Problem> {
    if text.is_empty() {
        return Ok(None);
    }
    match OrganisationNumber::parse(text) {
        Ok(number) => Ok(Some(number)),
        Err(NumberError::Digits) => Err(Problem::NumberDigits),
        Err(NumberError::Check) => Err(Problem::NumberCheck),
    }
}

fn kind(text: &str) -> Result<OrganisationKind, Problem> {
    named(&KINDS, text, |words, kind| {
        words.domain.organisation_kind(kind).to_owned()
    })
    .ok_or_else(|| Problem::Kind(text.to_owned()))
}

/// Finds an organisation by number or by name; of those that are closed, none.
fn find<'a>(
    all: impl Iterator<Item = (OrganisationId, &'a str, Option<&'a OrganisationNumber>)>,
    text: &str,
    unknown: Problem,
) -> Result<OrganisationId, Problem> {
    let number = OrganisationNumber::parse(text).ok();
    let name = folded(text);
    let mut found = all.filter(|(_, called, own)| match &number {
        Some(number) => *own == Some(number),
        None => folded(called) == name,
    });
    match (found.next(), found.next()) {
        (Some((id, ..)), None) => Ok(id),
        (Some(_), Some(_)) => Err(Problem::Ambiguous(text.to_owned())),
        (None, _) => Err(unknown),
    }
}

impl<'a> Organisations<'a> {
    fn new(known: &'a Known) -> Self {
        let entries = known.organisations.iter().map(|(id, row)| {
            let entry = Entry {
                called: row.called.clone(),
                number: row.number.clone(),
                kind: row.kind,
                parent: row.parent,
                closed: row.closed,
                line: None,
            };
            (*id, entry)
        });
        let entries = entries.collect();
        Self { known, entries }
    }

    fn plan(mut self, rows: &[Row]) -> Vec<PlannedRow> {
        let is_unit =
            |row: &&Row| kind(row.cell(Column::Kind)).is_ok_and(OrganisationKind::is_unit);
        let (units, owners): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(is_unit);
        let owners: Vec<(bool, &Row)> = owners.into_iter().map(|row| (true, row)).collect();
        let units = units.into_iter().map(|row| (false, row));
        let mut planned = Vec::new();
        for (first, row) in owners.into_iter().chain(units) {
            let (what, steps) = match self.typed(row).and_then(|typed| self.row(row.line, typed)) {
                Ok(done) => done,
                Err(problem) => (What::Wrong(problem), Vec::new()),
            };
            let shown = Planned {
                line: row.line,
                name: row.cell(Column::Name).to_owned(),
                what,
            };
            planned.push(PlannedRow {
                shown,
                steps,
                first,
            });
        }
        planned
    }

    fn typed(&self, row: &Row) -> Result<Typed, Problem> {
        let number = number(row.cell(Column::Number))?;
        let called = Name::parse(row.cell(Column::Name)).map_err(|_error| Problem::Name)?;
        let kind = kind(row.cell(Column::Kind))?;
        let owner = match row.cell(Column::Owner) {
            "" => None,
            text => {
                let open = self
                    .entries
                    .iter()
                    .filter(|(_, entry)| !entry.closed && !entry.kind.is_unit());
                let open =
                    open.map(|(id, entry)| (*id, entry.called.as_str(), entry.number.as_ref()));
                Some(find(open, text, Problem::Owner(text.to_owned()))?)
            }
        };
        let school_type = match row.cell(Column::SchoolType) {
            "" => None,
            text => Some(school_type(text).ok_or_else(|| Problem::SchoolType(text.to_owned()))?),
        };
        let pupils = match row.cell(Column::Pupils) {
            "" => None,
            text => {
                let digits: String = text.chars().filter(|c| !c.is_whitespace()).collect();
                let count: Option<u32> = digits.parse().ok();
                let count = count.filter(|count| *count < 100_000);
                Some(count.ok_or_else(|| Problem::Pupils(text.to_owned()))?)
            }
        };
        Ok(Typed {
            number,
            called,
            kind,
            owner,
            school_type,
            pupils,
        })
    }

    /// By number first, then by name and owner.
    fn matching(&self, typed: &Typed) -> Result<Option<OrganisationId>, Problem> {
        if let Some(number) = &typed.number {
            let by_number = self
                .entries
                .iter()
                .find(|(_, entry)| entry.number.as_ref() == Some(number));
            if let Some((id, _)) = by_number {
                return Ok(Some(*id));
            }
        }
        let name = folded(typed.called.as_str());
        let mut same = self.entries.iter().filter(|(_, entry)| {
            !entry.closed
                && folded(entry.called.as_str()) == name
                && entry.kind == typed.kind
                && (typed.owner.is_none() || entry.parent == typed.owner)
        });
        match (same.next(), same.next()) {
            (None, _) => Ok(None),
            (Some((id, entry)), None) => match (&entry.number, &typed.number) {
                (Some(own), Some(_)) => Err(Problem::OtherNumber(own.to_string())),
                _ => Ok(Some(*id)),
            },
            (Some(_), Some(_)) => Err(Problem::Ambiguous(typed.called.as_str().to_owned())),
        }
    }

    fn row(&mut self, line: u32, typed: Typed) -> Result<(What, Vec<Step>), Problem> {
        let Some(id) = self.matching(&typed)? else {
            return Ok(self.enter(line, typed));
        };
        let (region, head) = (self.known.region, self.known.head);
        let Some(entry) = self.entries.get_mut(&id) else {
            return Err(Problem::Name);
        };
        if let Some(line) = entry.line {
            return Err(Problem::Twice(line));
        }
        if entry.closed {
            return Err(Problem::Closed);
        }
        if entry.kind != typed.kind {
            return Err(Problem::OtherKind);
        }
        if typed.owner.is_some() && entry.parent != typed.owner {
            return Err(Problem::OtherOwner);
        }
        entry.line = Some(line);
        let mut changes = Vec::new();
        let mut steps = Vec::new();
        let mut order = |what: &str, command: OrganisationCommand| {
            steps.push(ordered(region, &format!("{what}/{id}/{head}"), command));
        };
        if entry.called != typed.called {
            changes.push(Change::Name {
                from: entry.called.as_str().to_owned(),
                to: typed.called.as_str().to_owned(),
            });
            let rename = OrganisationCommand::Rename {
                organisation: id,
                called: typed.called.clone(),
            };
            order("rename", rename);
            entry.called = typed.called;
        }
        if let Some(number) = typed.number
            && entry.number.as_ref() != Some(&number)
        {
            changes.push(Change::Number(number.to_string()));
            let give = OrganisationCommand::GiveNumber {
                organisation: id,
                number: number.clone(),
            };
            order("number", give);
            entry.number = Some(number);
        }
        let what = match changes.is_empty() {
            true => What::Same,
            false => What::Changed(changes),
        };
        Ok((what, steps))
    }

    fn enter(&mut self, line: u32, typed: Typed) -> (What, Vec<Step>) {
        let region = self.known.region;
        let identity = match &typed.number {
            Some(number) => number.as_str().to_owned(),
            None => format!(
                "{:?}/{:?}/{}",
                typed.kind,
                typed.owner,
                folded(typed.called.as_str())
            ),
        };
        // One that was closed or renamed since may have had this id.
        let mut ids = (0_u32..)
            .map(|n| OrganisationId(derived(region, &format!("organisation/{identity}/{n}"))));
        let id = ids
            .find(|id| !self.entries.contains_key(id))
            .unwrap_or(OrganisationId(region));
        let register = OrganisationCommand::Register {
            organisation: id,
            called: typed.called.clone(),
            kind: typed.kind,
            parent: typed.owner,
            school_type: typed.school_type,
            pupils: typed.pupils,
        };
        let content = format!(
            "register/{id}/{}/{:?}/{:?}",
            typed.called.as_str(),
            typed.school_type,
            typed.pupils
        );
        let mut steps = vec![ordered(region, &content, register)];
        if let Some(number) = &typed.number {
            let give = OrganisationCommand::GiveNumber {
                organisation: id,
                number: number.clone(),
            };
            steps.push(ordered(
                region,
                &format!("number/{id}/{}", number.as_str()),
                give,
            ));
        }
        let entry = Entry {
            called: typed.called,
            number: typed.number,
            kind: typed.kind,
            parent: typed.owner,
            closed: false,
            line: Some(line),
        };
        self.entries.insert(id, entry);
        (What::New, steps)
    }
}

fn ordered(seed: Uuid, content: &str, command: impl Into<Command>) -> Step {
    Step::Order(Box::new(Submission::new(
        CommandId(derived(seed, content)),
        command,
    )))
}

struct People<'a> {
    known: &'a Known,
    seed: Uuid,
    /// Those of the region that a row of the file is about.
    claimed: BTreeSet<PersonId>,
    /// The lines of addresses.
    addresses: BTreeMap<String, u32>,
    /// The lines of names without an address, by workplace.
    names: BTreeMap<(String, OrganisationId), u32>,
}

impl<'a> People<'a> {
    fn new(known: &'a Known, seed: Uuid) -> Self {
        Self {
            known,
            seed,
            claimed: BTreeSet::new(),
            addresses: BTreeMap::new(),
            names: BTreeMap::new(),
        }
    }

    fn plan(mut self, rows: &[Row]) -> Vec<PlannedRow> {
        rows.iter()
            .map(|row| {
                let (what, steps) = match self.row(row) {
                    Ok(done) => done,
                    Err(problem) => (What::Wrong(problem), Vec::new()),
                };
                let shown = Planned {
                    line: row.line,
                    name: row.cell(Column::Name).to_owned(),
                    what,
                };
                PlannedRow {
                    shown,
                    steps,
                    first: false,
                }
            })
            .collect()
    }

    fn row(&mut self, row: &Row) -> Result<(What, Vec<Step>), Problem> {
        let name = PersonName::parse(row.cell(Column::Name)).map_err(|_error| Problem::Name)?;
        let address = match row.cell(Column::Address) {
            "" => None,
            text => Some(Address::parse(text).map_err(|_error| Problem::Address)?),
        };
        let workplace = row.cell(Column::Workplace);
        let open = self
            .known
            .organisations
            .iter()
            .filter(|(_, row)| !row.closed);
        let open = open.map(|(id, row)| (*id, row.called.as_str(), row.number.as_ref()));
        let unknown = Problem::Workplace(workplace.to_owned());
        let organisation = find(open, workplace, unknown)?;
        let role = row.cell(Column::Role);
        let role = named(&WorkRole::ALL, role, |words, role| {
            words.domain.work_role(role).to_owned()
        })
        .ok_or_else(|| Problem::Role(role.to_owned()))?;
        let before = match &address {
            Some(address) => self.addresses.insert(address.as_str().to_owned(), row.line),
            None => self
                .names
                .insert((folded(name.as_str()), organisation), row.line),
        };
        if let Some(line) = before {
            return Err(Problem::Twice(line));
        }
        let known = self
            .matching(name.as_str(), address.as_ref(), organisation)?
            .cloned();
        if let Some(known) = &known {
            self.claimed.insert(known.person);
        }
        Ok(self.steps(row.line, &name, address, (organisation, role), known))
    }

    /// By address; else by name and workplace; else somebody of that name of whom no more is known: an import that
    /// stopped half-way left them so.
    fn matching(
        &self,
        name: &str,
        address: Option<&Address>,
        at: OrganisationId,
    ) -> Result<Option<&'a KnownPerson>, Problem> {
        let name = folded(name);
        let mut free = self
            .known
            .people
            .iter()
            .filter(|known| !self.claimed.contains(&known.person));
        let by_address = address.and_then(|address| {
            free.clone()
                .find(|known| known.address.as_ref() == Some(address))
        });
        if by_address.is_some() {
            return Ok(by_address);
        }
        let mut here = free
            .clone()
            .filter(|known| folded(&known.name) == name && known.works_at.contains_key(&at));
        match (here.next(), here.next()) {
            (Some(_), Some(_)) => return Err(Problem::Ambiguous(name)),
            (Some(known), None) if address.is_some() && known.address.is_some() => {
                return Err(Problem::OtherAddress);
            }
            (Some(known), None) => return Ok(Some(known)),
            (None, _) => {}
        }
        Ok(free.find(|known| {
            folded(&known.name) == name && known.works_at.is_empty() && known.address.is_none()
        }))
    }

    fn steps(
        &self,
        line: u32,
        name: &PersonName,
        address: Option<Address>,
        (organisation, role): (OrganisationId, WorkRole),
        known: Option<KnownPerson>,
    ) -> (What, Vec<Step>) {
        let new = known.is_none();
        let known = known.unwrap_or_else(|| KnownPerson {
            person: PersonId(derived(self.seed, &format!("person/{line}"))),
            name: String::new(),
            works_at: BTreeMap::new(),
            address: None,
        });
        let person = known.person;
        let mut steps = Vec::new();
        let mut changes = Vec::new();
        if known.name != name.as_str() {
            let command = match new {
                true => PersonCommand::Register { person },
                false => PersonCommand::Rename { person },
            };
            let id = CommandId(derived(self.seed, &format!("name/{line}")));
            let mut submission = Submission::new(id, command);
            submission.names.push(Named {
                person,
                name: name.clone(),
            });
            steps.push(Step::Order(Box::new(submission)));
            changes.push(Change::Name {
                from: known.name,
                to: name.as_str().to_owned(),
            });
        }
        if let Some(address) = address
            && known.address.as_ref() != Some(&address)
        {
            changes.push(Change::Address);
            steps.push(Step::Contact(person, address));
        }
        if known.works_at.get(&organisation) != Some(&role) {
            let join = PersonCommand::Join {
                person,
                organisation,
                role,
            };
            steps.push(ordered(self.seed, &format!("work/{line}"), join));
            changes.push(Change::Work);
        }
        let what = match (new, changes.is_empty()) {
            (true, _) => What::New,
            (false, true) => What::Same,
            (false, false) => What::Changed(changes),
        };
        (what, steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_school_is_known_by_its_name_and_by_its_years() {
        for (text, known) in [
            ("1–10", Some(SchoolType::Combined)),
            ("8 - 10", Some(SchoolType::LowerSecondary)),
            ("1-7", Some(SchoolType::Primary)),
            ("Ungdomsskole", Some(SchoolType::LowerSecondary)),
            ("1-10-skole", Some(SchoolType::Combined)),
            ("8-13", None),
        ] {
            assert_eq!(school_type(text), known, "{text}");
        }
    }
}
