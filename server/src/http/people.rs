//! The people of a region: who is here, and inviting one more.

use super::Site;
use super::facts::Facts;
use super::sign_in::{broken, page};
use crate::backend::people::NewPerson;
use crate::mail::Address;
use app::error::AppError;
use app::outside::{People, Refused, Whose, Wrong};
use app::paths;
use axum::extract::{Form, Path, Query, State};
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

/// Who was invited just now.
#[derive(Default, Deserialize)]
pub struct Invited {
    invited: Option<PersonId>,
}

pub(super) fn refused(facts: &Facts, region: &str, error: AppError) -> Response {
    if error == AppError::SignInRequired {
        return Redirect::to(paths::SIGN_IN).into_response();
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let back = paths::today(region);
    page(
        facts,
        &back,
        status,
        Refused {
            error,
            back: back.clone(),
            whose: Whose::Administrators,
        },
    )
}

async fn show(
    site: &Site,
    facts: &Facts,
    region: &str,
    invited: Option<PersonId>,
    wrong: Option<(Wrong, Inviting)>,
) -> Response {
    let register = match site.backend.register(&facts.caller, region).await {
        Ok(register) => register,
        Err(error) => return refused(facts, region, error),
    };
    let status = match wrong {
        Some(_) => StatusCode::UNPROCESSABLE_ENTITY,
        None => StatusCode::OK,
    };
    let named = |person| register.people.iter().find(|row| row.person == person);
    let shown = People {
        invited: invited.and_then(named).map(|row| row.name.clone()),
        region: (register.region.slug, register.region.name),
        people: register.people,
        organisations: register.organisations,
        fresh: site.accounts.fresh_id(),
        wrong: wrong.map(|(wrong, typed)| (wrong, typed.name, typed.address)),
    };
    page(facts, &paths::people(region), status, shown)
}

/// Who is here.
pub async fn list(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path(region): Path<String>,
    Query(Invited { invited }): Query<Invited>,
) -> Response {
    show(&site, &facts, &region, invited, None).await
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
                let wrong = (Wrong::Address, Inviting::default());
                return show(&site, &facts, &region, None, Some(wrong)).await;
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
                return show(&site, &facts, &region, None, Some((wrong, typed))).await;
            }
        },
    };
    let (tenant, person, name, address) = match entered {
        Ok(entered) => entered,
        Err(error) => return refused(&facts, &region, error),
    };
    match site.accounts.invite(&tenant, person, &name, &address).await {
        // Another page, so that looking at it again invites nobody again.
        Ok(_) => {
            let list = paths::people(&region);
            Redirect::to(&format!("{list}?invited={person}")).into_response()
        }
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
        Err(error) => refused(&facts, &region, error),
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
        Err(error) => refused(&facts, &region, error),
    }
}
