//! Kinds of provider, and what one is to be before it is kept.

use url::Url;

/// Kinds of provider: what is asked of each, and where it tells who somebody works for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Kind {
    /// Feide, of schools and their owners.
    Feide,
    /// ID-porten, of the state.
    IdPorten,
    /// Entra ID, of a municipality.
    Entra,
    /// Any other.
    Other,
}

impl Kind {
    /// As it is stored.
    #[must_use]
    pub const fn stored(self) -> &'static str {
        match self {
            Self::Feide => "feide",
            Self::IdPorten => "id_porten",
            Self::Entra => "entra",
            Self::Other => "other",
        }
    }

    /// What people call it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Feide => "Feide",
            Self::IdPorten => "ID-porten",
            Self::Entra => "Microsoft Entra ID",
            Self::Other => "OpenID Connect",
        }
    }

    /// What we ask to be told (docs.feide.no, docs.digdir.no, learn.microsoft.com).
    #[must_use]
    pub const fn scopes(self) -> &'static str {
        match self {
            Self::Feide => "profile userid-feide",
            Self::IdPorten | Self::Entra | Self::Other => "profile",
        }
    }

    /// The claim that tells where somebody works: of a Feide name the part behind the @ is the owner, of Entra ID the
    /// tenant. ID-porten vouches for persons only.
    #[must_use]
    pub const fn organisation_claim(self) -> Option<&'static str> {
        match self {
            Self::Feide => Some("https://n.feide.no/claims/eduPersonPrincipalName"),
            Self::Entra => Some("tid"),
            Self::IdPorten | Self::Other => None,
        }
    }
}

/// Why a provider cannot be kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoIssuer {
    /// Not an address.
    #[error("{0} is no address of a provider: it begins with https:// and has neither ? nor #")]
    Address(String),
    /// It answers otherwise than a provider does.
    #[error("{issuer} does not answer as a provider of OpenID Connect does: {why}")]
    Silent {
        /// Its address.
        issuer: String,
        /// What happened.
        why: String,
    },
}

/// What a provider is to be, before it is kept.
#[derive(Clone, Debug)]
pub struct NewProvider {
    /// Which kind.
    pub kind: Kind,
    /// What people call it.
    pub label: String,
    /// Its address.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// The secret between us.
    pub secret: Option<String>,
    /// What else than the kind's scopes we ask to be told.
    pub scopes: Option<String>,
    /// The claim that names where somebody works, if another than the kind's.
    pub organisation_claim: Option<String>,
    /// Claim and value that whoever is let in by an organisation must have.
    pub required: Option<(String, String)>,
}

/// Whether an address can be a provider's: https, or this machine.
pub(super) fn is_issuer(issuer: &str) -> bool {
    let Ok(url) = Url::parse(issuer) else {
        return false;
    };
    let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let safe = url.scheme() == "https" || (url.scheme() == "http" && here);
    safe && url.host().is_some() && url.query().is_none() && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provider_is_reached_by_https_or_on_this_machine() {
        for good in [
            "https://auth.dataporten.no",
            "http://localhost:4430",
            "http://127.0.0.1:1/op",
        ] {
            assert!(is_issuer(good), "{good}");
        }
        for bad in [
            "http://auth.example",
            "ftp://auth.example",
            "auth.example",
            "https://a.example?x=1",
            "https://a.example#x",
        ] {
            assert!(!is_issuer(bad), "{bad}");
        }
    }
}
