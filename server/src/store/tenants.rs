//! Regions: opening one, finding them.

use super::chain::GENESIS;
use super::connect::Store;
use super::error::StoreError;
use super::scope::TenantScope;
use crate::chance::{self, Chance};
use crate::crypto::Key;
use chrono::{DateTime, NaiveDate, Offset as _, TimeDelta, TimeZone as _};
use domain::ids::TenantId;
use domain::time::Timestamp;
use uuid::Uuid;

/// A region as the installation knows it.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Tenant {
    /// Its id.
    #[sqlx(rename = "tenant_id")]
    pub id: Uuid,
    /// Stands in addresses.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// `nb`, `nn` or `en`.
    pub language: String,
    /// IANA name.
    pub time_zone: String,
    /// Whether the demo may fill it.
    pub demo: bool,
    /// The id that its events know it by.
    pub region_id: Uuid,
    /// When it was opened.
    pub created_at: Timestamp,
}

impl Tenant {
    /// Its id as the database isolates it.
    #[must_use]
    pub const fn tenant(&self) -> TenantId {
        TenantId(self.id)
    }

    /// The region as its events know it: what decisions and views are given, and the key of region-wide views. Its
    /// own id, unless the log was imported from elsewhere.
    #[must_use]
    pub const fn region(&self) -> TenantId {
        TenantId(self.region_id)
    }

    fn zone(&self) -> chrono_tz::Tz {
        self.time_zone.parse().unwrap_or(chrono_tz::Europe::Oslo)
    }

    /// The day in the region at a moment.
    #[must_use]
    pub fn day(&self, moment: Timestamp) -> NaiveDate {
        moment.with_timezone(&self.zone()).date_naive()
    }

    /// The last moment of a day in the region.
    #[must_use]
    pub fn end_of(&self, day: NaiveDate) -> Timestamp {
        // Where clocks go forward at midnight, a day begins at one.
        let begins = |hour| {
            let next = day.succ_opt()?.and_hms_opt(hour, 0, 0)?;
            next.and_local_timezone(self.zone()).earliest()
        };
        [0, 1]
            .into_iter()
            .find_map(begins)
            .map_or(Timestamp::MAX_UTC, |next| {
                next.to_utc() - TimeDelta::microseconds(1)
            })
    }

    /// How far the region's clock is ahead of universal time at a moment, in seconds.
    #[must_use]
    pub fn ahead(&self, moment: Timestamp) -> i32 {
        self.zone()
            .offset_from_utc_datetime(&moment.naive_utc())
            .fix()
            .local_minus_utc()
    }
}

/// What a new region is to be.
#[derive(Clone, Debug)]
pub struct NewTenant<'a> {
    /// Lower-case letters, digits and dashes.
    pub slug: &'a str,
    /// Its name.
    pub name: &'a str,
    /// `nb`, `nn` or `en`.
    pub language: &'a str,
    /// Whether the demo may fill it.
    pub demo: bool,
    /// Its id and its log's, where an import brings them.
    pub ids: Option<(TenantId, Uuid)>,
}

/// What became of opening a region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// It is there now.
    New(Tenant),
    /// The slug or id is taken.
    Exists,
}

impl Store {
    /// Opens a region: row, empty log, key. Writes no event.
    ///
    /// # Errors
    /// Of the database; an invalid slug violates `tenants_slug_check`.
    pub async fn open_tenant(
        &self,
        new: NewTenant<'_>,
        now: Timestamp,
        chance: &dyn Chance,
    ) -> Result<Opened, StoreError> {
        let (tenant, log_id) = new
            .ids
            .unwrap_or_else(|| (TenantId(chance::id(chance, now)), chance::id(chance, now)));
        let mut scope = self.writing(tenant).await?;
        let created: Option<Tenant> = sqlx::query_as(
            "INSERT INTO tenants (tenant_id, slug, name, language, time_zone, demo, region_id, created_at)
             VALUES ($1, $2, $3, $4, 'Europe/Oslo', $5, $1, $6)
             ON CONFLICT DO NOTHING
             RETURNING tenant_id, slug, name, language, time_zone, demo, region_id, created_at",
        )
        .bind(tenant.0)
        .bind(new.slug)
        .bind(new.name)
        .bind(new.language)
        .bind(new.demo)
        .bind(now)
        .fetch_optional(scope.connection())
        .await?;
        let Some(created) = created else {
            return Ok(Opened::Exists);
        };
        // An empty log has no last event; any moment is later than this.
        sqlx::query(
            "INSERT INTO heads (tenant_id, log_id, position, hash, recorded_at) VALUES ($1, $2, 0, $3, $4)",
        )
        .bind(tenant.0)
        .bind(log_id)
        .bind(GENESIS.as_slice())
        .bind(DateTime::UNIX_EPOCH)
        .execute(scope.connection())
        .await?;
        let key = Key::new(chance);
        sqlx::query("INSERT INTO keys.region_keys (tenant_id, wrapped) VALUES ($1, $2)")
            .bind(tenant.0)
            .bind(self.wrap_region_key(chance, tenant, &key))
            .execute(scope.connection())
            .await?;
        scope.commit().await?;
        Ok(Opened::New(created))
    }

    /// All regions, by slug.
    ///
    /// # Errors
    /// Of the database.
    pub async fn tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let tenants = sqlx::query_as(
            "SELECT tenant_id, slug, name, language, time_zone, demo, region_id, created_at FROM tenants ORDER BY slug",
        )
        .fetch_all(self.pool())
        .await?;
        Ok(tenants)
    }

    /// The region with this slug.
    ///
    /// # Errors
    /// Of the database.
    pub async fn find_tenant(&self, slug: &str) -> Result<Option<Tenant>, StoreError> {
        let tenant = sqlx::query_as(
            "SELECT tenant_id, slug, name, language, time_zone, demo, region_id, created_at FROM tenants WHERE slug = $1",
        )
        .bind(slug)
        .fetch_optional(self.pool())
        .await?;
        Ok(tenant)
    }

    /// The region with this id.
    ///
    /// # Errors
    /// [`StoreError::UnknownTenant`] when there is none.
    pub async fn tenant(&self, id: TenantId) -> Result<Tenant, StoreError> {
        let tenant: Option<Tenant> = sqlx::query_as(
            "SELECT tenant_id, slug, name, language, time_zone, demo, region_id, created_at FROM tenants WHERE tenant_id = $1",
        )
        .bind(id.0)
        .fetch_optional(self.pool())
        .await?;
        tenant.ok_or(StoreError::UnknownTenant)
    }
}

impl TenantScope {
    /// Makes an empty region the home of a log that was begun elsewhere.
    ///
    /// # Errors
    /// Of the database.
    pub async fn become_log(&mut self, log_id: Uuid, region: TenantId) -> Result<(), StoreError> {
        let tenant = self.tenant().0;
        sqlx::query("UPDATE heads SET log_id = $2 WHERE tenant_id = $1 AND position = 0")
            .bind(tenant)
            .bind(log_id)
            .execute(self.connection())
            .await?;
        sqlx::query("UPDATE tenants SET region_id = $2 WHERE tenant_id = $1")
            .bind(tenant)
            .bind(region.0)
            .execute(self.connection())
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().expect("a moment")
    }

    fn region(time_zone: &str) -> Tenant {
        Tenant {
            id: Uuid::nil(),
            slug: "r".into(),
            name: "R".into(),
            language: "nb".into(),
            time_zone: time_zone.into(),
            demo: false,
            region_id: Uuid::nil(),
            created_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_day_ends_by_the_regions_clock_in_summer_and_winter() {
        let end_of = |zone, day: &str| region(zone).end_of(day.parse().expect("a day"));
        for (day, end) in [
            ("2026-01-31", "2026-01-31T22:59:59.999999Z"),
            // The day that clocks go forward, and the one they go back.
            ("2026-03-28", "2026-03-28T22:59:59.999999Z"),
            ("2026-03-29", "2026-03-29T21:59:59.999999Z"),
            ("2026-10-24", "2026-10-24T21:59:59.999999Z"),
            ("2026-10-25", "2026-10-25T22:59:59.999999Z"),
        ] {
            assert_eq!(end_of("Europe/Oslo", day), moment(end), "{day}");
        }
        // Here clocks went from midnight to one.
        let begins = end_of("America/Havana", "2026-03-07");
        assert_eq!(begins, moment("2026-03-08T04:59:59.999999Z"));
        assert_eq!(
            region("Europe/Oslo").end_of(NaiveDate::MAX),
            Timestamp::MAX_UTC
        );
    }

    #[test]
    fn the_regions_clock_is_ahead_by_one_hour_or_two() {
        let ahead = |text| region("Europe/Oslo").ahead(moment(text));
        assert_eq!(ahead("2026-03-29T00:59:59Z"), 3_600);
        assert_eq!(ahead("2026-03-29T01:00:00Z"), 7_200);
        assert_eq!(ahead("2026-10-25T00:59:59Z"), 7_200);
        assert_eq!(ahead("2026-10-25T01:00:00Z"), 3_600);
    }
}
