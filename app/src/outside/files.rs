//! The files of a meeting: what there is, adding one, withdrawing one. Plain forms; a file is downloaded, never shown.

use super::words::words;
use super::{Outside, alert, paragraph};
use crate::format;
use crate::forms::derived;
use crate::paths;
use domain::ids::{MeetingId, TextId};
use leptos::prelude::*;
use uuid::Uuid;

/// A file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    /// Its id.
    pub file: TextId,
    /// Its name; `None` once it was withdrawn.
    pub name: Option<String>,
    /// How long it is.
    pub bytes: u64,
    /// Whether its bytes are there.
    pub kept: bool,
}

/// What was wrong with a file that somebody wanted to add, or with withdrawing one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WrongFile {
    /// None was chosen, or it is empty or has no name.
    Missing,
    /// Not of a kind that may be added, or not what its name says.
    Kind,
    /// Too large.
    Size,
    /// Why it is withdrawn was not said.
    Reason,
}

/// The files of a meeting.
#[derive(Clone, Debug)]
pub struct Files {
    /// The region's slug.
    pub region: String,
    /// The meeting.
    pub meeting: MeetingId,
    /// The files in order.
    pub files: Vec<FileRow>,
    /// Whether the reader may add one.
    pub adds: bool,
    /// Whether the reader may withdraw one.
    pub withdraws: bool,
    /// A fresh id for the next order.
    pub fresh: Uuid,
    /// What was wrong just now.
    pub wrong: Option<WrongFile>,
}

impl Outside for Files {
    fn title(&self) -> String {
        words().files_title.clone()
    }

    fn body(self) -> AnyView {
        let w = words();
        let problem = self.wrong.map(|wrong| {
            let said = match wrong {
                WrongFile::Missing => &w.file_wrong_missing,
                WrongFile::Kind => &w.file_wrong_kind,
                WrongFile::Size => &w.file_wrong_size,
                WrongFile::Reason => &w.file_wrong_reason,
            };
            alert("danger", said)
        });
        let none = self.files.is_empty().then(|| paragraph(&w.files_none));
        let rows: Vec<AnyView> = self.files.iter().map(|file| row(&self, file)).collect();
        view! {
            <p><a class="ds-link" href=paths::meeting(&self.region, self.meeting)>{w.files_back.clone()}</a></p>
            {problem}
            {paragraph(&w.files_lead)}
            <section class="ds-card card">
                {none}
                <ul class="outside-list">{rows}</ul>
            </section>
            {self.adds.then(|| form(&self))}
        }
        .into_any()
    }
}

fn form(page: &Files) -> AnyView {
    let w = words();
    view! {
        <section class="ds-card card">
            <h2 class="ds-heading" data-size="sm">{w.file_add_title.clone()}</h2>
            <form method="post" enctype="multipart/form-data" class="form"
                action=paths::files(&page.region, page.meeting)>
                <input type="hidden" name="command" value=page.fresh.to_string()/>
                <div class="ds-field">
                    <label class="ds-label" data-weight="medium" for="file">{w.file_choose.clone()}</label>
                    <input class="ds-input" type="file" id="file" name="file" required
                        accept=".pdf,.docx,.png,.jpg,.jpeg,.txt" aria-describedby="file-help"/>
                    <p class="ds-paragraph" id="file-help">{w.file_add_help.clone()}</p>
                </div>
                <button type="submit" class="ds-button">{w.file_add_do.clone()}</button>
            </form>
        </section>
    }
    .into_any()
}

fn row(page: &Files, row: &FileRow) -> AnyView {
    let w = words();
    let Some(name) = row.name.clone() else {
        return view! { <li><p class="ds-paragraph">{w.file_withdrawn.clone()}</p></li> }
            .into_any();
    };
    let size = format::count(row.bytes.div_ceil(1_000));
    let size = format::fill(&w.file_size, &[("size", &size)]);
    let link = if row.kept {
        let address = paths::file(&page.region, page.meeting, row.file);
        view! { <a class="ds-link" href=address>{name.clone()}</a> }.into_any()
    } else {
        view! { <span>{name.clone()}": "{w.file_gone.clone()}</span> }.into_any()
    };
    view! {
        <li>
            <p class="ds-paragraph">{link}" "<span>{size}</span></p>
            {page.withdraws.then(|| withdraw(page, row, &name))}
        </li>
    }
    .into_any()
}

fn withdraw(page: &Files, row: &FileRow, name: &str) -> AnyView {
    let w = words();
    let id = format!("reason-{}", row.file);
    let command = derived(page.fresh, &row.file.to_string());
    let label = format!("{}: {name}", w.file_withdraw_do);
    view! {
        <details class="outside-again">
            <summary class="ds-link">{w.file_withdraw.clone()}</summary>
            <form method="post" class="form" action=paths::withdraw_file(&page.region, page.meeting)>
                <input type="hidden" name="command" value=command.to_string()/>
                <input type="hidden" name="file" value=row.file.to_string()/>
                {paragraph(&w.file_withdraw_lead)}
                <div class="ds-field">
                    <label class="ds-label" data-weight="medium" for=id.clone()>{w.file_reason.clone()}</label>
                    <input class="ds-input" id=id.clone() name="reason" autocomplete="off" required/>
                </div>
                <button type="submit" class="ds-button" data-variant="secondary" data-color="danger" aria-label=label>
                    {w.file_withdraw_do.clone()}
                </button>
            </form>
        </details>
    }
    .into_any()
}
