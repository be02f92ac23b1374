//! The error between browser and server. It holds no private data: it can land in an address or a log.

use domain::rejection::{Rejection, RejectionKind};
use leptos::prelude::*;
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// Why a page or an order got no good answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum AppError {
    /// There is no such thing here (or it is another region's).
    #[error("there is no such thing")]
    NotFound,
    /// Not with this standing.
    #[error("not permitted")]
    Forbidden,
    /// Nobody is signed in.
    #[error("sign in first")]
    SignInRequired,
    /// The domain refused.
    #[error("refused: {rejection}")]
    Rejected {
        /// Why.
        rejection: Rejection,
    },
    /// A field of a form was not accepted.
    #[error("the field {field} was not accepted")]
    Field {
        /// Which field.
        field: String,
        /// Why.
        problem: FieldProblem,
    },
    /// The same command id came with other content.
    #[error("the same command came with other content")]
    Repeated,
    /// Too much waits; try again.
    #[error("busy, try again")]
    Busy,
    /// A newer release is at work on the same log, and has recorded what this one cannot judge by.
    #[error("a newer release has recorded something that this one does not know")]
    Newer,
    /// Something broke; the reference is the request's id, to be quoted.
    #[error("something broke, reference {reference}")]
    Internal {
        /// The request's id.
        reference: String,
    },
    /// The server was not reached, or its answer could not be read (an older page: load again).
    #[error("no answer that could be read: {detail}")]
    Transport {
        /// What the transport says.
        detail: String,
    },
}

/// What was wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldProblem {
    /// It must be filled in.
    Missing,
    /// Too long.
    TooLong {
        /// The cap in characters.
        max: u32,
    },
    /// A character that cannot be kept.
    Character,
    /// Not a date.
    Date,
    /// Not a time of day.
    Time,
    /// Not a number in range.
    Number,
    /// None of the choices.
    Choice,
}

impl AppError {
    /// The status of an answer that carries this error.
    #[must_use]
    pub const fn status(&self) -> u16 {
        match self {
            Self::NotFound => 404,
            Self::Forbidden => 403,
            Self::SignInRequired => 401,
            Self::Rejected { rejection } => match rejection.kind() {
                RejectionKind::NotFound => 404,
                RejectionKind::Forbidden => 403,
                RejectionKind::Conflict => 409,
                RejectionKind::Invalid => 422,
            },
            Self::Field { .. } => 422,
            Self::Repeated => 409,
            Self::Busy | Self::Newer => 503,
            Self::Internal { .. } => 500,
            Self::Transport { .. } => 400,
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::Transport {
            detail: error.to_string(),
        }
    }
}

/// Code that was to be loaded when it was needed, and was not.
#[cfg(feature = "hydrate")]
impl From<leptos::wasm_split::SplitLoaderError> for AppError {
    fn from(error: leptos::wasm_split::SplitLoaderError) -> Self {
        Self::Transport {
            detail: error.to_string(),
        }
    }
}
