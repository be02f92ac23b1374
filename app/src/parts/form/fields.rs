//! Fields. Labels above, one column, the right keyboard for each; what is wrong stands under the field.

use super::Around;
use crate::parts::words::words;
use leptos::html::{ElementChild, InnerHtmlAttribute};
use leptos::prelude::*;

/// A field that nobody sees.
#[component]
pub fn Hidden(
    /// Its name.
    #[prop(into)]
    name: String,
    /// Its value.
    #[prop(into)]
    value: String,
) -> impl IntoView {
    view! { <input type="hidden" name=name value=value/> }
}

/// Label, help and problem around a control.
fn framed(
    around: &Around,
    name: &str,
    label: String,
    help: Option<String>,
    required: bool,
    control: AnyView,
) -> impl IntoView + use<> {
    let id = around.id(name);
    let problem = around.problem(name);
    let optional = (!required).then(|| format!(" ({})", words().frame.optional));
    view! {
        <div class="ds-field">
            <label class="ds-label" for=id.clone()>
                {label}
                <span class="optional">{optional}</span>
            </label>
            {help
                .map(|help| {
                    view! { <div data-field="description" id=format!("{id}-help")>{help}</div> }
                })}
            {control}
            <div id=format!("{id}-problem") aria-live="polite">
                {move || {
                    problem
                        .get()
                        .map(|text| view! { <p class="ds-validation-message" data-size="sm">{text}</p> })
                }}
            </div>
        </div>
    }
}

fn described(id: &str, help: bool) -> String {
    if help {
        format!("{id}-help {id}-problem")
    } else {
        format!("{id}-problem")
    }
}

#[derive(Clone, Copy)]
struct Input {
    kind: &'static str,
    mode: Option<&'static str>,
    class: &'static str,
}

struct Given {
    name: String,
    label: String,
    help: Option<String>,
    value: Option<String>,
    required: bool,
    min: Option<String>,
    max: Option<String>,
}

fn input(kind: Input, given: Given) -> impl IntoView {
    let around: Around = expect_context();
    let id = around.id(&given.name);
    let value = around.value(&given.name, given.value);
    let problem = around.problem(&given.name);
    let control = view! {
        <input
            class=format!("ds-input {}", kind.class)
            type=kind.kind
            inputmode=kind.mode
            id=id.clone()
            name=given.name.clone()
            value=value
            min=given.min
            max=given.max
            required=given.required
            autocomplete="off"
            aria-describedby=described(&id, given.help.is_some())
            aria-invalid=move || problem.get().map(|_| "true")
        />
    }
    .into_any();
    framed(
        &around,
        &given.name,
        given.label,
        given.help,
        given.required,
        control,
    )
}

macro_rules! inputs {
    ($($(#[$doc:meta])* $name:ident: $input:expr;)+) => {$(
        $(#[$doc])*
        #[component]
        pub fn $name(
            /// Its name in the form.
            #[prop(into)]
            name: String,
            /// Its label.
            #[prop(into)]
            label: String,
            /// A sentence that helps.
            #[prop(into, default = None)]
            help: Option<String>,
            /// What stands in it at first.
            #[prop(into, default = None)]
            value: Option<String>,
            /// Whether it must be filled in.
            #[prop(optional)]
            required: bool,
            /// The least value.
            #[prop(into, default = None)]
            min: Option<String>,
            /// The greatest value.
            #[prop(into, default = None)]
            max: Option<String>,
        ) -> impl IntoView {
            input($input, Given { name, label, help, value, required, min, max })
        }
    )+};
}

inputs! {
    /// One line of text.
    TextField: Input { kind: "text", mode: None, class: "" };
    /// A day.
    DateField: Input { kind: "date", mode: None, class: "input-short" };
    /// A month.
    MonthField: Input { kind: "month", mode: None, class: "input-short" };
    /// A time of day.
    TimeField: Input { kind: "time", mode: None, class: "input-short" };
    /// A whole number.
    NumberField: Input { kind: "number", mode: Some("numeric"), class: "input-short" };
}

/// Several lines of text.
#[component]
pub fn AreaField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// A sentence that helps.
    #[prop(into, default = None)]
    help: Option<String>,
    /// What stands in it at first.
    #[prop(into, default = None)]
    value: Option<String>,
    /// Whether it must be filled in.
    #[prop(optional)]
    required: bool,
    /// Lines shown at first.
    #[prop(default = 3)]
    rows: u32,
) -> impl IntoView {
    let around: Around = expect_context();
    let id = around.id(&name);
    let value = around.value(&name, value).unwrap_or_default();
    let problem = around.problem(&name);
    let control = view! {
        <textarea
            class="ds-input"
            id=id.clone()
            name=name.clone()
            rows=rows
            required=required
            aria-describedby=described(&id, help.is_some())
            aria-invalid=move || problem.get().map(|_| "true")
            inner_html=escaped(&value)
        ></textarea>
    }
    .into_any();
    framed(&around, &name, label, help, required, control)
}

// The parser drops one line break at the start of a text area, so one more is put before.
fn escaped(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    if text.starts_with('\n') {
        format!("\n{text}")
    } else {
        text
    }
}

/// One of several, in a list that folds out.
#[component]
pub fn SelectField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Value and label of each choice. Where nothing is chosen at first, an empty one comes before them.
    options: Vec<(String, String)>,
    /// A sentence that helps.
    #[prop(into, default = None)]
    help: Option<String>,
    /// What is chosen at first.
    #[prop(into, default = None)]
    value: Option<String>,
    /// Whether one must be chosen.
    #[prop(optional)]
    required: bool,
) -> impl IntoView {
    let around: Around = expect_context();
    let id = around.id(&name);
    let chosen = around.value(&name, value).unwrap_or_default();
    let problem = around.problem(&name);
    let empty = (!required || chosen.is_empty()).then(|| {
        view! { <option value="" selected=chosen.is_empty()>{words().frame.choose.clone()}</option> }
    });
    let options = options
        .into_iter()
        .map(|(value, label)| {
            let selected = value == chosen;
            view! { <option value=value selected=selected>{label}</option> }
        })
        .collect_view();
    let control = view! {
        <select
            class="ds-input"
            id=id.clone()
            name=name.clone()
            required=required
            aria-describedby=described(&id, help.is_some())
            aria-invalid=move || problem.get().map(|_| "true")
        >
            {empty}
            {options}
        </select>
    }
    .into_any();
    framed(&around, &name, label, help, required, control)
}

/// One of a few, all visible, each large enough for a thumb.
#[component]
pub fn ChoiceField(
    /// Its name in the form.
    #[prop(into)]
    name: String,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Value and label of each choice.
    options: Vec<(String, String)>,
    /// A sentence that helps.
    #[prop(into, default = None)]
    help: Option<String>,
    /// What is chosen at first.
    #[prop(into, default = None)]
    value: Option<String>,
) -> impl IntoView {
    let around: Around = expect_context();
    let id = around.id(&name);
    let chosen = around.value(&name, value);
    // "Fill in" is no advice where one is to choose.
    let problem = around.problem_of_choice(&name);
    let choices = options
        .into_iter()
        .map(|(value, label)| {
            let checked = chosen.as_ref() == Some(&value);
            view! {
                <label class="choice">
                    <input class="ds-input" type="radio" name=name.clone() value=value checked=checked/>
                    <span>{label}</span>
                </label>
            }
        })
        .collect_view();
    let described_by = described(&id, help.is_some());
    view! {
        <fieldset class="ds-fieldset choices" aria-describedby=described_by>
            <legend class="ds-label">{label}</legend>
            {help
                .map(|help| {
                    view! { <p class="ds-paragraph" data-size="sm" id=format!("{id}-help")>{help}</p> }
                })}
            <div class="choice-row">{choices}</div>
            <div id=format!("{id}-problem") aria-live="polite">
                {move || {
                    problem
                        .get()
                        .map(|text| view! { <p class="ds-validation-message" data-size="sm">{text}</p> })
                }}
            </div>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn a_text_area_shows_just_what_was_written() {
        assert_eq!(
            escaped("a < b & </textarea>"),
            "a &lt; b &amp; &lt;/textarea&gt;"
        );
        assert_eq!(escaped("\nto"), "\n\nto");
    }
}
