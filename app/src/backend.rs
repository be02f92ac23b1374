//! What the pages need of the server, in their own terms. `server` implements it.

use crate::error::AppError;
use crate::query::{Accepted, Asked, Doors, Query, Reply};
use domain::command::Submission;
use std::collections::BTreeMap;
use std::sync::Arc;
use uuid::Uuid;

/// Who asks, as the request's cookie says; made per request by the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The session's token, if there is one.
    pub session: Option<String>,
    /// The language chosen, if one was.
    pub language: Option<String>,
    /// The request's id, to be quoted when something breaks.
    pub request: String,
}

/// Everything the pages ask of the server.
#[async_trait::async_trait]
pub trait Backend: Send + Sync {
    /// Answers a page's question in a region.
    async fn read(
        &self,
        caller: &Caller,
        region: &str,
        query: Query,
        as_of: Asked,
    ) -> Result<Reply, AppError>;
    /// Takes an order in a region.
    async fn submit(
        &self,
        caller: &Caller,
        region: &str,
        submission: Submission,
    ) -> Result<Accepted, AppError>;
    /// The demo regions with people to enter as; empty where there are none.
    async fn doors(&self, caller: &Caller) -> Result<Doors, AppError>;
    /// A refused form's fields, kept so that nothing typed is lost.
    async fn draft(
        &self,
        caller: &Caller,
        region: &str,
        id: Uuid,
    ) -> Result<Option<(BTreeMap<String, String>, AppError)>, AppError>;
}

/// The server's side, given to the pages as a context.
pub type BackendRef = Arc<dyn Backend>;
