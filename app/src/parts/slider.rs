//! A slider over quarters: for a thumb, for arrow keys, and, without script, a form that is sent.

use crate::format;
use crate::parts::words::words;
use domain::time::Quarter;
use leptos::prelude::*;

/// The field that a slider sends without script.
pub const QUARTER: &str = "kvartal";

/// The slider. While it moves, `value` follows; when it rests, `settled` is told.
#[component]
pub fn Slider(
    /// The first and the last quarter.
    span: (Quarter, Quarter),
    /// Where it stands.
    value: RwSignal<Quarter>,
    /// Told when it rests.
    settled: Callback<Quarter>,
    /// What stands there in words, for those who do not see the picture.
    #[prop(into)]
    said: Signal<String>,
    /// Where its form goes without script.
    action: String,
    /// Fields that its form keeps.
    kept: Vec<(&'static str, String)>,
) -> impl IntoView {
    let all = words();
    let words = &all.history;
    // Without script the step buttons would do nothing, and the form needs one to send it.
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let parsed = |text: String| text.parse().ok().map(Quarter);
    let step = move |by: i32| {
        let to = Quarter(value.get_untracked().0 + by).clamp(span.0, span.1);
        value.set(to);
        settled.run(to);
    };
    let name = move || format::quarter(value.get(), all);
    view! {
        <form class="slider" method="get" action=action>
            {kept
                .into_iter()
                .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
                .collect_view()}
            <input
                class="slider__range"
                type="range"
                id="river-slider"
                name=QUARTER
                min=span.0.0
                max=span.1.0
                step="1"
                value=value.get_untracked().0
                prop:value=move || value.get().0.to_string()
                aria-label=words.slider_label.clone()
                aria-describedby="river-slider-help"
                aria-valuetext=said
                on:input=move |event| {
                    if let Some(quarter) = parsed(event_target_value(&event)) {
                        value.set(quarter);
                    }
                }
                on:change=move |event| {
                    if let Some(quarter) = parsed(event_target_value(&event)) {
                        settled.run(quarter);
                    }
                }
            />
            <div class="slider__row">
                <button
                    class="ds-button slider__step"
                    data-variant="tertiary"
                    type="button"
                    aria-label=words.earlier.clone()
                    hidden=move || !ready.get()
                    disabled={move || value.get() <= span.0}
                    on:click=move |_| step(-1)
                >
                    <span aria-hidden="true">"‹"</span>
                </button>
                <output class="slider__value" for="river-slider">
                    {name}
                </output>
                <button
                    class="ds-button slider__step"
                    data-variant="tertiary"
                    type="button"
                    aria-label=words.later.clone()
                    hidden=move || !ready.get()
                    disabled={move || value.get() >= span.1}
                    on:click=move |_| step(1)
                >
                    <span aria-hidden="true">"›"</span>
                </button>
                <button class="ds-button" data-variant="secondary" type="submit" hidden=move || ready.get()>
                    {words.show.clone()}
                </button>
            </div>
            <p class="ds-paragraph slider__help" data-size="sm" id="river-slider-help">
                {words.slider_help.clone()}
            </p>
        </form>
    }
}
