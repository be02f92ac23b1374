use super::{RegionCommand, RegionEvent};
use crate::event::Event;
use crate::rejection::Rejection;
use crate::testing::{Scenario, entered, person};

fn named(n: u32) -> Event {
    RegionEvent::AdministratorNamed { person: person(n) }.into()
}

#[test]
fn the_operator_names_the_first_administrator() {
    Scenario::given([entered(1)])
        .when(RegionCommand::NameAdministrator { person: person(1) })
        .then([named(1)])
        .when(RegionCommand::NameAdministrator { person: person(1) })
        .then_rejected(Rejection::AlreadyAdministrator);
}

#[test]
fn the_same_order_sent_twice_names_once() {
    Scenario::given([entered(1)])
        .when(RegionCommand::NameAdministrator { person: person(1) })
        .again()
        .then_nothing();
}

#[test]
fn only_a_person_of_the_region_administers_it() {
    Scenario::given([])
        .when(RegionCommand::NameAdministrator { person: person(1) })
        .then_rejected(Rejection::UnknownPerson);
}

#[test]
fn an_administrator_names_the_next_and_can_be_dismissed() {
    Scenario::given([entered(1), entered(2), named(1)])
        .by(person(1))
        .when(RegionCommand::NameAdministrator { person: person(2) })
        .then([named(2)])
        .by(person(2))
        .when(RegionCommand::DismissAdministrator { person: person(1) })
        .then([RegionEvent::AdministratorDismissed { person: person(1) }.into()])
        .by(person(1))
        .when(RegionCommand::DismissAdministrator { person: person(2) })
        .then_rejected(Rejection::NotPermitted);
}

#[test]
fn a_region_keeps_one_administrator() {
    Scenario::given([entered(1), entered(2), named(1)])
        .when(RegionCommand::DismissAdministrator { person: person(2) })
        .then_rejected(Rejection::NotAdministrator)
        .when(RegionCommand::DismissAdministrator { person: person(1) })
        .then_rejected(Rejection::LastAdministrator);
}
