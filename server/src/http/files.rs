//! The files of a meeting: listed, added, downloaded, withdrawn.

use super::Site;
use super::facts::Facts;
use super::sign_in::page;
use crate::backend::files::{NewFile, OpenFile};
use app::error::AppError;
use app::outside::{Files, Refused, Whose, WrongFile};
use app::paths;
use axum::Extension;
use axum::extract::multipart::{Field, Multipart};
use axum::extract::{Form, Path, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use domain::ids::{MeetingId, TextId};
use domain::limits::FILE_BYTES_MAX;
use domain::meeting::file::FileKind;
use domain::text::Sentence;
use serde::Deserialize;
use uuid::Uuid;

/// What comes with a file in a form: its name, the other field, the lines between them.
const AROUND_BYTES_MAX: usize = 16 * 1024;
/// The longest form with a file in it.
pub const BODY_BYTES_MAX: usize = FILE_BYTES_MAX as usize + AROUND_BYTES_MAX;

type Meeting = Path<(String, MeetingId)>;

fn refused(facts: &Facts, region: &str, error: AppError) -> Response {
    if error == AppError::SignInRequired {
        return Redirect::to(paths::SIGN_IN).into_response();
    }
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let back = paths::today(region);
    let shown = Refused {
        error,
        back: back.clone(),
        whose: Whose::Network,
    };
    page(facts, &back, status, shown)
}

async fn show(
    site: &Site,
    facts: &Facts,
    region: &str,
    meeting: MeetingId,
    wrong: Option<WrongFile>,
) -> Response {
    let files = match site.backend.files(&facts.caller, region, meeting).await {
        Ok(files) => files,
        Err(error) => return refused(facts, region, error),
    };
    let status = match wrong {
        None => StatusCode::OK,
        Some(WrongFile::Size) => StatusCode::PAYLOAD_TOO_LARGE,
        Some(WrongFile::Kind) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Some(WrongFile::Missing | WrongFile::Reason) => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let shown = Files {
        region: files.region.slug,
        meeting,
        files: files.files,
        adds: files.adds,
        withdraws: files.withdraws,
        fresh: site.accounts.fresh_id(),
        wrong,
    };
    page(facts, &paths::files(region, meeting), status, shown)
}

/// The files of a meeting.
pub async fn list(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path((region, meeting)): Meeting,
) -> Response {
    show(&site, &facts, &region, meeting, None).await
}

/// Reads a field, no further than it may be long.
async fn read(mut field: Field<'_>, bytes_max: usize) -> Result<Vec<u8>, WrongFile> {
    let mut content = Vec::new();
    loop {
        match field.chunk().await {
            Ok(Some(chunk)) if content.len() + chunk.len() > bytes_max => {
                return Err(WrongFile::Size);
            }
            Ok(Some(chunk)) => content.extend_from_slice(&chunk),
            Ok(None) => return Ok(content),
            Err(error) => return Err(wrong(error.status())),
        }
    }
}

fn wrong(status: StatusCode) -> WrongFile {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        WrongFile::Size
    } else {
        WrongFile::Missing
    }
}

/// The name without folders, which some browsers send.
fn base_name(name: &str) -> Option<Sentence> {
    let name = name.rsplit(['/', '\\']).next()?;
    let name = Sentence::parse(name).ok()?;
    let plain = !name.as_str().chars().any(char::is_control);
    plain.then_some(name)
}

/// What was sent, understood; else what is wrong with it.
async fn received(mut form: Multipart) -> Result<NewFile, WrongFile> {
    let (mut command, mut file) = (None, None);
    loop {
        let field = form.next_field().await;
        let Some(field) = field.map_err(|error| wrong(error.status()))? else {
            break;
        };
        match field.name() {
            Some("command") => {
                let text = read(field, AROUND_BYTES_MAX).await?;
                command = Uuid::try_parse_ascii(&text).ok();
            }
            Some("file") => {
                let name = field.file_name().and_then(base_name);
                let name = name.ok_or(WrongFile::Missing)?;
                // Before the bytes: what cannot be taken is not received either.
                let kind = FileKind::of_name(name.as_str()).ok_or(WrongFile::Kind)?;
                let content = read(field, BODY_BYTES_MAX - AROUND_BYTES_MAX).await?;
                file = Some((name, kind, content));
            }
            _ => {}
        }
    }
    let (name, kind, content) = file.ok_or(WrongFile::Missing)?;
    if content.is_empty() {
        return Err(WrongFile::Missing);
    }
    if !kind.fits(&content) {
        return Err(WrongFile::Kind);
    }
    Ok(NewFile {
        command: command.ok_or(WrongFile::Missing)?,
        name,
        kind,
        content,
    })
}

/// Adds a file.
pub async fn add(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path((region, meeting)): Meeting,
    form: Multipart,
) -> Response {
    let caller = &facts.caller;
    // Nobody's bytes are received who may not add them.
    if let Err(error) = site.backend.may_add_file(caller, &region, meeting).await {
        return refused(&facts, &region, error);
    }
    let new = match received(form).await {
        Ok(new) => new,
        Err(wrong) => return show(&site, &facts, &region, meeting, Some(wrong)).await,
    };
    match site.backend.add_file(caller, &region, meeting, new).await {
        Ok(()) => Redirect::to(&paths::files(&region, meeting)).into_response(),
        Err(error) => refused(&facts, &region, error),
    }
}

/// A file, to be kept and never to be shown as a page of ours.
pub async fn download(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path((region, meeting, file)): Path<(String, MeetingId, TextId)>,
) -> Response {
    let found = site.backend.file(&facts.caller, &region, meeting, file);
    match found.await {
        Ok(file) => handed_out(file),
        Err(error) => refused(&facts, &region, error),
    }
}

fn handed_out(file: OpenFile) -> Response {
    let kind = HeaderValue::from_static(file.kind.media_type());
    let headers = [
        (header::CONTENT_TYPE, kind),
        (
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("sandbox; default-src 'none'"),
        ),
        (
            header::X_CONTENT_TYPE_OPTIONS,
            HeaderValue::from_static("nosniff"),
        ),
        (
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-store"),
        ),
        (header::CONTENT_DISPOSITION, disposition(&file.name)),
    ];
    (headers, file.content).into_response()
}

/// "Keep it under this name": only digits, letters and `%` come of any name.
fn disposition(name: &str) -> HeaderValue {
    let mut value = "attachment; filename*=UTF-8''".to_owned();
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            value.push(char::from(byte));
        } else {
            value.push_str(&format!("%{byte:02X}"));
        }
    }
    HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("attachment"))
}

/// What to withdraw, and why.
#[derive(Deserialize)]
pub struct Withdrawing {
    command: Uuid,
    file: TextId,
    #[serde(default)]
    reason: String,
}

/// Withdraws a file.
pub async fn withdraw(
    State(site): State<Site>,
    Extension(facts): Extension<Facts>,
    Path((region, meeting)): Meeting,
    Form(typed): Form<Withdrawing>,
) -> Response {
    let Ok(reason) = Sentence::parse(&typed.reason) else {
        return show(&site, &facts, &region, meeting, Some(WrongFile::Reason)).await;
    };
    let order = (typed.command, typed.file);
    let withdrawn = site
        .backend
        .withdraw_file(&facts.caller, &region, meeting, order, reason);
    match withdrawn.await {
        Ok(()) => Redirect::to(&paths::files(&region, meeting)).into_response(),
        Err(error) => refused(&facts, &region, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_sent_whole_and_cannot_break_out_of_its_header() {
        let value = |name| disposition(name).to_str().expect("is ASCII").to_owned();
        assert_eq!(
            value("Møte 1.pdf"),
            "attachment; filename*=UTF-8''M%C3%B8te%201.pdf"
        );
        assert_eq!(
            value("a\"; filename=\"b.html"),
            "attachment; filename*=UTF-8''a%22%3B%20filename%3D%22b.html"
        );
    }

    #[test]
    fn folders_are_no_part_of_a_name() {
        let name = |text| base_name(text).map(|name| name.as_str().to_owned());
        assert_eq!(
            name("C:\\Mine\\Referat.pdf").as_deref(),
            Some("Referat.pdf")
        );
        assert_eq!(name("../../Referat.pdf").as_deref(), Some("Referat.pdf"));
        assert_eq!(name("Referat\n.pdf"), None);
        assert_eq!(name("mappe/"), None);
    }
}
