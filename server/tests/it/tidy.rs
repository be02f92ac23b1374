//! The layering, read from the sources: what may stand where, and who may lean on whom.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .canonicalize()
        .expect("the workspace is there")
}

/// Every source file under a folder, by its path in the workspace, with its text.
fn sources(folder: &str) -> Vec<(String, String)> {
    fn gather(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).expect("is a folder") {
            let path = entry.expect("can be read").path();
            if path.is_dir() {
                gather(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push(path);
            }
        }
    }
    let (root, mut found) = (root(), Vec::new());
    gather(&root.join(folder), &mut found);
    found.sort();
    assert!(!found.is_empty(), "{folder} holds no source");
    found
        .into_iter()
        .map(|path| {
            let name = path.strip_prefix(&root).expect("is inside");
            let text = std::fs::read_to_string(&path).expect("is text");
            (name.display().to_string(), text)
        })
        .collect()
}

/// The lines that are code, with their numbers; what tests say is left out, and so are comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .take_while(|line| !line.starts_with("#[cfg(test)]"))
        .enumerate()
        .map(|(n, line)| (n + 1, line))
        .filter(|(_, line)| !line.trim_start().starts_with("//"))
}

/// Fails with every place where a line of code holds one of these words.
#[track_caller]
fn nowhere(folder: &str, allowed: impl Fn(&str) -> bool, words: &[&str], why: &str) {
    let mut found = Vec::new();
    let mut read = 0;
    for (file, text) in sources(folder) {
        if allowed(&file) {
            continue;
        }
        for (n, line) in code(&text) {
            read += 1;
            if words.iter().any(|word| line.contains(word)) {
                found.push(format!("{file}:{n}: {}", line.trim()));
            }
        }
    }
    assert!(read > 100, "only {read} lines of {folder} were read");
    assert!(found.is_empty(), "{why}:\n{}", found.join("\n"));
}

const SQL: [&str; 8] = [
    "sqlx",
    "SELECT ",
    "INSERT INTO",
    "UPDATE ",
    "DELETE FROM",
    "TRUNCATE ",
    "CREATE TABLE",
    "set_config",
];

#[test]
fn sql_is_written_where_the_store_and_the_views_are() {
    let at_home =
        |file: &str| file.starts_with("server/src/store/") || file.starts_with("server/src/views/");
    nowhere(
        "server/src",
        at_home,
        &SQL,
        "SQL belongs into server/src/store or server/src/views",
    );
    nowhere("app/src", |_| false, &SQL, "the app asks a Backend");
    nowhere("domain/src", |_| false, &SQL, "the domain is pure");
    // The check above finds something where there is something to find.
    let home = sources("server/src/store");
    let holds = |word: &str| {
        home.iter()
            .any(|(_, text)| code(text).any(|(_, line)| line.contains(word)))
    };
    assert!(holds("SELECT ") && holds("sqlx"));
}

#[test]
fn a_transaction_begins_in_one_place_and_belongs_to_a_region() {
    let words = [
        "begin_with(",
        ".begin()",
        "\"BEGIN",
        "Transaction<",
        "PgPool",
    ];
    let at_home = |file: &str| {
        matches!(
            file,
            "server/src/store/connect.rs" | "server/src/store/scope.rs"
        )
    };
    nowhere(
        "server/src",
        at_home,
        &words,
        "a transaction is begun by Store::reading and Store::writing only",
    );
    // The pool itself leaves the store for nobody.
    let pool = "pub(in crate::store) const fn pool";
    let connect = sources("server/src/store")
        .into_iter()
        .find(|(file, _)| file.ends_with("connect.rs"));
    let (_, connect) = connect.expect("is there");
    assert!(
        connect.contains(pool),
        "the pool should stay inside the store"
    );
    assert!(
        !connect.contains("pub pool"),
        "the pool should stay inside the store"
    );
    // Where the pool is used without a region, the tables are global or the function sets it itself.
    let without: BTreeSet<String> = sources("server/src/store")
        .into_iter()
        .filter(|(_, text)| code(text).any(|(_, line)| line.contains("self.pool()")))
        .map(|(file, _)| file)
        .collect();
    // A benchmark counts statements, nothing of a region.
    let known = [
        "accounts",
        "bench",
        "feed",
        "land",
        "mails",
        "passkeys",
        "providers",
        "sessions",
        "tenants",
        "tokens",
    ]
    .map(|name| format!("server/src/store/{name}.rs"));
    let unknown: Vec<&String> = without
        .iter()
        .filter(|file| !known.contains(file))
        .collect();
    assert!(
        unknown.is_empty(),
        "these use the pool without a region: {unknown:?}"
    );
}

#[test]
fn the_domain_knows_no_clock_no_chance_and_no_outside() {
    let words = [
        "Utc::now",
        "Local::now",
        "SystemTime",
        "Instant::",
        "std::env",
        "std::fs",
        "std::net",
        "std::process",
        "tokio",
        "async fn",
        ".await",
        "println!",
        "rand",
    ];
    let golden = |file: &str| file == "domain/src/wire/tests.rs" || file.ends_with("/tests.rs");
    nowhere("domain/src", golden, &words, "the domain is pure");
    let manifest = std::fs::read_to_string(root().join("domain/Cargo.toml")).expect("is there");
    let dependencies: Vec<&str> = manifest
        .split("[dependencies]")
        .nth(1)
        .and_then(|rest| rest.split("\n[").next())
        .expect("has dependencies")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .collect();
    assert_eq!(
        dependencies,
        ["chrono", "serde", "serde_json", "thiserror", "uuid"]
    );
}

#[test]
fn time_and_chance_are_passed_in() {
    let home = |file: &str| file == "server/src/clock.rs";
    nowhere(
        "server/src",
        home,
        &["Utc::now", "SystemTime::now", "Local::now"],
        "ask a Clock what time it is",
    );
    let home = |file: &str| file == "server/src/chance.rs";
    let words = ["OsRng", "Uuid::now_v7", "Uuid::new_v4", "rand::"];
    nowhere("server/src", home, &words, "ask a Chance");
    let home = |file: &str| file == "server/src/config.rs";
    nowhere(
        "server/src",
        home,
        &["std::env::var", "env::var("],
        "read the environment in config.rs",
    );
}

#[test]
fn areas_of_the_domain_do_not_decide_for_each_other() {
    let areas = [
        "commitment",
        "meeting",
        "network",
        "organisation",
        "person",
        "region",
    ];
    let mut found = Vec::new();
    for area in areas {
        for (file, text) in sources(&format!("domain/src/{area}")) {
            if file.ends_with("tests.rs") {
                continue;
            }
            for (n, line) in code(&text) {
                let leans = areas.iter().filter(|other| **other != area).any(|other| {
                    line.contains(&format!("crate::{other}::decide"))
                        || line.contains(&format!("crate::{other}::command"))
                });
                let looks = line.contains("crate::views") || line.contains("crate::wire");
                if leans || looks {
                    found.push(format!("{file}:{n}: {}", line.trim()));
                }
            }
        }
    }
    assert!(
        found.is_empty(),
        "an area reads another's state and events only:\n{}",
        found.join("\n")
    );
}

/// What a page may take from another. Shorten this list where you can; it may not grow without a reason here.
const SHARED_BETWEEN_PAGES: [(&str, &str); 6] = [
    // One sentence an event, wherever an event is told.
    ("today", "history::sentence"),
    // What anybody sees who may not see the page.
    ("commitment", "not_found"),
    // How a commitment is drawn and reported, on the list and alone and among what is urgent.
    ("commitment", "commitments::pieces"),
    ("today", "commitments::pieces"),
    // A choice as the form sends it: two small functions that would stand better in app/src/parts.
    ("network", "networks::model::code"),
    ("plan", "meeting::model::choice"),
];

#[test]
fn pages_do_not_lean_on_pages() {
    let mut found = BTreeSet::new();
    for (file, text) in sources("app/src/pages") {
        let page = file
            .strip_prefix("app/src/pages/")
            .and_then(|rest| rest.split(['/', '.']).next())
            .expect("is a page's");
        for (_, line) in code(&text) {
            for (at, _) in line.match_indices("crate::pages::") {
                let other = &line[at + "crate::pages::".len()..];
                let other = other
                    .split([';', '{', ' ', ',', ')', '(', '<'])
                    .next()
                    .unwrap_or("");
                if !other.starts_with(&format!("{page}::")) && other != page {
                    found.insert((page.to_owned(), other.to_owned()));
                }
            }
        }
    }
    let surplus: Vec<_> = found
        .iter()
        .filter(|(page, other)| {
            !SHARED_BETWEEN_PAGES
                .iter()
                .any(|(known, part)| known == page && other.starts_with(part))
        })
        .collect();
    assert!(
        surplus.is_empty(),
        "pages lean on pages: {surplus:?}; move what they share into app/src/parts"
    );
    let unused: Vec<_> = SHARED_BETWEEN_PAGES
        .iter()
        .filter(|(known, part)| {
            !found
                .iter()
                .any(|(page, other)| known == page && other.starts_with(part))
        })
        .collect();
    assert!(
        unused.is_empty(),
        "take these off the list, nobody needs them: {unused:?}"
    );
}

#[test]
fn pages_have_no_inline_style_and_ask_through_the_two_doors() {
    let words = ["style=", "style:"];
    nowhere(
        "app/src",
        |_| false,
        &words,
        "the content security policy forbids inline styles; text is escaped",
    );
    // One place writes HTML by itself, escaped: what stands in a text area must keep its first line break.
    let area = |file: &str| file == "app/src/parts/form/fields.rs";
    nowhere(
        "app/src",
        area,
        &["inner_html"],
        "text is escaped where it is shown",
    );
    let (_, fields) = sources("app/src/parts/form")
        .into_iter()
        .find(|(file, _)| area(file))
        .expect("is there");
    for (_, line) in code(&fields).filter(|(_, line)| line.contains("inner_html")) {
        assert!(line.contains("inner_html=escaped("), "{line}");
    }
    // Only the reader and the outbox are server functions; a page that had its own would be without an access test.
    let doors = |file: &str| matches!(file, "app/src/reader.rs" | "app/src/outbox.rs");
    nowhere(
        "app/src",
        doors,
        &["#[server"],
        "pages read through the reader and order through the outbox",
    );
    for (file, text) in sources("app/src") {
        if file.starts_with("app/src/pages/") {
            for (n, line) in code(&text) {
                assert!(
                    !line.contains("use_context::<crate::backend"),
                    "{file}:{n} asks the backend itself"
                );
                assert!(
                    !line.contains("outbox::submit"),
                    "{file}:{n} passes the check before sending"
                );
            }
        }
    }
}

#[test]
fn no_layer_leans_on_one_above_it() {
    for (folder, words) in [
        (
            "server/src/store",
            [
                "crate::http",
                "crate::backend",
                "crate::views",
                "crate::executor",
            ],
        ),
        (
            "server/src/executor",
            ["crate::http", "crate::backend", "crate::cli", "crate::run"],
        ),
        (
            "server/src/feed",
            [
                "crate::http",
                "crate::backend",
                "crate::views",
                "crate::run",
            ],
        ),
        (
            "server/src/views",
            ["crate::http", "crate::backend", "crate::cli", "crate::run"],
        ),
        (
            "server/src/backend",
            ["crate::http", "crate::cli", "crate::run", "axum::"],
        ),
    ] {
        let bench = |file: &str| file == "server/src/store/bench.rs";
        nowhere(folder, bench, &words, "each layer leans on those before it");
    }
    let above = ["crate::pages", "crate::routes", "crate::root"];
    nowhere(
        "app/src/parts",
        |_| false,
        &above,
        "parts do not know pages",
    );
    nowhere(
        "app/src/words",
        |_| false,
        &above,
        "words do not know pages",
    );
}
