//! Forms: one code with script and without. Without, the browser posts the fields to the server and comes back to the
//! page, with what was typed and the reason when it was refused. With script, the fields are sent from here, the
//! reason is shown where it happened, and the page is asked anew.

mod browser;
mod buttons;
mod fields;

pub use buttons::{ConfirmButton, Submit};
pub use fields::{
    AreaField, ChoiceField, DateField, Hidden, MonthField, NumberField, SelectField, TextField,
    TimeField,
};

use crate::error::{AppError, FieldProblem};
use crate::forms::Fields;
use crate::outbox;
use crate::parts::ask::{Draft, Refetch, here};
use crate::parts::shown::{Shown, shown};
use crate::parts::words::words;
use crate::paths;
use crate::words::refusals;
use leptos::context::Provider;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_navigate;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a form is while the page around it is built anew: these outlive any one build.
#[derive(Clone)]
struct State {
    pending: ArcRwSignal<bool>,
    saved: ArcRwSignal<bool>,
    error: ArcRwSignal<Option<AppError>>,
}

impl Default for State {
    fn default() -> Self {
        Self {
            pending: ArcRwSignal::new(false),
            saved: ArcRwSignal::new(false),
            error: ArcRwSignal::new(None),
        }
    }
}

#[derive(Default)]
struct Inner {
    states: BTreeMap<String, State>,
    draft: Draft,
}

/// What a page's forms keep, by the forms' keys.
#[derive(Clone, Default)]
pub struct Kept(Arc<Mutex<Inner>>);

impl Kept {
    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn take_draft(&self, draft: Draft) {
        self.with(|inner| {
            if let Some((fields, error)) = &draft
                && let Some(key) = fields.get("key")
            {
                let state = inner.states.entry(key.clone()).or_default();
                state.error.set(Some(error.clone()));
            }
            inner.draft = draft;
        });
    }

    pub(crate) fn clear(&self) {
        self.with(|inner| *inner = Inner::default());
    }

    fn state(&self, key: &str) -> State {
        self.with(|inner| inner.states.entry(key.to_owned()).or_default().clone())
    }

    fn draft(&self, key: &str) -> Option<Fields> {
        self.with(|inner| match &inner.draft {
            Some((fields, _)) if fields.get("key").is_some_and(|own| own == key) => {
                Some(fields.clone())
            }
            _ => None,
        })
    }

    /// What was accepted needs no draft any more.
    fn settle(&self, key: &str) {
        self.with(|inner| {
            if let Some((fields, _)) = &inner.draft
                && fields.get("key").is_some_and(|own| own == key)
            {
                inner.draft = None;
            }
        });
    }
}

/// The form around a field.
#[derive(Clone)]
pub(super) struct Around {
    key: String,
    draft: Option<Fields>,
    state: State,
}

impl Around {
    fn id(&self, field: &str) -> String {
        format!("{}-{field}", id_of(&self.key))
    }

    /// What stands in a field: what was typed before, else what the page gives.
    fn value(&self, field: &str, given: Option<String>) -> Option<String> {
        let typed = self.draft.as_ref().and_then(|draft| draft.get(field));
        typed.cloned().or(given)
    }

    fn wrong(
        &self,
        field: &str,
    ) -> impl Fn() -> Option<FieldProblem> + Send + Sync + 'static + use<> {
        let error = self.state.error.clone();
        let field = field.to_owned();
        move || match &*error.read() {
            Some(AppError::Field {
                field: wrong,
                problem,
            }) if *wrong == field => Some(*problem),
            _ => None,
        }
    }

    /// What is wrong with a field, as a sentence.
    fn problem(&self, field: &str) -> Signal<Option<String>> {
        let wrong = self.wrong(field);
        Signal::derive(move || wrong().map(|problem| refusals::problem(problem, words())))
    }

    /// What is wrong with a choice among a few.
    fn problem_of_choice(&self, field: &str) -> Signal<Option<String>> {
        let wrong = self.wrong(field);
        Signal::derive(move || wrong().map(|_| refusals::problem(FieldProblem::Choice, words())))
    }
}

/// An element's id out of a key: without spaces, so that labels can name it.
fn id_of(key: &str) -> String {
    key.replace(|c: char| !c.is_ascii_alphanumeric(), "-")
}

/// An order form. Its fields are named as in [`crate::forms`]; `key` is the form's own on its page and stays the same
/// while the page is asked anew.
#[component]
pub fn Form(
    /// Which form of [`crate::forms`].
    #[prop(into)]
    name: String,
    /// Its own key on the page.
    #[prop(into)]
    key: String,
    /// Where it leads when it was accepted; else it stays.
    #[prop(into, default = None)]
    then: Option<String>,
    /// The place on the page to come back to without script.
    #[prop(into, default = None)]
    anchor: Option<String>,
    /// Classes.
    #[prop(into, optional)]
    class: String,
    /// Fields and buttons.
    children: Children,
) -> impl IntoView {
    let shown = shown();
    let kept: Kept = expect_context();
    let refetch = use_context::<Refetch>();
    let around = Around {
        draft: kept.draft(&key),
        state: kept.state(&key),
        key: key.clone(),
    };
    let region = shown.region();
    let back = match anchor {
        Some(anchor) => format!("{}#{anchor}", here()),
        None => here(),
    };
    let submit = sender(&around, kept, region.clone(), then.clone(), refetch);
    let state = around.state.clone();
    let command = shown.command_id(&key).to_string();
    let form_id = id_of(&key);
    view! {
        <Provider value=around>
            <form
                method="post"
                action=paths::form(&region)
                class=format!("form {class}")
                id=form_id
                novalidate
                on:focusin=|_| outbox::prepare()
                on:submit=submit
            >
                <input type="hidden" name="form" value=name/>
                <input type="hidden" name="command" value=command/>
                <input type="hidden" name="back" value=back/>
                <input type="hidden" name="key" value=key/>
                {then.map(|then| view! { <input type="hidden" name="then" value=then/> })}
                {children()}
                <Outcome state shown/>
            </form>
        </Provider>
    }
}

fn sender(
    around: &Around,
    kept: Kept,
    region: String,
    then: Option<String>,
    refetch: Option<Refetch>,
) -> impl Fn(SubmitEvent) + 'static + use<> {
    let state = around.state.clone();
    let key = around.key.clone();
    let navigate = use_navigate();
    move |event: SubmitEvent| {
        event.prevent_default();
        if state.pending.get_untracked() {
            return;
        }
        let sent = browser::Sent::of(&event);
        state.pending.set(true);
        state.saved.set(false);
        state.error.set(None);
        let (state, kept, key) = (state.clone(), kept.clone(), key.clone());
        let (region, then, navigate) = (region.clone(), then.clone(), navigate.clone());
        spawn_local(async move {
            let answer = outbox::send(region, sent.fields()).await;
            state.pending.set(false);
            match answer {
                Ok(_) => {
                    kept.settle(&key);
                    sent.reset();
                    state.saved.set(true);
                    match (then, refetch) {
                        (Some(then), _) => navigate(&then, Default::default()),
                        (None, Some(refetch)) => refetch.after_order(),
                        (None, None) => {}
                    }
                }
                Err(error) => {
                    if let AppError::Field { field, .. } = &error {
                        sent.focus(field);
                    }
                    let moved_on = matches!(error, AppError::Rejected { .. });
                    state.error.set(Some(error));
                    // What changed meanwhile should stand on the page beside the refusal.
                    if let (true, Some(refetch)) = (moved_on, refetch) {
                        refetch.now();
                    }
                }
            }
        });
    }
}

/// What became of an order, beside its form.
#[component]
fn Outcome(state: State, shown: Shown) -> impl IntoView {
    let error = state.error;
    let saved = state.saved;
    view! {
        {move || {
            error
                .read()
                .as_ref()
                .map(|error| {
                    let words = words();
                    let sentence = refusals::beside_form(error, shown, words);
                    let kept = matches!(error, AppError::Transport { .. } | AppError::Busy)
                        .then(|| words.frame.kept_typed.clone());
                    view! {
                        <div class="ds-alert form-outcome" data-color="danger" data-size="sm" role="alert">
                            <p class="ds-paragraph">{sentence} " " {kept}</p>
                        </div>
                    }
                })
        }}
        <span class="form-saved" role="status">
            {move || saved.get().then(|| words().frame.saved.clone())}
        </span>
    }
}
