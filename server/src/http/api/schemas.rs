//! What the description says of bodies that are read and written as types of the domain, which know nothing of
//! descriptions.

#![expect(dead_code, reason = "nobody makes them: they are described alone")]

use chrono::NaiveDate;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// An order; it is read as [`Submission`](domain::command::Submission).
#[derive(utoipa::ToSchema)]
pub(super) struct SubmissionBody {
    /// Made by whoever orders. The same id again gets the first answer.
    id: Uuid,
    /// `{"AREA": {"ORDER": {…}}}`, for instance `{"network": {"establish": {"network": ID}}}`.
    command: Value,
    /// When it was true, if not today: `{"days": {"from": DATE, "to": DATE}}` or `"unknown"`.
    effective: Option<Value>,
    /// What a device that was offline says about when it was entered.
    #[schema(format = DateTime)]
    occurred_at: Option<String>,
    /// The words of the texts that the command refers to, by ids made by whoever orders.
    texts: Option<Vec<TextBody>>,
    /// The name of the person that the command enters or renames.
    names: Option<Vec<NameBody>>,
}

/// Words on their way to be sealed.
#[derive(utoipa::ToSchema)]
pub(super) struct TextBody {
    id: Uuid,
    words: String,
}

/// A name on its way to be sealed.
#[derive(utoipa::ToSchema)]
pub(super) struct NameBody {
    person: Uuid,
    name: String,
}

/// What an accepted order is answered; it is written from [`Accepted`](app::query::Accepted).
#[derive(utoipa::ToSchema)]
pub(super) struct AcceptedBody {
    /// The position of the first event it brought.
    position: u64,
    /// How many.
    events: u32,
}

/// A network in the list; it is written from [`NetworkLine`](crate::backend::NetworkLine).
#[derive(utoipa::ToSchema)]
pub(super) struct NetworkBody {
    network: Uuid,
    /// Its name.
    called: Option<String>,
    /// What kind of body.
    kind: Option<String>,
    /// `proposed`, `at_work`, `merged` or `ended`.
    status: String,
    /// How it hangs under or beside others, by their ids.
    relations: HashMap<Uuid, Value>,
    /// The day it was proposed.
    #[schema(value_type = Option<String>, format = Date)]
    proposed: Option<NaiveDate>,
    /// The day it began its work.
    #[schema(value_type = Option<String>, format = Date)]
    established: Option<NaiveDate>,
    /// The day it ended or was merged.
    #[schema(value_type = Option<String>, format = Date)]
    ended: Option<NaiveDate>,
    /// Where it went up.
    merged_into: Option<Uuid>,
}

/// The views that can be asked for, by the names they are registered under.
#[derive(utoipa::ToSchema)]
#[schema(rename_all = "snake_case")]
pub(super) enum ViewName {
    Network,
    Meeting,
    Organisation,
    Commitments,
    Region,
    Organisations,
    River,
}
