//! The region and the list of its networks.

use super::asker::Asker;
use super::problem::{Problem, ProblemDetails};
use super::schemas::NetworkBody;
use crate::backend::{NetworkLine, RegionLine};
use crate::http::Site;
use crate::tokens::Scope;
use axum::Json;
use axum::extract::{Path, State};

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
    let visit = asker.visit(&site, &region, Scope::Read).await?;
    let line = site.backend.region_line(&asker.caller, &visit).await?;
    Ok(Json(line))
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
    let visit = asker.visit(&site, &region, Scope::Read).await?;
    let lines = site.backend.network_lines(&asker.caller, &visit).await?;
    Ok(Json(lines))
}
