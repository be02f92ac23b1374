//! The region and the list of its networks.

use super::asker::Asker;
use super::problem::{Problem, ProblemDetails};
use crate::backend::{NetworkLine, RegionLine};
use crate::http::Site;
use crate::tokens::Scope;
use axum::Json;
use axum::extract::{Path, State};
use chrono::NaiveDate;
use serde_json::Value;
use std::collections::HashMap;
use uuid::Uuid;

/// What the description says of a network in the list.
#[derive(utoipa::ToSchema)]
#[allow(dead_code)]
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

/// The region: its name and where its log ends.
#[utoipa::path(
    get,
    path = "/api/v1/regions/{region}",
    operation_id = "region",
    tag = "read",
    params(("region" = String, Path, description = "The region's slug")),
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The region", content_type = "application/json", body = RegionLine,
         example = json!({"slug": "nordmore", "name": "Nordmøre", "language": "nn", "time_zone": "Europe/Oslo",
                          "key": "0198c0de-0000-7000-8000-000000000001", "position": 44390})),
        (status = 401, description = "No valid token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 403, description = "Not for this token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 404, description = "No such region, or another's", content_type = "application/problem+json", body = ProblemDetails),
    )
)]
pub(in crate::http) async fn region(
    State(site): State<Site>,
    Path(region): Path<String>,
    asker: Asker,
) -> Result<Json<RegionLine>, Problem> {
    let (caller, token) = (&asker.caller, asker.token.as_deref());
    let visit = site
        .backend
        .bearer(caller, token, &region, Scope::Read)
        .await?;
    Ok(Json(site.backend.region_line(caller, &visit).await?))
}

/// The region's networks, those of the past too.
#[utoipa::path(
    get,
    path = "/api/v1/regions/{region}/networks",
    operation_id = "networks",
    tag = "read",
    params(("region" = String, Path, description = "The region's slug")),
    security(("token" = ["read"])),
    responses(
        (status = 200, description = "The networks", content_type = "application/json", body = Vec<NetworkBody>),
        (status = 401, description = "No valid token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 403, description = "Not for this token", content_type = "application/problem+json", body = ProblemDetails),
        (status = 404, description = "No such region, or another's", content_type = "application/problem+json", body = ProblemDetails),
    )
)]
pub(in crate::http) async fn networks(
    State(site): State<Site>,
    Path(region): Path<String>,
    asker: Asker,
) -> Result<Json<Vec<NetworkLine>>, Problem> {
    let (caller, token) = (&asker.caller, asker.token.as_deref());
    let visit = site
        .backend
        .bearer(caller, token, &region, Scope::Read)
        .await?;
    Ok(Json(site.backend.network_lines(caller, &visit).await?))
}
