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
    check(fields.clone()).await?;
    submit(region, fields).await
}

/// Checks the fields by the code by which the server does. It knows every form, so a browser loads it when the first
/// one is begun ([`prepare`]), not with the first page.
#[cfg(feature = "hydrate")]
#[leptos::wasm_split::wasm_split(
    check_form,
    wasm_split_path = leptos::wasm_split,
    preload(load_check),
    fallible
)]
fn check(fields: Fields) -> Result<(), AppError> {
    crate::forms::submission(&fields).map(|_| ())
}

/// On the server no form is sent from here.
#[cfg(not(feature = "hydrate"))]
async fn check(fields: Fields) -> Result<(), AppError> {
    std::future::ready(crate::forms::submission(&fields).map(|_| ())).await
}

/// Begins to load what a form is checked by: whoever goes into a form will send it.
pub fn prepare() {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(async {
        // Sending tries again, and says so where it fails.
        load_check().await.ok();
    });
}
