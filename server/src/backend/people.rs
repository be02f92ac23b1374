//! The people of a region, for its administrators.

use super::{PgBackend, Visit, internal};
use crate::people::everybody;
use crate::privacy::{MyData, my_data};
use crate::store::StoreError;
use crate::store::tenants::Tenant;
use app::backend::{Backend as _, Caller};
use app::error::AppError;
use app::forms::derived;
use app::order::by_name;
use app::outside::{Coming, PersonRow};
use domain::access::{Permission, may};
use domain::command::{Command, Submission};
use domain::ids::{CommandId, OrganisationId, PersonId};
use domain::person::{PersonCommand, WorkRole};
use domain::region::RegionCommand;
use domain::text::{Named, PersonName};
use domain::time::AsOf;
use domain::views::region::{OrganisationsView, RegionView};
use std::collections::BTreeMap;
use uuid::Uuid;

/// A person to be entered and invited.
#[derive(Clone, Debug)]
pub struct NewPerson {
    /// The id of the order; the same again enters nobody twice.
    pub command: Uuid,
    /// The name.
    pub name: PersonName,
    /// Where the person works, and as what.
    pub work: Option<(OrganisationId, WorkRole)>,
    /// Whether the person is to administer the region.
    pub administrator: bool,
}

/// Everybody in a region, and where they can work.
#[derive(Clone, Debug)]
pub struct Register {
    /// The region.
    pub region: Tenant,
    /// Everybody who is not forgotten, by name.
    pub people: Vec<PersonRow>,
    /// Organisations, by name.
    pub organisations: Vec<(OrganisationId, String)>,
}

impl PgBackend {
    pub(super) async fn keeps_register(
        &self,
        caller: &Caller,
        region: &str,
    ) -> Result<Visit, AppError> {
        let visit = self.visit(caller, region).await?;
        let standings = self
            .standings(&visit, None)
            .await
            .map_err(|error| internal(caller, &error))?;
        if may(&standings, Permission::KeepRegister) {
            Ok(visit)
        } else {
            Err(AppError::Forbidden)
        }
    }

    /// Everybody in the region.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for whoever does not keep the register.
    pub async fn register(&self, caller: &Caller, region: &str) -> Result<Register, AppError> {
        let visit = self.keeps_register(caller, region).await?;
        self.everybody(visit)
            .await
            .map_err(|error| internal(caller, &error))
    }

    async fn everybody(&self, visit: Visit) -> Result<Register, StoreError> {
        let tenant = visit.tenant.tenant();
        let region = self
            .view::<RegionView>(&visit, visit.tenant.region_id, AsOf::LIVE)
            .await?
            .view;
        let organisations = self
            .view::<OrganisationsView>(&visit, visit.tenant.region_id, AsOf::LIVE)
            .await?
            .view;
        let called: BTreeMap<OrganisationId, String> = organisations
            .organisations
            .iter()
            .map(|(id, row)| (*id, row.called.as_str().to_owned()))
            .collect();
        let coming: BTreeMap<PersonId, bool> = self
            .store()
            .members_and_invited(tenant, visit.now)
            .await?
            .into_iter()
            .collect();
        let (everybody, newer) = everybody(self.store(), tenant, visit.today).await?;
        visit.met(newer.as_ref());
        let people = everybody.into_iter().map(|one| PersonRow {
            person: one.person,
            name: one.name,
            works_at: one
                .works_at
                .into_iter()
                .filter_map(|(at, role)| Some((called.get(&at)?.clone(), role)))
                .collect(),
            administrator: region.administrators.contains(&one.person),
            coming: match coming.get(&one.person) {
                Some(true) => Coming::In,
                Some(false) => Coming::Invited,
                None => Coming::Not,
            },
        });
        let mut people: BTreeMap<PersonId, PersonRow> =
            people.map(|row| (row.person, row)).collect();
        let order = by_name(people.iter().map(|(id, row)| (*id, row.name.clone())));
        Ok(Register {
            region: visit.tenant,
            people: order
                .into_iter()
                .filter_map(|(id, _)| people.remove(&id))
                .collect(),
            organisations: by_name(called),
        })
    }

    /// Enters a person in the visitor's name, so that the table of access judges it.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for whoever does not keep the register; a refusal.
    pub async fn enter_person(
        &self,
        caller: &Caller,
        region: &str,
        new: &NewPerson,
    ) -> Result<(Tenant, PersonId), AppError> {
        let visit = self.keeps_register(caller, region).await?;
        let person = PersonId(derived(new.command, "person"));
        let mut commands: Vec<Command> = vec![PersonCommand::Register { person }.into()];
        if let Some((organisation, role)) = new.work {
            let join = PersonCommand::Join {
                person,
                organisation,
                role,
            };
            commands.push(join.into());
        }
        if new.administrator {
            commands.push(RegionCommand::NameAdministrator { person }.into());
        }
        for (n, command) in commands.into_iter().enumerate() {
            let id = CommandId(derived(new.command, &format!("order {n}")));
            let mut submission = Submission::new(id, command);
            if n == 0 {
                submission.names.push(Named {
                    person,
                    name: new.name.clone(),
                });
            }
            self.take(caller, &visit, submission).await?;
        }
        Ok((visit.tenant, person))
    }

    /// Forgets a person in the visitor's name, so that the table of access judges it.
    ///
    /// # Errors
    /// A refusal.
    pub async fn forget_person(
        &self,
        caller: &Caller,
        region: &str,
        command: Uuid,
        person: PersonId,
    ) -> Result<(), AppError> {
        let forget = PersonCommand::Forget { person };
        let submission = Submission::new(CommandId(command), forget);
        self.submit(caller, region, submission).await.map(|_| ())
    }

    /// Everything about the visitor in the region.
    ///
    /// # Errors
    /// [`AppError::SignInRequired`].
    pub async fn my_data(&self, caller: &Caller, region: &str) -> Result<MyData, AppError> {
        let visit = self.visit(caller, region).await?;
        my_data(self.store(), &visit.tenant, visit.person, visit.now)
            .await
            .map_err(|error| internal(caller, &error))
    }

    /// The name of a person of the region, for whoever keeps the register.
    ///
    /// # Errors
    /// [`AppError::Forbidden`] for anybody else; [`AppError::NotFound`].
    pub async fn known_person(
        &self,
        caller: &Caller,
        region: &str,
        person: PersonId,
    ) -> Result<(Tenant, String), AppError> {
        let visit = self.keeps_register(caller, region).await?;
        let mut names = super::directory::names(self, visit.tenant.tenant(), &[person])
            .await
            .map_err(|error| internal(caller, &error))?;
        let name = names.remove(&person).flatten().ok_or(AppError::NotFound)?;
        Ok((visit.tenant, name))
    }
}
