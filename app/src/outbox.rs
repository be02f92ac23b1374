//! The one door through which pages order something. With script a form's fields are checked here and sent; without,
//! the browser posts them to the server, which checks them by the same code ([`crate::forms`]).

use crate::error::AppError;
use crate::forms::Fields;
use crate::query::Accepted;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;

/// Orders what a form's fields say.
///
/// # Errors
/// [`AppError`]: a field was not accepted, or the domain refused.
#[server(endpoint = "submit", input = Json, output = Json)]
pub async fn submit(region: String, fields: Fields) -> Result<Accepted, AppError> {
    let (backend, caller) = crate::reader::server_side()?;
    let submission = crate::forms::submission(&fields);
    crate::reader::finish(match submission {
        Ok(submission) => backend.submit(&caller, &region, submission).await,
        Err(error) => Err(error),
    })
}

/// Checks the fields in the browser first, so that a slip is told at once, then sends them.
///
/// # Errors
/// [`AppError`].
pub async fn send(region: String, fields: Fields) -> Result<Accepted, AppError> {
    crate::forms::submission(&fields)?;
    submit(region, fields).await
}
