//! Whom to sign in as: persons whose ids follow from the region alone.

use super::{Region, jaeren, nordmore};
use domain::ids::PersonId;

/// A person of a demo region to look at it as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Suggested {
    /// Who.
    pub person: PersonId,
    /// A stable short name: `leader`, `principal`, `resource_teacher`, `evaluator`, `education_officer`,
    /// `administrator`.
    pub part: &'static str,
    /// What the person is there, in the region's language.
    pub label: &'static str,
}

const PARTS: [&str; 6] = [
    "leader",
    "principal",
    "resource_teacher",
    "evaluator",
    "education_officer",
    "administrator",
];

/// Six persons of a demo region, each with another part to play.
#[must_use]
pub fn cast(region: Region) -> [Suggested; 6] {
    let (persons, labels) = match region {
        Region::Nordmore => (
            nordmore::cast(),
            [
                "Nettverksleder, Rektornettverk Surnadal",
                "Rektor i Sunndal, med et åpent oppdrag",
                "Ressurslærer, Ressurslærernettverket",
                "Leder av Evalueringsnettverket",
                "Oppvekstfaglig ansvarlig i Surnadal",
                "Utviklingsveileder, administrerer regionen",
            ],
        ),
        Region::Jaeren => (
            jaeren::cast(),
            [
                "Nettverksleiar, små barneskular",
                "Rektor på ein mellomstor barneskule, med eit ope oppdrag",
                "Ressurslærar på ein liten barneskule",
                "Leiar av sentral arbeidsgruppe",
                "Skuleeigar i Klepp",
                "Utviklingsrettleiar, administrerer regionen",
            ],
        ),
    };
    std::array::from_fn(|n| Suggested {
        person: persons[n],
        part: PARTS[n],
        label: labels[n],
    })
}
