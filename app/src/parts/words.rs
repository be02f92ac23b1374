//! The reader's words.

use crate::words::Words;

/// The words in the reader's language. On the server the request says which, in the browser those that were loaded.
#[must_use]
pub fn words() -> &'static Words {
    #[cfg(feature = "ssr")]
    {
        let language = leptos::prelude::use_context::<crate::backend::Caller>()
            .and_then(|caller| caller.language);
        crate::words::of(language.as_deref().unwrap_or(crate::words::LANGUAGES[0]))
    }
    #[cfg(not(feature = "ssr"))]
    crate::words::kept().expect("the words are loaded before the pages run")
}
