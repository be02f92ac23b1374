//! The description of all this, in OpenAPI's words; the same for everybody.

use super::{commands, events, problem, regions, schemas, views};
use axum::Json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Samspor",
        version = "1",
        description = "The shared memory of regional learning networks, for other programs. A token \
            (`samspor token create`) acts for a person and shows what that person may see. Names of people and words of \
            texts are sealed; documents and events hold their ids. Refusals are problem details (RFC 9457) with a stable \
            `code`. Fields may be added; none is taken away within version 1.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        regions::region,
        regions::networks,
        views::view,
        commands::submit,
        events::events,
        description,
    ),
    components(schemas(
        problem::ProblemDetails,
        schemas::SubmissionBody,
        schemas::TextBody,
        schemas::NameBody,
        schemas::AcceptedBody,
        schemas::NetworkBody,
        schemas::ViewName,
        crate::backend::RegionLine,
        crate::backend::EventsPage,
        crate::backend::CloudEvent,
    )),
    modifiers(&Token),
)]
struct Description;

struct Token;

impl Modify for Token {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("sps_ and 43 characters")
            .build();
        openapi
            .components
            .get_or_insert_default()
            .add_security_scheme("token", SecurityScheme::Http(bearer));
    }
}

/// This description.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    operation_id = "description",
    tag = "description",
    security(()),
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json", body = serde_json::Value))
)]
pub(in crate::http) async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
