//! The people of a region, for its administrators: who is here, who comes in, and inviting one more.

use super::words::words;
use super::{Outside, alert, paragraph};
use crate::format;
use crate::forms::derived;
use crate::parts::words::words as all_words;
use crate::paths;
use domain::ids::{OrganisationId, PersonId};
use domain::person::WorkRole;
use leptos::prelude::*;
use uuid::Uuid;

/// Whether a person comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coming {
    /// Signs in.
    In,
    /// Has an invitation that is still good.
    Invited,
    /// Neither.
    Not,
}

/// A person of the region.
#[derive(Clone, Debug)]
pub struct PersonRow {
    /// Who.
    pub person: PersonId,
    /// The name.
    pub name: String,
    /// Where the person works, and as what.
    pub works_at: Vec<(String, WorkRole)>,
    /// Whether the person administers the region.
    pub administrator: bool,
    /// Whether the person comes in.
    pub coming: Coming,
}

/// What was wrong with an invitation, in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The name.
    Name,
    /// The address.
    Address,
    /// Where and as what the person works belong together.
    Work,
}

/// The people of a region.
#[derive(Clone, Debug)]
pub struct People {
    /// The region's slug and name.
    pub region: (String, String),
    /// Everybody, by name.
    pub people: Vec<PersonRow>,
    /// Organisations to choose from, by name.
    pub organisations: Vec<(OrganisationId, String)>,
    /// A fresh id for the next invitation.
    pub fresh: Uuid,
    /// Who was invited just now.
    pub invited: Option<String>,
    /// What was wrong, and what was typed.
    pub wrong: Option<(Wrong, String, String)>,
}

impl Outside for People {
    fn title(&self) -> String {
        format::fill(&words().people_title, &[("region", &self.region.1)])
    }

    fn body(self) -> AnyView {
        let w = words();
        let (slug, region) = self.region.clone();
        let back = format::fill(&all_words().frame.back_to, &[("place", &region)]);
        let invited = self.invited.as_ref().map(|name| {
            alert(
                "success",
                &format::fill(&w.people_invited, &[("name", name)]),
            )
        });
        let count = format::fill(
            &w.people_count,
            &[("count", &format::count(self.people.len() as u64))],
        );
        let form = form(&self, &slug);
        let fresh = self.fresh;
        let rows = self
            .people
            .into_iter()
            .map(|row| person(row, &slug, fresh))
            .collect_view();
        view! {
            <p><a class="ds-link" href=paths::today(&slug)>{back}</a></p>
            <p><a class="ds-link" href=paths::register(&slug)>{w.register_link.clone()}</a></p>
            {invited}
            <section class="ds-card card">
                <h2 class="ds-heading" data-size="sm">{w.invite_title.clone()}</h2>
                {paragraph(&w.invite_lead)}
                {form}
            </section>
            <section class="ds-card card">
                <h2 class="ds-heading" data-size="sm">{count}</h2>
                <ul class="outside-list">{rows}</ul>
            </section>
        }
        .into_any()
    }
}

fn form(page: &People, slug: &str) -> AnyView {
    let w = words();
    let (wrong, name, address) = match page.wrong.clone() {
        Some((wrong, name, address)) => (Some(wrong), name, address),
        None => (None, String::new(), String::new()),
    };
    let problem = |of: Wrong, id: &'static str, text: &str| {
        (wrong == Some(of)).then(|| {
            view! { <p class="ds-validation-message" id=id data-color="danger">{text.to_owned()}</p> }
        })
    };
    let invalid = |of: Wrong| (wrong == Some(of)).then_some("true");
    let organisations = page.organisations.iter().map(|(id, name)| {
        view! { <option value=id.to_string()>{name.clone()}</option> }
    });
    let roles = WorkRole::ALL.iter().map(|role| {
        view! { <option value=stored(*role)>{all_words().domain.work_role(*role).to_owned()}</option> }
    });
    view! {
        <form method="post" action=paths::people(slug) class="form" novalidate>
            <input type="hidden" name="command" value=page.fresh.to_string()/>
            <div class="ds-field">
                <label class="ds-label" data-weight="medium" for="name">{w.invite_name.clone()}</label>
                <input class="ds-input" id="name" name="name" autocomplete="off" required value=name
                    aria-invalid=invalid(Wrong::Name) aria-describedby="name-problem"/>
                {problem(Wrong::Name, "name-problem", &w.invite_wrong_name)}
            </div>
            <div class="ds-field">
                <label class="ds-label" data-weight="medium" for="address">{w.address.clone()}</label>
                <input class="ds-input" type="email" id="address" name="address" autocomplete="off"
                    inputmode="email" required value=address
                    aria-invalid=invalid(Wrong::Address) aria-describedby="address-problem"/>
                {problem(Wrong::Address, "address-problem", &w.wrong_address)}
            </div>
            <div class="ds-field">
                <label class="ds-label" data-weight="medium" for="organisation">{w.invite_organisation.clone()}</label>
                <select class="ds-input" id="organisation" name="organisation"
                    aria-invalid=invalid(Wrong::Work) aria-describedby="work-problem">
                    <option value="">{w.invite_nowhere.clone()}</option>
                    {organisations.collect_view()}
                </select>
                {problem(Wrong::Work, "work-problem", &w.invite_wrong_work)}
            </div>
            <div class="ds-field">
                <label class="ds-label" data-weight="medium" for="role">{w.invite_role.clone()}</label>
                <select class="ds-input" id="role" name="role">
                    <option value="">{w.invite_no_role.clone()}</option>
                    {roles.collect_view()}
                </select>
            </div>
            <div class="ds-field">
                <input class="ds-input" type="checkbox" id="administrator" name="administrator" value="yes"/>
                <label class="ds-label" data-weight="regular" for="administrator">{w.invite_administrator.clone()}</label>
            </div>
            <button type="submit" class="ds-button">{w.invite_do.clone()}</button>
        </form>
    }
    .into_any()
}

/// A role as forms send it.
fn stored(role: WorkRole) -> String {
    let value = serde_json::to_value(role).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

fn person(row: PersonRow, slug: &str, fresh: Uuid) -> AnyView {
    let w = words();
    let command = derived(fresh, &row.person.to_string());
    let label = format!("{}: {}", w.forget_do, row.name);
    let forget = view! {
        <details class="outside-again">
            <summary class="ds-link">{w.forget.clone()}</summary>
            <form method="post" action=paths::forget(slug) class="form">
                <input type="hidden" name="person" value=row.person.to_string()/>
                <input type="hidden" name="command" value=command.to_string()/>
                {paragraph(&w.forget_lead)}
                <button type="submit" class="ds-button" data-variant="secondary" data-color="danger" aria-label=label>
                    {w.forget_do.clone()}
                </button>
            </form>
        </details>
    };
    let works = row.works_at.iter().map(|(organisation, role)| {
        format!("{}, {organisation}", all_words().domain.work_role(*role))
    });
    let works: Vec<String> = works.collect();
    let administrator = row.administrator.then(|| {
        view! { <span class="ds-tag" data-size="sm" data-color="accent">{w.person_administrator.clone()}</span> }
    });
    let (color, state) = match row.coming {
        Coming::In => ("success", &w.person_in),
        Coming::Invited => ("warning", &w.person_invited),
        Coming::Not => ("neutral", &w.person_not),
    };
    let again = (row.coming != Coming::In).then(|| {
        let id = format!("to-{}", row.person);
        let label = format!("{}: {}", w.address, row.name);
        view! {
            <details class="outside-again">
                <summary class="ds-link">{w.invite_do.clone()}</summary>
                <form method="post" action=paths::people(slug) class="form">
                    <input type="hidden" name="person" value=row.person.to_string()/>
                    <div class="ds-field">
                        <label class="ds-label" data-weight="medium" for=id.clone()>{label}</label>
                        <input class="ds-input" type="email" id=id.clone() name="address" autocomplete="off" required/>
                    </div>
                    <button type="submit" class="ds-button" data-variant="secondary">{w.invite_do.clone()}</button>
                </form>
            </details>
        }
    });
    view! {
        <li class="outside-person">
            <div class="outside-row">
                <span>
                    <strong>{row.name}</strong>
                    <span class="outside-quiet">{works.join("; ")}</span>
                </span>
                <span class="outside-tags">
                    {administrator}
                    <span class="ds-tag" data-size="sm" data-color=color>{state.clone()}</span>
                </span>
            </div>
            <div class="outside-more">{again} {forget}</div>
        </li>
    }
    .into_any()
}
