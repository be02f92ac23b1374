//! The number that an organisation has in Norway's register of legal entities.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What each of the first eight digits counts.
const WEIGHTS: [u32; 8] = [3, 2, 7, 6, 5, 4, 3, 2];

/// Why a text is no organisation number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Not nine digits.
    #[error("an organisation number has nine digits")]
    Digits,
    /// The last digit does not fit the eight before it.
    #[error("the last digit of the organisation number does not fit the others")]
    Check,
}

/// An organisation number: nine digits, the last of which checks the others by modulus 11. Source:
/// Brønnøysundregistrene, "Organisasjonsnummeret"
/// (<https://www.brreg.no/om-oss/registrene-vare/om-enhetsregisteret/organisasjonsnummeret/>).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OrganisationNumber(String);

impl OrganisationNumber {
    /// Reads it, with or without spaces.
    ///
    /// # Errors
    /// [`NumberError`].
    pub fn parse(text: &str) -> Result<Self, NumberError> {
        let text: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        let digits: Option<Vec<u32>> = text.chars().map(|c| c.to_digit(10)).collect();
        let digits = digits.ok_or(NumberError::Digits)?;
        let [first @ .., last] = digits.as_slice() else {
            return Err(NumberError::Digits);
        };
        if first.len() != WEIGHTS.len() {
            return Err(NumberError::Digits);
        }
        let sum: u32 = first
            .iter()
            .zip(WEIGHTS)
            .map(|(d, weight)| d * weight)
            .sum();
        // A remainder of 1 would need the digit 10: no such number is given to anybody.
        if (sum + last).is_multiple_of(11) {
            Ok(Self(text))
        } else {
            Err(NumberError::Check)
        }
    }

    /// The nine digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrganisationNumber {
    /// In groups of three, as it is printed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, digit) in self.0.chars().enumerate() {
            if n > 0 && n % 3 == 0 {
                f.write_str("\u{a0}")?;
            }
            write!(f, "{digit}")?;
        }
        Ok(())
    }
}

impl TryFrom<String> for OrganisationNumber {
    type Error = NumberError;
    fn try_from(text: String) -> Result<Self, NumberError> {
        Self::parse(&text)
    }
}

impl From<OrganisationNumber> for String {
    fn from(number: OrganisationNumber) -> Self {
        number.0
    }
}
