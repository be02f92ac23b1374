//! Keys of what is sealed: read, unwrapped, destroyed.

use super::connect::Store;
use super::error::StoreError;
use super::row::position;
use super::scope::TenantScope;
use crate::chance::Chance;
use crate::crypto::{Key, RegionKey, place};
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
    pub async fn region_key(
        &self,
        scope: &mut TenantScope,
    ) -> Result<(RegionKey, TenantId), StoreError> {
        let kept = scope.kept_region_key().await?;
        let key = kept.unwrap(self.master(), scope.tenant())?;
        Ok((key, kept.region))
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
        key: &RegionKey,
    ) -> Result<(), StoreError> {
        scope.keep_region_key(chance, key, self.master()).await
    }
}

/// A region's key as it lies in the database.
pub(in crate::store) struct KeptRegionKey {
    wrapped: Vec<u8>,
    mark: Vec<u8>,
    digests: Option<Vec<u8>>,
    /// The id that places of sealed values are made with.
    pub region: TenantId,
}

impl KeptRegionKey {
    /// Opens it with a master key.
    pub fn unwrap(&self, master: &Key, tenant: TenantId) -> Result<RegionKey, StoreError> {
        let open = |wrapped: &[u8]| {
            let key = master.unwrap(&place(tenant, tenant.0), wrapped);
            key.ok().ok_or(StoreError::RegionKey)
        };
        let digests = self.digests.as_deref().map(open).transpose()?;
        let key = open(&self.wrapped)?;
        Ok(RegionKey::from_parts(key, self.mark.clone(), digests))
    }
}

type KeptRegionRow = (Vec<u8>, Vec<u8>, Option<Vec<u8>>, Uuid);

impl TenantScope {
    /// The region's key, wrapped.
    pub(in crate::store) async fn kept_region_key(&mut self) -> Result<KeptRegionKey, StoreError> {
        let row: Option<KeptRegionRow> = sqlx::query_as(
            "SELECT k.wrapped, k.mark, k.digests, t.region_id
             FROM keys.region_keys AS k JOIN tenants AS t ON t.tenant_id = k.tenant_id
             WHERE k.tenant_id = $1",
        )
        .bind(self.tenant().0)
        .fetch_optional(self.connection())
        .await?;
        let (wrapped, mark, digests, region) = row.ok_or(StoreError::RegionKey)?;
        Ok(KeptRegionKey {
            wrapped,
            mark,
            digests,
            region: TenantId(region),
        })
    }

    /// Puts a key in the place of the region's, wrapped by a master key.
    pub(in crate::store) async fn keep_region_key(
        &mut self,
        chance: &dyn Chance,
        key: &RegionKey,
        master: &Key,
    ) -> Result<(), StoreError> {
        let tenant = self.tenant();
        let wrap = |key: &Key| master.wrap(chance, &place(tenant, tenant.0), key);
        let done = sqlx::query(
            "UPDATE keys.region_keys SET wrapped = $2, mark = $3, digests = $4 WHERE tenant_id = $1",
        )
        .bind(tenant.0)
        .bind(wrap(key.key()))
        .bind(key.mark())
        .bind(key.digests().map(wrap))
        .execute(self.connection())
        .await?;
        if done.rows_affected() == 1 {
            Ok(())
        } else {
            Err(StoreError::RegionKey)
        }
    }

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
