//! The one door through which pages read.

use crate::error::AppError;
use crate::query::{self, Asked, Query, Reply};
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use std::collections::BTreeMap;
use uuid::Uuid;

type KeptDraft = Option<(BTreeMap<String, String>, AppError)>;

/// Answers a question.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "read", input = Json, output = Json)]
pub async fn read(region: String, query: Query, as_of: Asked) -> Result<Reply, AppError> {
    let (backend, caller) = server_side()?;
    finish(backend.read(&caller, &region, query, as_of).await)
}

/// The demo regions with people to enter as.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "doors", input = Json, output = Json)]
pub async fn doors() -> Result<query::Doors, AppError> {
    let (backend, caller) = server_side()?;
    finish(backend.doors(&caller).await)
}

/// The fields of a form that was refused without script, with the reason.
///
/// # Errors
/// [`AppError`].
#[server(endpoint = "draft", input = Json, output = Json)]
pub async fn draft(region: String, id: Uuid) -> Result<KeptDraft, AppError> {
    let (backend, caller) = server_side()?;
    finish(backend.draft(&caller, &region, id).await)
}

#[cfg(feature = "ssr")]
pub(crate) fn server_side() -> Result<(crate::backend::BackendRef, crate::backend::Caller), AppError>
{
    match (use_context(), use_context()) {
        (Some(backend), Some(caller)) => Ok((backend, caller)),
        _ => Err(AppError::Internal {
            reference: "no backend".into(),
        }),
    }
}

/// Sets the status of an answer: the only place that does. For a page the status is that of its main question.
#[cfg(feature = "ssr")]
pub(crate) fn finish<T>(result: Result<T, AppError>) -> Result<T, AppError> {
    if let Err(error) = &result
        && let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(status) = axum::http::StatusCode::from_u16(error.status())
    {
        response.set_status(status);
    }
    result
}
