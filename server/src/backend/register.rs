//! A region's register from a file, for its administrators.

use super::{PgBackend, Visit, internal};
use crate::register::apply::{apply, known};
use crate::register::plan::{Plan, plan};
use crate::register::read::read;
use app::backend::Caller;
use app::error::AppError;
use app::outside::FileWrong;
use domain::actor::Actor;
use uuid::Uuid;

/// What became of looking through a file.
#[derive(Debug)]
pub enum Brought {
    /// Nothing of it can be used.
    Wrong(FileWrong),
    /// What it would change.
    Plan(Plan),
}

/// What became of keeping what was shown.
#[derive(Debug)]
pub enum Kept {
    /// So many rows were kept.
    Rows(usize),
    /// Nothing of the file can be used.
    Wrong(FileWrong),
    /// It would change something else than was shown; nothing was done.
    Meanwhile,
    /// Not everything was kept.
    Stopped,
}

impl PgBackend {
    /// The region's slug and name, for whoever keeps its register.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody else.
    pub async fn keeper(
        &self,
        caller: &Caller,
        region: &str,
    ) -> Result<(String, String), AppError> {
        let visit = self.keeps_register(caller, region).await?;
        Ok((visit.tenant.slug, visit.tenant.name))
    }

    async fn planned(
        &self,
        caller: &Caller,
        visit: &Visit,
        file: &[u8],
        seed: Uuid,
    ) -> Result<Brought, AppError> {
        let table = match read(file) {
            Ok(table) => table,
            Err(wrong) => return Ok(Brought::Wrong(wrong)),
        };
        let known = known(self.store(), &visit.tenant, table.of, visit.now)
            .await
            .map_err(|error| internal(caller, &error))?;
        Ok(Brought::Plan(plan(&table, &known, seed)))
    }

    /// What a file would change.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for whoever does not keep the register.
    pub async fn look_through(
        &self,
        caller: &Caller,
        region: &str,
        file: &[u8],
        seed: Uuid,
    ) -> Result<Brought, AppError> {
        let visit = self.keeps_register(caller, region).await?;
        self.planned(caller, &visit, file, seed).await
    }

    /// Keeps what was shown, in the visitor's name; nothing where it would be something else by now.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for whoever does not keep the register.
    pub async fn take_in(
        &self,
        caller: &Caller,
        region: &str,
        file: &[u8],
        seed: Uuid,
        mark: &str,
    ) -> Result<Kept, AppError> {
        let visit = self.keeps_register(caller, region).await?;
        let plan = match self.planned(caller, &visit, file, seed).await? {
            Brought::Plan(plan) => plan,
            Brought::Wrong(wrong) => return Ok(Kept::Wrong(wrong)),
        };
        if plan.mark() != mark {
            return Ok(Kept::Meanwhile);
        }
        let executor = self
            .executors
            .of(visit.tenant.tenant())
            .await
            .map_err(|error| internal(caller, &error))?;
        let actor = Actor::Person(visit.person);
        let chance = self.executors.chance();
        match apply(
            self.store(),
            &executor,
            chance,
            &visit.tenant,
            &actor,
            &plan,
        )
        .await
        {
            Ok(rows) => Ok(Kept::Rows(rows)),
            Err(error) => {
                tracing::warn!(request = %caller.request, %error, "a file was kept in part");
                Ok(Kept::Stopped)
            }
        }
    }
}
