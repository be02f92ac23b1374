//! Organisations and people from a file: choosing it, what it would change, keeping that.

use super::words::{OutsideWords, of, words};
use super::{Outside, alert, paragraph};
use crate::format::{self, fill};
use crate::parts::words::words as all_words;
use crate::paths;
use leptos::prelude::*;
use uuid::Uuid;

/// A column of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// The organisation number.
    Number,
    /// The name of an organisation or a person.
    Name,
    /// What an organisation is.
    Kind,
    /// Its owner, by number or name.
    Owner,
    /// What kind of school.
    SchoolType,
    /// Pupils or children.
    Pupils,
    /// A person's e-mail address.
    Address,
    /// Where a person works, by number or name.
    Workplace,
    /// As what.
    Role,
}

/// Why nothing of a file can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FileWrong {
    /// None was chosen.
    None,
    /// No rows.
    Empty,
    /// Too many bytes.
    TooLarge,
    /// Too many rows.
    TooManyRows,
    /// Neither text nor a spreadsheet.
    Unreadable,
    /// A column that is needed is not there.
    Missing(Column),
    /// A column stands there twice.
    Twice(Column),
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The name.
    Name,
    /// The number has not nine digits.
    NumberDigits,
    /// The number's last digit does not fit.
    NumberCheck,
    /// The organisation has another number.
    OtherNumber(String),
    /// No such kind.
    Kind(String),
    /// No such owner.
    Owner(String),
    /// No such school type.
    SchoolType(String),
    /// No number of pupils.
    Pupils(String),
    /// Several are called so.
    Ambiguous(String),
    /// The same stands on another line.
    Twice(u32),
    /// Closed down.
    Closed,
    /// Registered as another kind.
    OtherKind,
    /// Registered with another owner.
    OtherOwner,
    /// The address.
    Address,
    /// Somebody of that name there has another address.
    OtherAddress,
    /// No such workplace.
    Workplace(String),
    /// No such role.
    Role(String),
}

/// What a row changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The name.
    Name {
        /// Before.
        from: String,
        /// From now on.
        to: String,
    },
    /// The organisation number.
    Number(String),
    /// Where somebody is written to.
    Address,
    /// Where somebody works, or as what.
    Work,
}

/// What a row means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// The region does not have it.
    New,
    /// The region has it otherwise.
    Changed(Vec<Change>),
    /// The region has it.
    Same,
    /// It cannot be used.
    Wrong(Problem),
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// The line it begins on.
    pub line: u32,
    /// The name on it.
    pub name: String,
    /// What it means.
    pub what: What,
}

/// What a file would change, and the file, so that the same is kept.
#[derive(Clone, Debug)]
pub struct Preview {
    /// Its rows.
    pub rows: Vec<Planned>,
    /// How many are new, changed, the same, wrong.
    pub counts: [usize; 4],
    /// The file, as a form can carry it.
    pub file: String,
    /// What makes pressing the button twice the same as once.
    pub seed: Uuid,
    /// The mark of what is shown.
    pub mark: String,
    /// Why it is shown again.
    pub again: Option<Again>,
}

/// Why a preview is shown again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// Something changed since.
    Meanwhile,
    /// Not everything was kept.
    Stopped,
}

/// The page of a region's register.
#[derive(Clone, Debug)]
pub struct RegisterPage {
    /// The region's slug and name.
    pub region: (String, String),
    /// Why the file was of no use.
    pub wrong: Option<FileWrong>,
    /// What a file would change.
    pub preview: Option<Preview>,
    /// How many rows were kept just now.
    pub done: Option<u32>,
}

impl Outside for RegisterPage {
    fn title(&self) -> String {
        fill(&words().register_title, &[("region", &self.region.1)])
    }

    fn body(self) -> AnyView {
        let w = words();
        let (slug, _) = &self.region;
        let back = fill(
            &all_words().frame.back_to,
            &[(
                "place",
                &fill(&w.people_title, &[("region", &self.region.1)]),
            )],
        );
        let done = self.done.map(|count| {
            let count = format::count(count.into());
            alert("success", &fill(&w.register_done, &[("count", &count)]))
        });
        let wrong = self.wrong.map(|wrong| {
            view! { <p class="ds-validation-message" id="file-problem" data-color="danger">{file(w, wrong)}</p> }
        });
        let preview = self.preview.map(|preview| shown(preview, slug));
        view! {
            <p><a class="ds-link" href=paths::people(slug)>{back}</a></p>
            {done}
            {preview}
            <section class="ds-card card">
                {paragraph(&w.register_lead)}
                {paragraph(&w.register_columns_organisations)}
                {paragraph(&w.register_columns_people)}
                <form method="post" action=paths::register(slug) enctype="multipart/form-data" class="form">
                    <div class="ds-field">
                        <label class="ds-label" data-weight="medium" for="file">{w.register_file.clone()}</label>
                        <input class="ds-input" type="file" id="file" name="file" required accept=".csv,.txt,.xlsx"
                            aria-invalid=self.wrong.map(|_| "true") aria-describedby="file-problem"/>
                        {wrong}
                    </div>
                    <button type="submit" class="ds-button" data-variant="secondary">{w.register_look.clone()}</button>
                </form>
            </section>
        }
        .into_any()
    }
}

fn shown(preview: Preview, slug: &str) -> AnyView {
    let w = words();
    let [new, changed, same, wrong] = preview.counts;
    let counted = |count: usize| format::count(count as u64);
    let counts = fill(
        &w.register_counts,
        &[
            ("new", &counted(new)),
            ("changed", &counted(changed)),
            ("same", &counted(same)),
            ("wrong", &counted(wrong)),
        ],
    );
    let again = preview.again.map(|again| {
        let text = match again {
            Again::Meanwhile => &w.register_meanwhile,
            Again::Stopped => &w.register_stopped,
        };
        alert("warning", text)
    });
    let left = (wrong > 0).then(|| paragraph(&w.register_wrong_left));
    let keep = if new + changed == 0 {
        paragraph(&w.register_nothing)
    } else {
        let label = match new + changed {
            1 => w.register_apply_one.clone(),
            count => fill(&w.register_apply, &[("count", &counted(count))]),
        };
        view! {
            <form method="post" action=paths::register_apply(slug) class="form">
                <input type="hidden" name="file" value=preview.file/>
                <input type="hidden" name="seed" value=preview.seed.to_string()/>
                <input type="hidden" name="mark" value=preview.mark/>
                <button type="submit" class="ds-button">{label}</button>
            </form>
        }
        .into_any()
    };
    // What somebody has to do something about stands first; what stays as it is needs no line.
    let mut rows = preview.rows;
    rows.retain(|row| row.what != What::Same);
    rows.sort_by_key(|row| (!matches!(row.what, What::Wrong(_)), row.line));
    let rows = rows.into_iter().map(line).collect_view();
    view! {
        {again}
        <section class="ds-card card">
            <h2 class="ds-heading" data-size="sm">{w.register_preview.clone()}</h2>
            {paragraph(&counts)}
            {left}
            {keep}
            <ul class="outside-list">{rows}</ul>
        </section>
    }
    .into_any()
}

fn line(row: Planned) -> AnyView {
    let w = words();
    let (color, state) = match row.what {
        What::New => ("success", &w.register_new),
        What::Changed(_) => ("accent", &w.register_changed),
        What::Same => ("neutral", &w.register_same),
        What::Wrong(_) => ("danger", &w.register_wrong),
    };
    let mut below = vec![fill(&w.register_line, &[("line", &row.line.to_string())])];
    below.extend(said(w, &row.what));
    view! {
        <li>
            <div class="outside-row">
                <span>
                    <strong>{row.name}</strong>
                    <span class="outside-quiet">{below.join(" · ")}</span>
                </span>
                <span class="outside-tags">
                    <span class="ds-tag" data-size="sm" data-color=color>{state.clone()}</span>
                </span>
            </div>
        </li>
    }
    .into_any()
}

fn file(w: &OutsideWords, wrong: FileWrong) -> String {
    let column = |column| match column {
        Column::Number => &w.column_number,
        Column::Name => &w.column_name,
        Column::Kind => &w.column_kind,
        Column::Owner => &w.column_owner,
        Column::SchoolType => &w.column_school_type,
        Column::Pupils => &w.column_pupils,
        Column::Address => &w.column_address,
        Column::Workplace => &w.column_workplace,
        Column::Role => &w.column_role,
    };
    match wrong {
        FileWrong::None => w.file_none.clone(),
        FileWrong::Empty => w.file_empty.clone(),
        FileWrong::TooLarge => w.file_too_large.clone(),
        FileWrong::TooManyRows => w.file_too_many_rows.clone(),
        FileWrong::Unreadable => w.file_unreadable.clone(),
        FileWrong::Missing(missing) => fill(&w.file_missing, &[("column", column(missing))]),
        FileWrong::Twice(twice) => fill(&w.file_twice, &[("column", column(twice))]),
    }
}

fn said(w: &OutsideWords, what: &What) -> Vec<String> {
    match what {
        What::New | What::Same => Vec::new(),
        What::Changed(changes) => changes
            .iter()
            .map(|change| match change {
                Change::Name { from, to } => fill(&w.change_name, &[("from", from), ("to", to)]),
                Change::Number(number) => fill(&w.change_number, &[("number", number)]),
                Change::Address => w.change_address.clone(),
                Change::Work => w.change_work.clone(),
            })
            .collect(),
        What::Wrong(problem) => vec![problem_said(w, problem)],
    }
}

fn problem_said(w: &OutsideWords, problem: &Problem) -> String {
    let with = |sentence: &str, text: &str| fill(sentence, &[("text", text)]);
    match problem {
        Problem::Name => w.row_name.clone(),
        Problem::NumberDigits => w.row_number_digits.clone(),
        Problem::NumberCheck => w.row_number_check.clone(),
        Problem::OtherNumber(text) => with(&w.row_other_number, text),
        Problem::Kind(text) => with(&w.row_kind, text),
        Problem::Owner(text) => with(&w.row_owner, text),
        Problem::SchoolType(text) => with(&w.row_school_type, text),
        Problem::Pupils(text) => with(&w.row_pupils, text),
        Problem::Ambiguous(text) => with(&w.row_ambiguous, text),
        Problem::Twice(line) => with(&w.row_twice, &line.to_string()),
        Problem::Closed => w.row_closed.clone(),
        Problem::OtherKind => w.row_other_kind.clone(),
        Problem::OtherOwner => w.row_other_owner.clone(),
        Problem::Address => w.row_address.clone(),
        Problem::OtherAddress => w.row_other_address.clone(),
        Problem::Workplace(text) => with(&w.row_workplace, text),
        Problem::Role(text) => with(&w.row_role, text),
    }
}

/// What a row means and why, in a language: for the command line.
#[must_use]
pub fn told(language: &str, what: &What) -> String {
    let w = of(language);
    let state = match what {
        What::New => &w.register_new,
        What::Changed(_) => &w.register_changed,
        What::Same => &w.register_same,
        What::Wrong(_) => &w.register_wrong,
    };
    let said = said(w, what).join("; ");
    match said.is_empty() {
        true => state.clone(),
        false => format!("{state}: {said}"),
    }
}

impl FileWrong {
    /// Why, in a language: for the command line.
    #[must_use]
    pub fn told(self, language: &str) -> String {
        file(of(language), self)
    }
}
