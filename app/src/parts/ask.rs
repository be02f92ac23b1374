//! How a page asks its one question and shows the answer.

use crate::error::AppError;
use crate::format;
use crate::forms::Fields;
use crate::parts::form::Kept;
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::paths;
use crate::query::{Asked, Part, Query, Reply};
use crate::reader;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};
use serde::de::DeserializeOwned;
use std::sync::Arc;
use uuid::Uuid;

/// The field of an address that names a refused form's draft.
pub const DRAFT: &str = "utkast";

/// The region that the address names.
#[must_use]
pub fn region() -> Signal<String> {
    let params = use_params_map();
    Memo::new(move |_| params.read().get("region").unwrap_or_default()).into()
}

/// An id that the address names: `id("network", NetworkId)`. One that cannot be read is nobody's.
#[must_use]
pub fn id<T: PartialEq + Send + Sync + 'static>(
    name: &'static str,
    make: fn(Uuid) -> T,
) -> Signal<T> {
    let params = use_params_map();
    Memo::new(move |_| {
        let text = params.read().get(name);
        make(text.and_then(|text| text.parse().ok()).unwrap_or_default())
    })
    .into()
}

/// The time that the address asks for.
#[must_use]
pub fn as_of() -> Signal<Asked> {
    let query = use_query_map();
    Memo::new(move |_| {
        let query = query.read();
        paths::parse_as_of(query.get("dato").as_deref(), query.get("kjent").as_deref())
    })
    .into()
}

/// The page's own address, path and query, without what only one visit needs.
#[must_use]
pub fn here() -> String {
    let location = use_location();
    let path = location.pathname.get_untracked();
    let query = location.query.get_untracked();
    let mut kept = query
        .into_iter()
        .filter(|(name, _)| name != DRAFT)
        .map(|(name, value)| format!("{name}={value}"));
    let first = kept.next();
    let rest: Vec<_> = first.into_iter().chain(kept).collect();
    if rest.is_empty() {
        path
    } else {
        format!("{path}?{}", rest.join("&"))
    }
}

#[derive(Clone, Debug, PartialEq)]
struct Key {
    region: String,
    query: Query,
    as_of: Asked,
}

type Got = Arc<Result<Reply, AppError>>;

/// A refused form's fields and the reason.
pub type Draft = Option<(Fields, AppError)>;

#[derive(Clone, Copy)]
struct Asking {
    key: Memo<Key>,
    got: RwSignal<Option<Got>>,
    shown: Shown,
    waiting: RwSignal<bool>,
    turn: StoredValue<u64>,
}

/// Lets a part of a page have the page's question asked anew. What is typed stays.
#[derive(Clone, Copy)]
pub struct Refetch(Asking);

impl Refetch {
    /// Asks now. The page changes only where the answer is another one.
    pub fn now(self) {
        self.0.ask(false);
    }

    /// Asks now and shows the answer as new also where it is the same: after an order the forms need fresh ids.
    pub(crate) fn after_order(self) {
        self.0.ask(true);
    }
}

impl Asking {
    fn ask(self, anew: bool) {
        let Some(key) = self.key.try_get_untracked() else {
            return;
        };
        let turn = self.turn.try_update_value(|turn| {
            *turn += 1;
            *turn
        });
        spawn_local(async move {
            let answer = reader::read(key.region.clone(), key.query.clone(), key.as_of).await;
            // An answer to an older question, or to a page that was left, is nobody's.
            if turn.is_none()
                || self.turn.try_get_value() != turn
                || self.key.try_get_untracked().as_ref() != Some(&key)
            {
                return;
            }
            self.take(answer, anew);
        });
    }

    fn take(self, answer: Result<Reply, AppError>, anew: bool) {
        let same = |got: &Option<Got>| match (got.as_deref(), &answer) {
            (Some(Ok(old)), Ok(new)) => old.answer == new.answer && old.around == new.around,
            // A question that failed only this time leaves the page as it was.
            (Some(Ok(_)), Err(AppError::Transport { .. } | AppError::Busy)) => true,
            _ => false,
        };
        self.waiting.try_set(false);
        if !anew && self.got.try_with_untracked(same) == Some(true) {
            return;
        }
        if anew && matches!(answer, Err(AppError::Transport { .. } | AppError::Busy)) {
            return;
        }
        self.show(answer);
    }

    fn show(self, answer: Result<Reply, AppError>) {
        let answer = answer.and_then(|reply| match self.shown.fill(&reply) {
            Ok(()) => Ok(reply),
            Err(error) => Err(unreadable(&error)),
        });
        self.got.try_set(Some(Arc::new(answer)));
    }
}

/// Asks a page's question and shows the answer with `view`; says in plain words when there is none. Around the answer
/// are, as contexts, [`Shown`], [`Refetch`] and what the page's forms keep.
pub fn ask<A: DeserializeOwned>(
    query: impl Into<Signal<Query>>,
    view: impl Fn(A) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    asked(query.into(), None, shows(view))
}

/// As [`ask`], of another time than the address asks for. Such a part of a page says itself which time it shows.
pub fn ask_at<A: DeserializeOwned>(
    query: impl Into<Signal<Query>>,
    at: Signal<Asked>,
    view: impl Fn(A) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    asked(query.into(), Some(at), shows(view))
}

type Shows = Arc<dyn Fn(&Part) -> AnyView + Send + Sync>;

/// Reads an answer where its page is: the only part that is made for each kind of answer.
fn shows<A: DeserializeOwned>(view: impl Fn(A) -> AnyView + Send + Sync + 'static) -> Shows {
    Arc::new(move |answer| match answer.read() {
        Ok(content) => view(content),
        Err(error) => view! { <NoAnswer error=unreadable(&error)/> }.into_any(),
    })
}

fn unreadable(error: &serde_json::Error) -> AppError {
    AppError::Transport {
        detail: error.to_string(),
    }
}

fn asked(query: Signal<Query>, at: Option<Signal<Asked>>, view: Shows) -> AnyView {
    let region = region();
    let as_of = at.unwrap_or_else(as_of);
    let key = Memo::new(move |_| Key {
        region: region.get(),
        query: query.get(),
        as_of: as_of.get(),
    });
    let asking = Asking {
        key,
        got: RwSignal::new(None),
        shown: Shown::empty(),
        waiting: RwSignal::new(false),
        turn: StoredValue::new(0),
    };
    let draft_id = use_query_map()
        .read_untracked()
        .get(DRAFT)
        .and_then(|id| id.parse::<Uuid>().ok());
    let first = Resource::new_blocking(
        || (),
        move |()| {
            let key = key.get_untracked();
            async move {
                let draft: Draft = match draft_id {
                    Some(id) => reader::draft(key.region.clone(), id).await.ok().flatten(),
                    None => None,
                };
                let answer = reader::read(key.region, key.query, key.as_of).await;
                (answer, draft)
            }
        },
    );
    let kept = Kept::default();
    let forget = kept.clone();
    Effect::new(move |before: Option<Key>| {
        let now = key.get();
        if before.is_some_and(|before| before != now) {
            forget.clear();
            asking.waiting.set(true);
            asking.ask(true);
        }
        now
    });
    view! {
        <Suspense fallback=Skeleton>
            {Suspend::new(async move {
                let (answer, draft) = first.await;
                asking.show(answer);
                kept.take_draft(draft);
                view! {
                    <div class="page" class:is-waiting=move || asking.waiting.get()>
                        {move || {
                            provide_context(asking.shown);
                            provide_context(Refetch(asking));
                            provide_context(kept.clone());
                            match asking.got.get().as_deref() {
                                Some(Ok(reply)) => {
                                    let answer = view(&reply.answer);
                                    view! {
                                        {asking.shown.newer().then(|| view! { <Newer/> })}
                                        {at
                                            .is_none()
                                            .then(|| {
                                                view! { <Band/> }
                                            })}
                                        {answer}
                                    }
                                        .into_any()
                                }
                                Some(Err(error)) => {
                                    view! { <NoAnswer error=error.clone()/> }.into_any()
                                }
                                None => view! { <Skeleton/> }.into_any(),
                            }
                        }}
                    </div>
                }
            })}
        </Suspense>
    }
    .into_any()
}

/// Says that a page shows another time, and leads back.
#[component]
fn Band() -> impl IntoView {
    let words = words();
    let shown = shown();
    let unknown_days = shown.unknown_days();
    let path = use_location().pathname.get_untracked();
    let unknown = (unknown_days > 0 && !shown.live()).then(|| {
        let frame = &words.frame;
        format::counted(
            unknown_days.into(),
            &frame.unknown_days_one,
            &frame.unknown_days,
        )
    });
    format::as_of(shown.as_of().on, shown.known_at(), words).map(|sentence| {
        view! {
            <div class="band" role="status">
                <p class="ds-paragraph" data-size="sm">{sentence} " " {unknown}</p>
                <a class="ds-link" data-size="sm" href=path>{words.frame.as_of_back.clone()}</a>
            </div>
        }
    })
}

/// Says that the page ends before what a newer release recorded.
#[component]
fn Newer() -> impl IntoView {
    view! {
        <div class="band" role="status">
            <p class="ds-paragraph" data-size="sm">{words().frame.newer.clone()}</p>
        </div>
    }
}

/// A page without an answer, in plain words.
#[component]
pub fn NoAnswer(
    /// Why there is none.
    error: AppError,
) -> impl IntoView {
    let words = words();
    let frame = &words.frame;
    let region = region().get_untracked();
    let here = here();
    let (title, text, href, label) = match &error {
        AppError::NotFound => (
            &frame.not_found_title,
            frame.not_found.clone(),
            paths::today(&region),
            &frame.not_found_do,
        ),
        AppError::Forbidden => (
            &frame.forbidden_title,
            frame.forbidden.clone(),
            paths::today(&region),
            &frame.not_found_do,
        ),
        AppError::SignInRequired => (
            &frame.sign_in_title,
            frame.sign_in.clone(),
            paths::SIGN_IN.to_owned(),
            &frame.sign_in_do,
        ),
        other => (
            &frame.error_title,
            crate::words::refusals::said(other, words),
            here,
            &frame.try_again,
        ),
    };
    let page_title = format::fill(&frame.title_pattern, &[("title", title)]);
    // Pages outside of regions are none of the app's.
    let outside = (href == paths::SIGN_IN).then_some("external");
    view! {
        <Title text=page_title/>
        <div class="no-answer">
            <h1 class="ds-heading" data-size="lg">{title.clone()}</h1>
            <p class="ds-paragraph">{text}</p>
            <a class="ds-button" href=href rel=outside>{label.clone()}</a>
        </div>
    }
}

/// Where a page will be: seen only when it takes longer than a moment.
#[component]
pub fn Skeleton() -> impl IntoView {
    view! {
        <div class="skeleton" role="status">
            <span class="ds-sr-only">{words().frame.loading.clone()}</span>
            <div class="skeleton-line skeleton-title" aria-hidden="true"></div>
            <div class="skeleton-line" aria-hidden="true"></div>
            <div class="skeleton-line" aria-hidden="true"></div>
            <div class="skeleton-block" aria-hidden="true"></div>
        </div>
    }
}
