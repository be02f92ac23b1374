//! Buttons that send a form.

use super::Around;
use crate::parts::words::words;
use leptos::prelude::*;

/// Sends the form around it. With `name` and `value` it says which of several buttons was pressed.
#[component]
pub fn Submit(
    /// What it does, as a verb.
    #[prop(into)]
    label: String,
    /// `primary`, `secondary` or `tertiary`.
    #[prop(into, optional)]
    variant: String,
    /// The field it fills, if any.
    #[prop(into, default = None)]
    name: Option<String>,
    /// What it fills the field with.
    #[prop(into, default = None)]
    value: Option<String>,
    /// Classes.
    #[prop(into, optional)]
    class: String,
) -> impl IntoView {
    let around: Around = expect_context();
    let pending = around.state.pending;
    let pending_label = pending.clone();
    let busy = pending.clone();
    let variant = if variant.is_empty() {
        "primary".to_owned()
    } else {
        variant
    };
    view! {
        <button
            type="submit"
            class=format!("ds-button {class}")
            data-variant=variant
            name=name
            value=value
            aria-disabled=move || pending.get().then_some("true")
            aria-busy=move || busy.get().then_some("true")
        >
            {move || {
                if pending_label.get() { words().frame.saving.clone() } else { label.clone() }
            }}
        </button>
    }
}

/// A button for what is not easily undone: it opens, says what will happen, and has the real button inside.
#[component]
pub fn ConfirmButton(
    /// What it does, as a verb.
    #[prop(into)]
    label: String,
    /// What will happen.
    #[prop(into)]
    question: String,
    /// The real button's verb; else the same label.
    #[prop(into, default = None)]
    confirm: Option<String>,
    /// Classes.
    #[prop(into, optional)]
    class: String,
) -> impl IntoView {
    let confirm = confirm.unwrap_or_else(|| label.clone());
    view! {
        <details class=format!("confirm {class}")>
            <summary class="ds-button" data-variant="secondary">{label}</summary>
            <div class="confirm-inside">
                <p class="ds-paragraph">{question}</p>
                <Submit label=confirm/>
            </div>
        </details>
    }
}
