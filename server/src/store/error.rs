//! What can go wrong between us and Postgres.

use super::newer::Newer;
use domain::recorded::Position;

/// An error of the store. None of them is a refusal: those are made before anything is stored.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Postgres, or the way to it.
    #[error("the database did not do what was asked: {0}")]
    Database(#[from] sqlx::Error),
    /// Postgres undid one region's part of a call that landed several.
    #[error("the database undid a landing: {code} {message}")]
    Undone {
        /// Its error code.
        code: String,
        /// The constraint that was violated; empty when none was.
        constraint: String,
        /// What it said.
        message: String,
    },
    /// The connection was lost while several regions' batches were on their way.
    #[error("the connection was lost: {0}")]
    Lost(String),
    /// An event of a newer release.
    #[error(transparent)]
    Newer(#[from] Newer),
    /// An event that is not what its name says.
    #[error("the event at position {position} cannot be read: {why}")]
    Unreadable {
        /// Where it lies.
        position: Position,
        /// What is wrong with it.
        why: String,
    },
    /// There is no such region.
    #[error("there is no such region")]
    UnknownTenant,
    /// The region has no key, or another master key wrapped it.
    #[error("the region's key is missing or was wrapped by another master key")]
    RegionKey,
    /// Stored data is not as the store wrote it.
    #[error("stored data is damaged: {0}")]
    Damaged(String),
}

impl StoreError {
    /// The named constraint that was violated, if one was.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.constraint(),
            Self::Undone { constraint, .. } => Some(constraint)
                .filter(|name| !name.is_empty())
                .map(String::as_str),
            _ => None,
        }
    }

    /// Whether the connection was lost, so that nobody knows whether the last statement took effect.
    #[must_use]
    pub fn reply_lost(&self) -> bool {
        match self {
            Self::Database(sqlx::Error::Database(error)) => error.code().is_some_and(|code| {
                // Class 08: connection; 57P0x: the server or this session was shut down.
                code.starts_with("08") || code.starts_with("57P")
            }),
            Self::Database(
                sqlx::Error::Io(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed,
            )
            | Self::Lost(_) => true,
            _ => false,
        }
    }

    /// Whether another session held a lock for too long, or Postgres broke a deadlock: worth another try.
    #[must_use]
    pub fn contended(&self) -> bool {
        let contended = |code: &str| matches!(code, "55P03" | "40P01" | "40001");
        match self {
            Self::Database(sqlx::Error::Database(error)) => {
                error.code().is_some_and(|code| contended(&code))
            }
            Self::Undone { code, .. } => contended(code),
            _ => false,
        }
    }
}
