//! `samspor token`.

use super::place::{Opened, Place};
use super::wrong;
use crate::chance::OsChance;
use crate::clock::{Clock, SystemClock};
use crate::open;
use crate::store::tenants::Tenant;
use crate::store::tokens::AccessToken;
use crate::tokens::{self, NewToken, Revoked, Scope};
use chrono::TimeDelta;
use domain::ids::PersonId;
use domain::text::Name;

/// The longest name of a token, as the database checks it.
const NAME_CHARS_MAX: usize = 80;

#[derive(clap::Subcommand)]
pub(super) enum Token {
    /// Makes a token by which another program acts for a person, and prints it once.
    Create {
        /// The region's slug.
        region: String,
        /// The person's id.
        person: PersonId,
        /// What the token is called in the list.
        #[arg(long)]
        name: String,
        /// What it is for; may be given several times.
        #[arg(long = "scope", value_enum, required = true)]
        scopes: Vec<Scope>,
        /// How many days it lets its bearer in.
        #[arg(long, default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=3650))]
        days: u16,
    },
    /// Lists a region's tokens, never their text.
    List {
        /// The region's slug.
        region: String,
    },
    /// Ends a token at once.
    Revoke {
        /// The region's slug.
        region: String,
        /// What its id in the list begins with, or its text.
        token: String,
    },
}

impl Token {
    pub async fn run(self, place: &Place) -> anyhow::Result<()> {
        let opened = place.open().await?;
        let told = self.told(&opened).await;
        opened.close().await?;
        print!("{}", told?);
        Ok(())
    }

    async fn told(self, opened: &Opened) -> anyhow::Result<String> {
        match self {
            Self::Create {
                region,
                person,
                name,
                scopes,
                days,
            } => {
                let tenant = opened.tenant(&region).await?;
                let name = Name::parse(&name)
                    .map_err(|error| wrong(format!("that name will not do: {error}")))?;
                if name.as_str().chars().count() > NAME_CHARS_MAX {
                    return Err(wrong(format!(
                        "a token's name has {NAME_CHARS_MAX} characters at most"
                    )));
                }
                check_person(opened, &tenant, person).await?;
                let new = NewToken {
                    tenant: tenant.tenant(),
                    person,
                    name: name.as_str(),
                    scopes: &scopes,
                    lasts: TimeDelta::days(days.into()),
                };
                let now = SystemClock.now();
                let (text, _) = tokens::make(&opened.store, &OsChance, now, new).await?;
                Ok(format!("{text}\n"))
            }
            Self::List { region } => {
                let tenant = opened.tenant(&region).await?;
                let tokens = opened.store.tokens(tenant.tenant()).await?;
                Ok(tokens.iter().map(line).collect())
            }
            Self::Revoke { region, token } => {
                let tenant = opened.tenant(&region).await?;
                match tokens::revoke(&opened.store, tenant.tenant(), &token).await? {
                    Revoked::Gone(gone) => Ok(format!("{} is revoked\n", gone.name)),
                    Revoked::Unknown => Err(wrong("there is no such token")),
                    Revoked::Several => Err(wrong("the ids of several tokens begin so")),
                }
            }
        }
    }
}

async fn check_person(opened: &Opened, tenant: &Tenant, person: PersonId) -> anyhow::Result<()> {
    let known = open::names(&opened.store, tenant.tenant(), &[person]).await?;
    if known.get(&person).is_some_and(Option::is_some) {
        return Ok(());
    }
    Err(wrong(format!(
        "there is no person {person} in {}",
        tenant.slug
    )))
}

fn line(token: &AccessToken) -> String {
    let day = |moment: domain::time::Timestamp| moment.date_naive().to_string();
    let used = token.last_used_at.map_or_else(
        || "never used".to_owned(),
        |used| format!("used {}", day(used)),
    );
    format!(
        "{} {} {} until {} {used} {}\n",
        tokens::id(token),
        token.person,
        token.scopes.join(","),
        day(token.expires_at),
        token.name,
    )
}
