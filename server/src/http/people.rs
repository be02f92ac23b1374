//! The people of a region: who is here, and inviting one more.

use super::Site;
use super::facts::Facts;
use super::sign_in::{broken, page};
use crate::backend::people::NewPerson;
use crate::mail::Address;
use app::error::AppError;
use app::outside::{People, Wrong};
use app::paths;
use axum::extract::{Form, Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::{Extension, Json};
use domain::ids::{OrganisationId, PersonId};
use domain::person::WorkRole;
use domain::text::PersonName;
use serde::Deserialize;
use uuid::Uuid;

/// An invitation as it was typed.
#[derive(Clone, Default, Deserialize)]
pub struct Inviting {
    /// Somebody who is here already; else the fields below enter somebody new.
    person: Option<PersonId>,
    #[serde(default)]
    command: Uuid,
    #[serde(default)]
    name: String,
    #[serde(default)]
    address: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    role: String,
    administrator: Option<String>,
}

enum Outcome {
    Nothing,
    Invited(String),
    Wrong(Wrong, Inviting),
}

fn refused(error: &AppError) -> Response {
    match error {
        AppError::SignInRequired => Redirect::to(paths::SIGN_IN).into_response(),
        error => {
            let status = StatusCode::from_u16(error.status());
            let sentence = match error {
                AppError::Forbidden => "Only the region's administrators see this.\n",
                AppError::NotFound => "There is no such person here.\n",
                AppError::Busy => "Much is happening just now. Try again.\n",
                AppError::Rejected { .. } => {
                    "This could not be done. Go back and look at the form.\n"
                }
                _ => "Something broke. Try again.\n",
            };
            (
                status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
                sentence,
            )
                .into_response()
        }
    }
}

async fn show(site: &Site, facts: &Facts, region: &str, outcome: Outcome) -> Response {
    let register = match site.backend.register(&facts.caller, region).await {
        Ok(register) => register,
        Err(error) => return refused(&error),
    };
    let status = match &outcome {
        Outcome::Wrong(..) => StatusCode::UNPROCESSABLE_ENTITY,
        Outcome::Nothing | Outcome::Invited(_) => StatusCode::OK,
    };
    let (invited, wrong) = match outcome {
        Outcome::Nothing => (None, None),
        Outcome::Invited(name) => (Some(name), None),
        Outcome::Wrong(wrong, typed) => (None, Some((wrong, typed.name, typed.address))),
    };
    let shown = People {
        region: (register.region.slug, register.region.name),
        people: register.people,
        organisations: register.organisations,
        fresh: site.accounts.fresh_id(),
        invited,
        wrong,
    };
    page(facts, &paths::people(region), status, shown)
}

/// Who is here.
pub async fn list(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
) -> Response {
    show(&site, &facts, &region, Outcome::Nothing).await
}

/// What was typed, understood; else what is wrong with it.
fn read(typed: &Inviting) -> Result<(NewPerson, Address), Wrong> {
    let name = PersonName::parse(&typed.name).map_err(|_error| Wrong::Name)?;
    let address = Address::parse(&typed.address).map_err(|_error| Wrong::Address)?;
    let work = match (typed.organisation.trim(), typed.role.trim()) {
        ("", "") => None,
        (organisation, role) => {
            let organisation = organisation.parse().ok().map(OrganisationId);
            let role: Option<WorkRole> = serde_json::from_value(role.into()).ok();
            Some(organisation.zip(role).ok_or(Wrong::Work)?)
        }
    };
    let new = NewPerson {
        command: typed.command,
        name,
        work,
        administrator: typed.administrator.is_some(),
    };
    Ok((new, address))
}

/// Invites somebody.
pub async fn invite(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
    Form(typed): Form<Inviting>,
) -> Response {
    let entered = match typed.person {
        Some(person) => {
            let Ok(address) = Address::parse(&typed.address) else {
                let wrong = Outcome::Wrong(Wrong::Address, Inviting::default());
                return show(&site, &facts, &region, wrong).await;
            };
            let known = site
                .backend
                .known_person(&facts.caller, &region, person)
                .await;
            known.map(|(tenant, name)| (tenant, person, name, address))
        }
        None => match read(&typed) {
            Ok((new, address)) => {
                let entered = site
                    .backend
                    .enter_person(&facts.caller, &region, &new)
                    .await;
                let name = new.name.as_str().to_owned();
                entered.map(|(tenant, person)| (tenant, person, name, address))
            }
            Err(wrong) => {
                return show(&site, &facts, &region, Outcome::Wrong(wrong, typed)).await;
            }
        },
    };
    let (tenant, person, name, address) = match entered {
        Ok(entered) => entered,
        Err(error) => return refused(&error),
    };
    match site.accounts.invite(&tenant, person, &name, &address).await {
        Ok(_) => show(&site, &facts, &region, Outcome::Invited(name)).await,
        Err(error) => broken(&facts, &error),
    }
}

/// Whom to forget.
#[derive(Deserialize)]
pub struct Forgetting {
    person: PersonId,
    command: Uuid,
}

/// Forgets somebody.
pub async fn forget(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
    Form(Forgetting { person, command }): Form<Forgetting>,
) -> Response {
    let forgotten = site
        .backend
        .forget_person(&facts.caller, &region, command, person)
        .await;
    match forgotten {
        Ok(()) => Redirect::to(&paths::people(&region)).into_response(),
        Err(error) => refused(&error),
    }
}

/// Everything about whoever asks, as a file.
pub async fn my_data(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
) -> Response {
    match site.backend.my_data(&facts.caller, &region).await {
        Ok(data) => {
            let file = format!("attachment; filename=\"samspor-{region}.json\"");
            ([(header::CONTENT_DISPOSITION, file)], Json(data)).into_response()
        }
        Err(error) => refused(&error),
    }
}
