//! Parsed texts. A value of these types has passed its checks.
//!
//! What people write freely never stands in an event: the event holds a [`Prose`], a reference, and the words travel
//! beside it as [`Written`] until they are sealed with a key of their own. The same for what identifies a person,
//! [`Personal`]. Neither reference can carry words, so nothing can be stored unsealed by mistake.

use crate::ids::{PersonId, TextId};
use crate::limits::{NAME_CHARS_MAX, PERSON_NAME_CHARS_MAX, SENTENCE_CHARS_MAX, TEXT_CHARS_MAX};
use serde::{Deserialize, Serialize};
use std::marker::PhantomData;

/// Why a text was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextError {
    /// Nothing but white space.
    #[error("the text is empty")]
    Empty,
    /// More characters than allowed.
    #[error("the text is longer than {max} characters")]
    TooLong {
        /// The cap in characters.
        max: u32,
    },
    /// A character that cannot be stored (U+0000) or does not belong in such a text (a line break in a name).
    #[error("the text holds a character that is not allowed")]
    Character,
}

fn parse(text: &str, chars_max: usize, lines: bool) -> Result<String, TextError> {
    let text = text.replace("\r\n", "\n");
    let text = text.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.chars().count() > chars_max {
        return Err(TextError::TooLong {
            max: u32::try_from(chars_max).unwrap_or(u32::MAX),
        });
    }
    if text
        .chars()
        .any(|c| c.is_control() && !(lines && (c == '\n' || c == '\t')))
    {
        return Err(TextError::Character);
    }
    Ok(text.to_owned())
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $max:expr, $lines:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Trims and checks.
            ///
            /// # Errors
            /// [`TextError`] when empty, too long or holding a forbidden character.
            pub fn parse(text: &str) -> Result<Self, TextError> {
                parse(text, $max, $lines).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = TextError;
            fn try_from(text: String) -> Result<Self, TextError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }
    };
}

text!(
    /// The name of an organisation or network: public, one line.
    Name, NAME_CHARS_MAX, false
);
text!(
    /// The name of a person: only ever stored sealed.
    PersonName, PERSON_NAME_CHARS_MAX, false
);
text!(
    /// Words of one text, several lines allowed.
    Words, TEXT_CHARS_MAX, true
);
text!(
    /// Words of one short text: a title, a commitment, a reason.
    Sentence, SENTENCE_CHARS_MAX, true
);

impl From<Sentence> for Words {
    fn from(sentence: Sentence) -> Self {
        Self(sentence.0)
    }
}

/// A reference to a text somebody wrote. Serialises as the text's id; the words are elsewhere, sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prose(pub TextId);

/// Words on their way to be sealed: they accompany a command, never an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The id that the command refers to.
    pub id: TextId,
    /// The words.
    pub words: Words,
}

/// Marks a field whose value identifies a person. In an event it holds nothing: the value is sealed beside the event
/// with the person's key. `T` is the type of that value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Personal<T>(PhantomData<T>);

impl<T> Personal<T> {
    /// "There is a sealed value here."
    #[must_use]
    pub const fn sealed() -> Self {
        Self(PhantomData)
    }
}

impl<T> Serialize for Personal<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("sealed")
    }
}

impl<'de, T> Deserialize<'de> for Personal<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|_| Self::sealed())
    }
}

/// A person's name on its way to be sealed: it accompanies a command, never an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Named {
    /// Whose.
    pub person: PersonId,
    /// The name.
    pub name: PersonName,
}
