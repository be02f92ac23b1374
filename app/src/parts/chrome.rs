//! What pages are made of: heads, sections, cards, marks.

use crate::format;
use crate::parts::words::words;
use domain::organisation::event::Phase;
use leptos::prelude::*;
use leptos_meta::Title;

/// A page's one heading, with a way back and a sentence below.
#[component]
pub fn PageHead(
    /// The heading, and the document's title.
    #[prop(into)]
    title: String,
    /// Where the way back leads, and what that place is called.
    #[prop(default = None)]
    back: Option<(String, String)>,
    /// A sentence below.
    #[prop(into, default = None)]
    lead: Option<String>,
) -> impl IntoView {
    let frame = &words().frame;
    let page_title = format::fill(&frame.title_pattern, &[("title", &title)]);
    let back = back.map(|(href, place)| {
        view! {
            <a class="ds-link page-back" href=href>
                <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                    <path d="M15 5l-7 7 7 7" fill="none" stroke="currentColor" stroke-width="2"/>
                </svg>
                {place}
            </a>
        }
    });
    view! {
        <Title text=page_title/>
        <header class="page-head">
            {back}
            <h1 class="ds-heading" data-size="lg">{title}</h1>
            {lead.map(|lead| view! { <p class="ds-paragraph page-lead" data-size="lg">{lead}</p> })}
        </header>
    }
}

/// A card.
#[component]
pub fn Card(
    /// Classes.
    #[prop(into, optional)]
    class: String,
    /// What is on it.
    children: Children,
) -> impl IntoView {
    view! { <div class=format!("ds-card card {class}")>{children()}</div> }
}

/// A word as a small mark.
#[component]
pub fn Tag(
    /// The word.
    #[prop(into)]
    label: String,
    /// A colour of the theme: `neutral`, `fjord`, `accent`, `success`, `warning`.
    #[prop(into, optional)]
    color: String,
) -> impl IntoView {
    let color = if color.is_empty() {
        "neutral".to_owned()
    } else {
        color
    };
    view! { <span class="ds-tag" data-color=color data-size="sm">{label}</span> }
}

/// The class that gives a phase its colour and pattern.
#[must_use]
pub const fn phase_class(phase: Phase) -> &'static str {
    match phase {
        Phase::Initiation => "phase-initiation",
        Phase::Implementation => "phase-implementation",
        Phase::Institutionalisation => "phase-institutionalisation",
    }
}

/// The pattern of a phase alone, as a small swatch; the word stands beside it.
#[component]
pub fn PhaseSwatch(
    /// Which.
    phase: Phase,
) -> impl IntoView {
    let class = format!("phase-swatch {}", phase_class(phase));
    // Drawn, not styled: a pattern survives printing and forced colours.
    let pattern = match phase {
        Phase::Initiation => view! {
            <g>
                <circle cx="5" cy="5" r="1.6"></circle>
                <circle cx="13" cy="5" r="1.6"></circle>
                <circle cx="9" cy="9" r="1.6"></circle>
                <circle cx="5" cy="13" r="1.6"></circle>
                <circle cx="13" cy="13" r="1.6"></circle>
            </g>
        }
        .into_any(),
        Phase::Implementation => view! {
            <path d="M-2 8L8 -2M-2 16L16 -2M2 20L20 2M10 20L20 10" stroke-width="2.2"></path>
        }
        .into_any(),
        Phase::Institutionalisation => ().into_any(),
    };
    view! {
        <svg class=class viewBox="0 0 18 18" aria-hidden="true">
            <rect width="18" height="18" rx="3"></rect>
            {pattern}
        </svg>
    }
}

/// A phase: colour, pattern and word.
#[component]
pub fn PhaseMark(
    /// Which.
    phase: Phase,
) -> impl IntoView {
    view! {
        <span class="phase-mark">
            <PhaseSwatch phase/>
            <span>{words().domain.phase(phase).to_owned()}</span>
        </span>
    }
}

/// A place where nothing is yet: what it is for, and what to do first.
#[component]
pub fn Empty(
    /// What is not here yet.
    #[prop(into)]
    title: String,
    /// What to do first.
    #[prop(into)]
    text: String,
    /// A link or button.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            <p class="ds-paragraph">{text}</p>
            {children.map(|children| children())}
        </div>
    }
}

/// A part of a page with a heading that can be linked to.
#[component]
pub fn Section(
    /// The heading.
    #[prop(into)]
    title: String,
    /// What its address ends with.
    #[prop(into)]
    anchor: String,
    /// Classes.
    #[prop(into, optional)]
    class: String,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let heading = format!("{anchor}-heading");
    view! {
        <section class=format!("section {class}") id=anchor aria-labelledby=heading.clone()>
            <h2 class="ds-heading" data-size="sm" id=heading.clone()>{title}</h2>
            {children()}
        </section>
    }
}
