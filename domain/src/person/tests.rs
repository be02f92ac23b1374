use super::{PersonCommand, PersonEvent, WorkRole};
use crate::rejection::Rejection;
use crate::testing::{Scenario, entered, organisation, person, school, works_at};
use crate::text::Personal;

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
