//! `samspor provider`.

use super::place::{Opened, Place};
use super::wrong;
use crate::accounts::Accounts;
use crate::accounts::providers::{Kind, NewProvider};
use crate::clock::{Clock, SystemClock};
use crate::store::providers::{Mapped, Provider as Kept};
use crate::store::tenants::Tenant;
use crate::views;
use anyhow::Context;
use domain::ids::OrganisationId;
use domain::person::WorkRole;
use domain::time::AsOf;
use domain::views::region::OrganisationsView;
use std::fmt::Write as _;
use std::path::PathBuf;
use url::Url;

#[derive(clap::Subcommand)]
pub(super) enum Provider {
    /// Lets a region's people sign in with a provider of OpenID Connect; asks it about itself first.
    Add(Box<Add>),
    /// Lists a region's providers and whom their words about organisations let in.
    List {
        /// The region's slug.
        region: String,
    },
    /// Lets in, without an invitation, whoever the provider says belongs to an organisation: they work there from then on.
    Map {
        /// The region's slug.
        region: String,
        /// The provider's address.
        issuer: String,
        /// The value of its organisation claim, or of a name like kari@skole.no the part behind the @.
        value: String,
        /// The organisation's id or exact name.
        organisation: String,
        /// As what they work there.
        #[arg(long, default_value = "teacher", value_parser = role)]
        role: WorkRole,
    },
    /// Ends signing in with a provider; those who came in by it only need an invitation.
    Remove {
        /// The region's slug.
        region: String,
        /// The provider's address.
        issuer: String,
    },
}

#[derive(clap::Args)]
pub(super) struct Add {
    /// The region's slug.
    region: String,
    /// Which kind: it knows what to ask for and which claim names organisations.
    kind: Kind,
    /// The provider's address; Feide's is https://auth.dataporten.no.
    #[arg(long, value_name = "URL")]
    issuer: String,
    /// What the provider calls us.
    #[arg(long)]
    client_id: String,
    /// The file with the secret between us; without one the client is a public one.
    #[arg(long, value_name = "FILE")]
    secret_file: Option<PathBuf>,
    /// The secret itself, where the environment holds it.
    #[arg(
        long,
        env = "SAMSPOR_PROVIDER_SECRET",
        hide = true,
        hide_env_values = true
    )]
    secret: Option<String>,
    /// What people call it, if otherwise than its kind.
    #[arg(long)]
    label: Option<String>,
    /// What else we ask to be told; may be given several times.
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// The claim that names where somebody works, if another than the kind's.
    #[arg(long, value_name = "CLAIM")]
    organisation_claim: Option<String>,
    /// Only whoever has this claim is let in by an organisation: keeps pupils out of a school's staff.
    #[arg(long, value_name = "CLAIM=VALUE")]
    require: Option<String>,
    /// Where browsers reach the service.
    #[arg(long, default_value = "http://127.0.0.1:3000", value_name = "URL")]
    address: Url,
}

fn role(text: &str) -> Result<WorkRole, String> {
    serde_json::from_value(text.into()).map_err(|_error| {
        let names = WorkRole::ALL.map(stored);
        format!("the roles are {}", names.join(", "))
    })
}

fn stored(role: WorkRole) -> String {
    match serde_json::to_value(role) {
        Ok(serde_json::Value::String(name)) => name,
        _ => String::new(),
    }
}

/// What is typed, within what the database takes.
fn bounded(what: &str, text: String, chars_max: usize) -> anyhow::Result<String> {
    match text.chars().count() {
        0 => Err(wrong(format!("{what} is missing"))),
        n if n > chars_max => Err(wrong(format!("{what} has {chars_max} characters at most"))),
        _ => Ok(text),
    }
}

impl Provider {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let opened = place.open().await?;
        let told = self.told(&opened).await;
        opened.close().await?;
        print!("{}", told?);
        Ok(())
    }

    async fn told(self, opened: &Opened) -> anyhow::Result<String> {
        match self {
            Self::Add(add) => add.told(opened).await,
            Self::List { region } => {
                let tenant = opened.tenant(&region).await?;
                let mut told = String::new();
                for one in opened.store.providers(Some(tenant.tenant())).await? {
                    let claim = one.organisation_claim.as_deref().unwrap_or("-");
                    writeln!(
                        told,
                        "{} {} client {} organisations by {claim}",
                        one.label, one.issuer, one.client_id
                    )?;
                    for to in opened.store.mapped_organisations(one.provider_id).await? {
                        writeln!(
                            told,
                            "  {} -> {} as {}",
                            to.value, to.organisation_id, to.role
                        )?;
                    }
                }
                Ok(told)
            }
            Self::Map {
                region,
                issuer,
                value,
                organisation,
                role,
            } => {
                let tenant = opened.tenant(&region).await?;
                let provider = find(opened, &tenant, &issuer).await?;
                if provider.organisation_claim.is_none() {
                    return Err(wrong(format!(
                        "{} names no organisations: add it again with --organisation-claim",
                        provider.label
                    )));
                }
                let (organisation, called) =
                    organisation_of(opened, &tenant, &organisation).await?;
                let to = Mapped {
                    value: bounded("the claim's value", value, 500)?,
                    organisation_id: organisation.0,
                    role: stored(role),
                };
                opened
                    .store
                    .map_organisation(provider.provider_id, &to)
                    .await?;
                Ok(format!("{} -> {called} as {}\n", to.value, to.role))
            }
            Self::Remove { region, issuer } => {
                let tenant = opened.tenant(&region).await?;
                let provider = find(opened, &tenant, &issuer).await?;
                opened
                    .store
                    .drop_provider(tenant.tenant(), provider.provider_id)
                    .await?;
                Ok(format!("{} is removed\n", provider.label))
            }
        }
    }
}

impl Add {
    async fn told(self, opened: &Opened) -> anyhow::Result<String> {
        let tenant = opened.tenant(&self.region).await?;
        let secret = match &self.secret_file {
            Some(file) => {
                let text = std::fs::read_to_string(file)
                    .with_context(|| format!("cannot read {}", file.display()))?;
                Some(text.trim().to_owned())
            }
            None => self.secret,
        };
        let required = match &self.require {
            Some(text) => {
                let (claim, value) = text
                    .split_once('=')
                    .ok_or_else(|| wrong("--require is written CLAIM=VALUE"))?;
                let claim = bounded("the required claim", claim.to_owned(), 200)?;
                Some((claim, bounded("the required value", value.to_owned(), 200)?))
            }
            None => None,
        };
        let label = self.label.unwrap_or_else(|| self.kind.label().to_owned());
        let new = NewProvider {
            kind: self.kind,
            label: bounded("the label", label, 80)?,
            issuer: bounded(
                "the issuer",
                self.issuer.trim_end_matches('/').to_owned(),
                500,
            )?,
            client_id: bounded("the client id", self.client_id, 500)?,
            secret: secret.filter(|secret| !secret.is_empty()),
            scopes: Some(self.scopes.join(" ")).filter(|scopes| !scopes.is_empty()),
            organisation_claim: self.organisation_claim,
            required,
        };
        let accounts = Accounts::new(opened.executors(), self.address);
        let kept = accounts.keep_provider(tenant.tenant(), new).await?;
        let back = accounts.address(app::paths::PROVIDER_BACK);
        let out = accounts.address(app::paths::DOORS);
        match kept.map_err(|error| wrong(error.to_string()))? {
            Some(kept) => Ok(format!(
                "{} can be signed in with.\nRegister there: redirect {back} and after signing out {out}\n",
                kept.label
            )),
            None => Err(wrong(format!(
                "{} has this provider already: remove it first",
                tenant.slug
            ))),
        }
    }
}

async fn find(opened: &Opened, tenant: &Tenant, issuer: &str) -> anyhow::Result<Kept> {
    let issuer = issuer.trim_end_matches('/');
    let known = opened.store.providers(Some(tenant.tenant())).await?;
    let found = known.into_iter().find(|one| one.issuer == issuer);
    found.ok_or_else(|| wrong(format!("{} has no provider {issuer}", tenant.slug)))
}

async fn organisation_of(
    opened: &Opened,
    tenant: &Tenant,
    typed: &str,
) -> anyhow::Result<(OrganisationId, String)> {
    let (region, now) = (tenant.region_id, SystemClock.now());
    let view = views::read::<OrganisationsView>(&opened.store, tenant, region, AsOf::LIVE, now)
        .await?
        .view;
    let id = typed.parse().ok().map(OrganisationId);
    let mut found = view
        .organisations
        .into_iter()
        .filter(|(own, row)| Some(*own) == id || row.called.as_str() == typed)
        .map(|(own, row)| (own, row.called.as_str().to_owned()));
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one),
        (Some(_), Some(_)) => Err(wrong(format!(
            "several organisations are called {typed}: give the id"
        ))),
        (None, _) => Err(wrong(format!(
            "{} has no organisation {typed}",
            tenant.slug
        ))),
    }
}
