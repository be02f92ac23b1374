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

    /// All keys of texts, then all of persons: for an export of the keys.
    ///
    /// # Errors
    /// Of the database.
    pub async fn all_keys(&mut self) -> Result<(Vec<Kept>, Vec<Kept>), StoreError> {
        let tenant = self.tenant().0;
        let texts: Vec<KeptRow> = sqlx::query_as(
            "SELECT text_id, position, wrapped FROM keys.text_keys WHERE tenant_id = $1",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        let persons: Vec<KeptRow> = sqlx::query_as(
            "SELECT person_id, position, wrapped FROM keys.person_keys WHERE tenant_id = $1",
        )
        .bind(tenant)
        .fetch_all(self.connection())
        .await?;
        Ok((kept(texts), kept(persons)))
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
