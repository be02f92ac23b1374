//! Where a decision's missing pieces are read from: a transaction of their own, or the one that holds the head's lock.

use crate::store::keys::Kept;
use crate::store::row::EventRow;
use crate::store::scope::TenantScope;
use crate::store::{Store, StoreError};
use domain::ids::{PersonId, StreamId, TenantId, TextId};
use domain::recorded::Position;

pub(super) enum Source<'a> {
    Pool(&'a Store, TenantId),
    Locked(&'a mut TenantScope),
}

macro_rules! read {
    ($self:ident, $method:ident($($argument:expr),*)) => {
        match $self {
            Self::Pool(store, tenant) => store.reading(*tenant).await?.$method($($argument),*).await,
            Self::Locked(scope) => scope.$method($($argument),*).await,
        }
    };
}

impl Source<'_> {
    pub async fn streams(
        &mut self,
        streams: &[StreamId],
        up_to: Position,
    ) -> Result<Vec<EventRow>, StoreError> {
        read!(self, rows_of_streams(streams, up_to))
    }

    pub async fn text_keys(&mut self, texts: &[TextId]) -> Result<Vec<Kept>, StoreError> {
        read!(self, text_keys(texts))
    }

    pub async fn person_keys(&mut self, persons: &[PersonId]) -> Result<Vec<Kept>, StoreError> {
        read!(self, person_keys(persons))
    }
}
