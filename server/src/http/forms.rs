//! A form posted without script. Accepted: back to where it came from. Refused: back there too, with the id of a
//! draft that holds what was typed and why it was refused; nothing private stands in the address.

use super::Site;
use super::facts::Facts;
use app::backend::Backend;
use app::error::AppError;
use app::forms::{Fields, submission};
use axum::Extension;
use axum::extract::{Form, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

/// An address on this site, or the front door.
#[must_use]
pub fn local(address: &str) -> &str {
    let inside = address.starts_with('/')
        && !address.starts_with("//")
        && !address.contains('\\')
        && !address.chars().any(char::is_control);
    if inside { address } else { app::paths::DOORS }
}

/// The address with the draft's id in it, before the part of the page it points to.
fn with_draft(address: &str, draft: uuid::Uuid) -> String {
    let (page, part) = address
        .split_once('#')
        .map_or((address, None), |(page, part)| (page, Some(part)));
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("utkast="))
        .map(Into::into)
        .collect();
    pairs.push(format!("utkast={draft}"));
    let part = part.map_or_else(String::new, |part| format!("#{part}"));
    format!("{path}?{}{part}", pairs.join("&"))
}

/// The address without a draft's id.
fn without_draft(address: &str) -> String {
    let (page, part) = address
        .split_once('#')
        .map_or((address, None), |(page, part)| (page, Some(part)));
    let (path, query) = page.split_once('?').unwrap_or((page, ""));
    let pairs: Vec<&str> = query
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.starts_with("utkast="))
        .collect();
    let query = if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    };
    let part = part.map_or_else(String::new, |part| format!("#{part}"));
    format!("{path}{query}{part}")
}

/// Orders what the fields say.
pub async fn order(
    State(site): State<Site>,
    Path(region): Path<String>,
    Extension(facts): Extension<Facts>,
    Form(fields): Form<Fields>,
) -> Response {
    let back = fields
        .get("back")
        .map_or(app::paths::DOORS, |back| local(back))
        .to_owned();
    let accepted = match submission(&fields) {
        Ok(submission) => site
            .backend
            .submit(&facts.caller, &region, submission)
            .await
            .map(|_| ()),
        Err(error) => Err(error),
    };
    let error = match accepted {
        Ok(()) => {
            let then = fields
                .get("then")
                .filter(|then| !then.is_empty())
                .map(|then| local(then).to_owned());
            return Redirect::to(&then.unwrap_or_else(|| without_draft(&back))).into_response();
        }
        Err(AppError::SignInRequired) => return Redirect::to(app::paths::DOORS).into_response(),
        Err(error) => error,
    };
    match site
        .backend
        .keep_draft(&facts.caller, &region, &fields, &error)
        .await
    {
        Ok(draft) => Redirect::to(&with_draft(&back, draft)).into_response(),
        Err(AppError::SignInRequired) => Redirect::to(app::paths::DOORS).into_response(),
        Err(error) => {
            tracing::error!(%error, "a draft cannot be kept");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "Something broke. Go back: your browser has kept the form.\n",
            )
                .into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_leads_to_this_site_only() {
        assert_eq!(
            local("/nordmore?dato=2018-06-01#agenda"),
            "/nordmore?dato=2018-06-01#agenda"
        );
        for elsewhere in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "/a\nb",
        ] {
            assert_eq!(local(elsewhere), "/", "{elsewhere:?}");
        }
    }

    #[test]
    fn a_draft_stands_in_the_address_once() {
        let draft = uuid::Uuid::from_u128(7);
        let once = with_draft("/nordmore/meetings/1?dato=2018-06-01#agenda", draft);
        assert_eq!(
            once,
            format!("/nordmore/meetings/1?dato=2018-06-01&utkast={draft}#agenda")
        );
        assert_eq!(with_draft(&once, draft), once);
        assert_eq!(
            without_draft(&once),
            "/nordmore/meetings/1?dato=2018-06-01#agenda"
        );
        assert_eq!(without_draft(&with_draft("/nordmore", draft)), "/nordmore");
    }
}
