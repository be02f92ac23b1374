//! All visible text, in Bokmål, Nynorsk and English. A page's words are one struct here and one JSON file a language
//! beside it (`words/nb/…`); a missing or superfluous word fails the tests of this module. The server has all three;
//! a browser loads one language's file.

use std::sync::OnceLock;

/// Declares a page's words: every field a text. The server reads them by name from their files; a browser gets them
/// as a plain list in the order of the fields, which takes a hundredth of the code.
#[macro_export]
macro_rules! words {
    // Words that no browser loads.
    (server $(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $(#[allow(missing_docs)] pub $field: String),* }
    };
    ($(#[$doc:meta])* $name:ident { $($field:ident),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[cfg_attr(any(feature = "ssr", test), derive(serde::Deserialize))]
        #[cfg_attr(any(feature = "ssr", test), serde(deny_unknown_fields))]
        pub struct $name { $(#[allow(missing_docs)] pub $field: String),* }

        impl $name {
            /// The texts in the order of the fields.
            #[cfg(any(feature = "ssr", test))]
            pub(crate) fn list(&self) -> Vec<&str> {
                vec![$(self.$field.as_str()),*]
            }

            /// The words whose list begins here; a text that is missing stays empty.
            pub(crate) fn from_list(texts: &mut dyn Iterator<Item = String>) -> Self {
                Self { $($field: $crate::words::next(texts)),* }
            }
        }
    };
}

pub mod domain_words;
pub mod frame;
pub mod history;
pub mod meeting;
pub mod network;
pub mod refusals;
pub mod today;

/// All words of one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// `nb`, `nn` or `en`.
    pub language: String,
    /// Frame, doors, errors.
    pub frame: frame::FrameWords,
    /// Terms of the field: phases, roles, kinds.
    pub domain: domain_words::DomainWords,
    /// Refusals and field problems as sentences.
    pub refusals: refusals::RefusalWords,
    /// Today and commitments.
    pub today: today::TodayWords,
    /// Networks and network.
    pub network: network::NetworkWords,
    /// Meeting.
    pub meeting: meeting::MeetingWords,
    /// History.
    pub history: history::HistoryWords,
}

impl Words {
    /// All texts, the language first, in the order that [`Words::from_list`] reads.
    #[cfg(any(feature = "ssr", test))]
    #[must_use]
    pub fn list(&self) -> Vec<&str> {
        let mut texts = vec![self.language.as_str()];
        texts.extend(self.frame.list());
        texts.extend(self.domain.list());
        texts.extend(self.refusals.list());
        texts.extend(self.today.list());
        texts.extend(self.network.list());
        texts.extend(self.meeting.list());
        texts.extend(self.history.list());
        texts
    }

    /// The words from such a list. A list from another release shows some words in the wrong place until the page is
    /// loaded again; both come from one server, so that lasts for one page.
    #[must_use]
    pub fn from_list(texts: Vec<String>) -> Self {
        let mut texts = texts.into_iter();
        let language = texts.next().unwrap_or_default();
        Self {
            language,
            frame: frame::FrameWords::from_list(&mut texts),
            domain: domain_words::DomainWords::from_list(&mut texts),
            refusals: refusals::RefusalWords::from_list(&mut texts),
            today: today::TodayWords::from_list(&mut texts),
            network: network::NetworkWords::from_list(&mut texts),
            meeting: meeting::MeetingWords::from_list(&mut texts),
            history: history::HistoryWords::from_list(&mut texts),
        }
    }
}

/// The languages, the default one first.
pub const LANGUAGES: [&str; 3] = ["nb", "nn", "en"];

static BROWSER: OnceLock<&Words> = OnceLock::new();

/// The next text of a list. Not inlined: it stands in a thousand places.
#[inline(never)]
pub(crate) fn next(texts: &mut dyn Iterator<Item = String>) -> String {
    texts.next().unwrap_or_default()
}

/// Keeps the words that the browser loaded.
pub fn keep(words: Words) {
    // A second language needs a new page, so the first one stays.
    BROWSER.get_or_init(|| Box::leak(Box::new(words)));
}

/// The words the browser loaded.
#[must_use]
pub fn kept() -> Option<&'static Words> {
    BROWSER.get().copied()
}

#[cfg(any(feature = "ssr", test))]
mod all {
    use super::Words;
    use std::sync::LazyLock;

    macro_rules! language {
        ($language:literal) => {{
            fn part<T: serde::de::DeserializeOwned>(name: &str, json: &str) -> T {
                serde_json::from_str(json)
                    .unwrap_or_else(|error| panic!("words {}/{name}: {error}", $language))
            }
            Words {
                language: $language.to_owned(),
                frame: part(
                    "frame",
                    include_str!(concat!("../../words/", $language, "/frame.json")),
                ),
                domain: part(
                    "domain",
                    include_str!(concat!("../../words/", $language, "/domain.json")),
                ),
                refusals: part(
                    "refusals",
                    include_str!(concat!("../../words/", $language, "/refusals.json")),
                ),
                today: part(
                    "today",
                    include_str!(concat!("../../words/", $language, "/today.json")),
                ),
                network: part(
                    "network",
                    include_str!(concat!("../../words/", $language, "/network.json")),
                ),
                meeting: part(
                    "meeting",
                    include_str!(concat!("../../words/", $language, "/meeting.json")),
                ),
                history: part(
                    "history",
                    include_str!(concat!("../../words/", $language, "/history.json")),
                ),
            }
        }};
    }

    static ALL: LazyLock<[Words; 3]> =
        LazyLock::new(|| [language!("nb"), language!("nn"), language!("en")]);

    /// The words of a language; of an unknown one, Bokmål.
    #[must_use]
    pub fn of(language: &str) -> &'static Words {
        let [bokmaal, ..] = &*ALL;
        ALL.iter()
            .find(|words| words.language == language)
            .unwrap_or(bokmaal)
    }
}

#[cfg(any(feature = "ssr", test))]
pub use all::of;

#[cfg(test)]
mod tests {
    #[test]
    fn every_language_has_every_word() {
        for language in super::LANGUAGES {
            assert_eq!(super::of(language).language, language);
            let list = super::of(language)
                .list()
                .into_iter()
                .map(str::to_owned)
                .collect();
            assert_eq!(&super::Words::from_list(list), super::of(language));
        }
    }
}
