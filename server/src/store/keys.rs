//! Keys of what is sealed: read, unwrapped, destroyed.

use super::connect::Store;
use super::error::StoreError;
use super::row::position;
use super::scope::TenantScope;
use crate::chance::Chance;
use crate::crypto::{Key, place};
use domain::ids::{PersonId, TenantId, TextId};
use domain::recorded::Position;
use uuid::Uuid;

/// A key as it lies in the database.
#[derive(Clone, Debug)]
pub struct Kept {
    /// Text or person.
    pub id: Uuid,
    /// The event beside which the sealed value lies.
    pub position: Position,
    /// The wrapped key; `None` once destroyed.
    pub wrapped: Option<Vec<u8>>,
}

/// What a key opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A text.
    Text,
    /// A person's name.
    Person,
}

type KeptRow = (Uuid, i64, Option<Vec<u8>>);

fn kept(rows: Vec<KeptRow>) -> Vec<Kept> {
    rows.into_iter()
        .map(|(id, at, wrapped)| Kept {
            id,
            position: position(at),
            wrapped,
        })
        .collect()
}

impl Store {
    /// Wraps a new region's key.
    pub(in crate::store) fn wrap_region_key(
        &self,
        chance: &dyn Chance,
        tenant: TenantId,
        key: &Key,
    ) -> Vec<u8> {
        self.master().wrap(chance, &place(tenant, tenant.0), key)
    }

    /// The region's key, and the id that places of sealed values are made with.
    ///
    /// # Errors
    /// [`StoreError::RegionKey`] when it is missing or another master key wrapped it.
    pub async fn region_key(&self, scope: &mut TenantScope) -> Result<(Key, TenantId), StoreError> {
        let tenant = scope.tenant();
        let row: Option<(Vec<u8>, Uuid)> = sqlx::query_as(
            "SELECT k.wrapped, t.region_id
             FROM keys.region_keys AS k JOIN tenants AS t ON t.tenant_id = k.tenant_id
             WHERE k.tenant_id = $1",
        )
        .bind(tenant.0)
        .fetch_optional(scope.connection())
        .await?;
        let (wrapped, region) = row.ok_or(StoreError::RegionKey)?;
        let key = self
            .master()
            .unwrap(&place(tenant, tenant.0), &wrapped)
            .ok()
            .ok_or(StoreError::RegionKey)?;
        Ok((key, TenantId(region)))
    }

    /// Gives an empty region the key of the log that moves in: what it sealed opens, and the digests of its commands
    /// mean here what they meant there.
    ///
    /// # Errors
    /// [`StoreError::RegionKey`] when the region has none to be replaced.
    pub async fn adopt_region_key(
        &self,
        scope: &mut TenantScope,
        chance: &dyn Chance,
        key: &Key,
    ) -> Result<(), StoreError> {
        let tenant = scope.tenant();
        let done = sqlx::query("UPDATE keys.region_keys SET wrapped = $2 WHERE tenant_id = $1")
            .bind(tenant.0)
            .bind(self.wrap_region_key(chance, tenant, key))
            .execute(scope.connection())
            .await?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StoreError::RegionKey)
        }
    }
}

impl TenantScope {
    /// Keys of these texts; a text that never was is missing.
    ///
    /// # Errors
    /// Of the database.
    pub async fn text_keys(&mut self, texts: &[TextId]) -> Result<Vec<Kept>, StoreError> {
        let ids: Vec<Uuid> = texts.iter().map(|text| text.0).collect();
        let rows: Vec<KeptRow> = sqlx::query_as(
            "SELECT text_id, position, wrapped FROM keys.text_keys WHERE tenant_id = $1 AND text_id = ANY($2)",
        )
        .bind(self.tenant().0)
        .bind(ids)
        .fetch_all(self.connection())
        .await?;
        Ok(kept(rows))
    }

    /// Keys of these persons; one that never was is missing.
    ///
    /// # Errors
    /// Of the database.
    pub async fn person_keys(&mut self, persons: &[PersonId]) -> Result<Vec<Kept>, StoreError> {
        let ids: Vec<Uuid> = persons.iter().map(|person| person.0).collect();
        let rows: Vec<KeptRow> = sqlx::query_as(
            "SELECT person_id, position, wrapped FROM keys.person_keys
             WHERE tenant_id = $1 AND person_id = ANY($2)",
        )
        .bind(self.tenant().0)
        .bind(ids)
        .fetch_all(self.connection())
        .await?;
        Ok(kept(rows))
    }

    /// Keys of one sort in the order of their ids, after an id, at most `limit`.
    ///
    /// # Errors
    /// Of the database.
    pub async fn keys_after(
        &mut self,
        sort: Sort,
        after: Option<Uuid>,
        limit: i64,
    ) -> Result<Vec<Kept>, StoreError> {
        let statement = match sort {
            Sort::Text => {
                "SELECT text_id, position, wrapped FROM keys.text_keys
                 WHERE tenant_id = $1 AND ($2 IS NULL OR text_id > $2) ORDER BY text_id LIMIT $3"
            }
            Sort::Person => {
                "SELECT person_id, position, wrapped FROM keys.person_keys
                 WHERE tenant_id = $1 AND ($2 IS NULL OR person_id > $2) ORDER BY person_id LIMIT $3"
            }
        };
        let rows: Vec<KeptRow> = sqlx::query_as(statement)
            .bind(self.tenant().0)
            .bind(after)
            .bind(limit)
            .fetch_all(self.connection())
            .await?;
        Ok(kept(rows))
    }

    /// Puts keys, wrapped by the region's, beside what an import brought. Keys of what it did not bring are left out.
    ///
    /// # Errors
    /// Of the database.
    pub async fn bring_keys(
        &mut self,
        sort: Sort,
        keys: &[(Uuid, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let statement = match sort {
            Sort::Text => {
                "UPDATE keys.text_keys AS k SET wrapped = n.wrapped
                 FROM unnest($2::uuid[], $3::bytea[]) AS n (id, wrapped)
                 WHERE k.tenant_id = $1 AND k.text_id = n.id"
            }
            Sort::Person => {
                "UPDATE keys.person_keys AS k SET wrapped = n.wrapped
                 FROM unnest($2::uuid[], $3::bytea[]) AS n (id, wrapped)
                 WHERE k.tenant_id = $1 AND k.person_id = n.id"
            }
        };
        let ids: Vec<Uuid> = keys.iter().map(|(id, _)| *id).collect();
        let wrapped: Vec<&[u8]> = keys.iter().map(|(_, wrapped)| wrapped.as_slice()).collect();
        sqlx::query(statement)
            .bind(self.tenant().0)
            .bind(ids)
            .bind(wrapped)
            .execute(self.connection())
            .await?;
        Ok(())
    }

    /// Withdraws a text: its words can never be read again.
    ///
    /// # Errors
    /// Of the database.
    pub async fn destroy_text_key(&mut self, text: TextId) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE keys.text_keys SET wrapped = NULL WHERE tenant_id = $1 AND text_id = $2",
        )
        .bind(self.tenant().0)
        .bind(text.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }

    /// Forgets a person: the name can never be read again.
    ///
    /// # Errors
    /// Of the database.
    pub async fn destroy_person_key(&mut self, person: PersonId) -> Result<(), StoreError> {
        sqlx::query(
            "UPDATE keys.person_keys SET wrapped = NULL WHERE tenant_id = $1 AND person_id = $2",
        )
        .bind(self.tenant().0)
        .bind(person.0)
        .execute(self.connection())
        .await?;
        Ok(())
    }
}
