use super::{PersonCommand, PersonEvent, WorkRole};
use crate::correction::Instead;
use crate::region::{RegionCommand, RegionEvent};
use crate::rejection::Rejection;
use crate::testing::{Scenario, entered, organisation, person, school, works_at};
use crate::text::Personal;
use crate::time::Effective;

#[test]
fn a_person_is_entered_and_renamed_with_the_name_beside_the_order() {
    Scenario::given([])
        .when(PersonCommand::Register { person: person(1) })
        .then_rejected(Rejection::WordsMissing)
        .called(person(2), "Kari Nes")
        .when(PersonCommand::Register { person: person(1) })
        .then_rejected(Rejection::WordsMissing)
        .called(person(1), "Kari Nes")
        .when(PersonCommand::Register { person: person(1) })
        .then([entered(1)])
        .called(person(1), "Kari Nes")
        .when(PersonCommand::Register { person: person(1) })
        .then_rejected(Rejection::AlreadyRegistered)
        .called(person(1), "Kari Vik")
        .when(PersonCommand::Rename { person: person(1) })
        .then([PersonEvent::Renamed {
            person: person(1),
            called: Personal::sealed(),
        }
        .into()])
        .called(person(3), "Ola Vik")
        .when(PersonCommand::Rename { person: person(3) })
        .then_rejected(Rejection::UnknownPerson);
}

#[test]
fn a_principal_begins_at_a_school_changes_role_and_leaves() {
    let join = |role| PersonCommand::Join {
        person: person(1),
        organisation: organisation(1),
        role,
    };
    let leave = PersonCommand::Leave {
        person: person(1),
        organisation: organisation(1),
    };
    Scenario::given([entered(1), school(1)])
        .when(leave.clone())
        .then_rejected(Rejection::NotThere)
        .when(join(WorkRole::Principal))
        .then([works_at(1, 1)])
        .when(join(WorkRole::Principal))
        .then_rejected(Rejection::AlreadyThere)
        .when(join(WorkRole::Teacher))
        .then([PersonEvent::Joined {
            person: person(1),
            organisation: organisation(1),
            role: WorkRole::Teacher,
        }
        .into()])
        .when(leave)
        .then([PersonEvent::Left {
            person: person(1),
            organisation: organisation(1),
            role: Some(WorkRole::Teacher),
        }
        .into()]);
}

#[test]
fn nobody_works_at_an_organisation_that_is_not_there() {
    Scenario::given([entered(1)])
        .when(PersonCommand::Join {
            person: person(1),
            organisation: organisation(1),
            role: WorkRole::Principal,
        })
        .then_rejected(Rejection::UnknownOrganisation);
}

#[test]
fn a_forgotten_person_keeps_where_they_worked_and_nothing_else_happens_to_them() {
    let forget = PersonCommand::Forget { person: person(1) };
    let scenario = Scenario::given([school(1), entered(1), works_at(1, 1), entered(2)])
        .when(forget.clone())
        .then([PersonEvent::Erased { person: person(1) }.into()]);
    let state = scenario.log().state(person(1)).person.unwrap();
    assert!(state.erased && state.works_at.contains_key(&organisation(1)));
    scenario
        .when(forget)
        .then_rejected(Rejection::PersonErased)
        .called(person(1), "Kari Vik")
        .when(PersonCommand::Rename { person: person(1) })
        .then_rejected(Rejection::PersonErased)
        .called(person(1), "Kari Vik")
        .when(PersonCommand::Register { person: person(1) })
        .then_rejected(Rejection::PersonErased)
        .when(PersonCommand::Join {
            person: person(1),
            organisation: organisation(1),
            role: WorkRole::Teacher,
        })
        .then_rejected(Rejection::PersonErased)
        .when(RegionCommand::NameAdministrator { person: person(1) })
        .then_rejected(Rejection::PersonErased)
        .when_corrected(5, Instead::Retracted)
        .then_rejected(Rejection::Final)
        .when(PersonCommand::Leave {
            person: person(1),
            organisation: organisation(1),
        })
        .then_accepted(|_| {})
        .when(PersonCommand::Forget { person: person(3) })
        .then_rejected(Rejection::UnknownPerson);
}

#[test]
fn an_administrator_or_the_person_themself_has_them_forgotten_who_is_nobody_then() {
    let forget = |n| PersonCommand::Forget { person: person(n) };
    let named = |n| RegionEvent::AdministratorNamed { person: person(n) }.into();
    Scenario::given([entered(1), entered(2), entered(3), entered(4), named(3)])
        .by(person(1))
        .when(forget(2))
        .then_rejected(Rejection::NotPermitted)
        .when(forget(1))
        .then_accepted(|_| {})
        .when(forget(1))
        .then_rejected(Rejection::NotPermitted)
        .by(person(3))
        .when(forget(2))
        .then_accepted(|_| {})
        // The last administrator names another first, and is dismissed on the way.
        .when(forget(3))
        .then_rejected(Rejection::LastAdministrator)
        .when(RegionCommand::NameAdministrator { person: person(4) })
        .then_accepted(|_| {})
        .when(forget(3))
        .then([
            PersonEvent::Erased { person: person(3) }.into(),
            RegionEvent::AdministratorDismissed { person: person(3) }.into(),
        ])
        .when(RegionCommand::NameAdministrator { person: person(3) })
        .then_rejected(Rejection::NotPermitted);
}

#[test]
fn forgetting_is_possible_whatever_was_recorded_of_later_days() {
    Scenario::given([])
        .and_effective(Effective::Unknown, [entered(1)])
        .when(PersonCommand::Forget { person: person(1) })
        .then_accepted(|_| {});
}
