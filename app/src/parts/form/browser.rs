//! What a form holds when it is sent, read from the browser. On the server nothing is ever sent from here.

use crate::forms::Fields;
use leptos::ev::SubmitEvent;

#[cfg(feature = "hydrate")]
mod real {
    use super::{Fields, SubmitEvent};
    use leptos::prelude::request_animation_frame;
    use leptos::wasm_bindgen::{JsCast, JsValue};
    use web_sys::{FormData, HtmlElement, HtmlFormElement};

    /// A form that was sent.
    pub struct Sent {
        form: Option<HtmlFormElement>,
        fields: Fields,
    }

    impl Sent {
        /// Reads the fields, and the button that was pressed.
        pub fn of(event: &SubmitEvent) -> Self {
            let form = event
                .target()
                .and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
            let mut fields = form.as_ref().map(read).unwrap_or_default();
            if let Some(button) = event.submitter()
                && let (Some(name), Some(value)) =
                    (button.get_attribute("name"), button.get_attribute("value"))
            {
                fields.insert(name, value);
            }
            Self { form, fields }
        }

        /// The fields by name.
        pub fn fields(&self) -> Fields {
            self.fields.clone()
        }

        /// Empties what was typed: it is recorded now.
        pub fn reset(&self) {
            if let Some(form) = &self.form {
                form.reset();
            }
        }

        /// Leads to the field with a problem, once the page says so.
        pub fn focus(&self, field: &str) {
            let Some(form) = self.form.clone() else {
                return;
            };
            let selector = format!("[name=\"{field}\"]");
            request_animation_frame(move || {
                let found = form.query_selector(&selector).ok().flatten();
                if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok())
                {
                    let focused: Result<(), JsValue> = element.focus();
                    // A field that cannot take the focus is still marked.
                    drop(focused);
                }
            });
        }
    }

    fn read(form: &HtmlFormElement) -> Fields {
        let mut fields = Fields::new();
        let Ok(data) = FormData::new_with_form(form) else {
            return fields;
        };
        let Ok(Some(entries)) = js_sys::try_iter(&data) else {
            return fields;
        };
        for entry in entries.flatten() {
            let pair = js_sys::Array::from(&entry);
            if let (Some(name), Some(value)) = (pair.get(0).as_string(), pair.get(1).as_string()) {
                fields.insert(name, value);
            }
        }
        fields
    }
}

#[cfg(not(feature = "hydrate"))]
mod real {
    use super::{Fields, SubmitEvent};

    /// A form that was sent: never here.
    pub struct Sent;

    impl Sent {
        /// Nothing to read.
        pub fn of(event: &SubmitEvent) -> Self {
            let _ = event;
            Self
        }

        /// No fields.
        pub fn fields(&self) -> Fields {
            Fields::new()
        }

        /// Nothing typed.
        pub fn reset(&self) {}

        /// Nothing to lead to.
        pub fn focus(&self, field: &str) {
            let _ = field;
        }
    }
}

pub use real::Sent;
