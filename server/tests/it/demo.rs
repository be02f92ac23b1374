//! The demo regions on a real log.

use crate::helpers;
use domain::ids::StreamId;
use domain::organisation::command::OrganisationCommand;
use server::demo::{self, Region};
use server::executor::{Executors, Order};
use server::store::Store;
use server::store::tenants::{NewTenant, Opened};

async fn empty() -> Executors {
    let url = helpers::database().await;
    let store = Store::attach(&url, helpers::master())
        .await
        .expect("the pool opens");
    helpers::executors(&store)
}

async fn head(executors: &Executors, region: Region) -> server::store::read::Head {
    let mut scope = executors
        .store()
        .reading(region.tenant())
        .await
        .expect("begins");
    scope.head().await.expect("is there")
}

fn counted(region: Region) -> u64 {
    region
        .count(0)
        .expect("every step is accepted")
        .values()
        .sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_demo_goes_on_where_it_was_cut_short_and_then_leaves_the_regions_alone() {
    let executors = empty().await;
    let region = Region::Jaeren;
    let new = NewTenant {
        slug: region.slug(),
        name: region.name(),
        language: region.language(),
        demo: true,
        ids: Some((region.tenant(), helpers::new_id())),
    };
    let opened = executors
        .store()
        .open_tenant(new, helpers::then(), executors.chance())
        .await
        .expect("opens");
    assert!(matches!(opened, Opened::New(_)));
    let executor = executors.of(region.tenant()).await.expect("starts");
    for step in region.steps(0).expect("set-up").take(300) {
        let step = step.expect("accepted");
        let order = Order {
            now: Some(step.now),
            ..Order::new(step.submission, step.actor)
        };
        executor.submit(order).await.expect("accepted");
    }

    demo::load(&executors, None).await.expect("loads the rest");
    for region in Region::ALL {
        assert_eq!(head(&executors, region).await.position, counted(region));
    }
    let heads = [
        head(&executors, Region::Nordmore).await,
        head(&executors, Region::Jaeren).await,
    ];

    demo::load(&executors, None).await.expect("does nothing");
    assert_eq!(head(&executors, Region::Nordmore).await, heads[0]);
    assert_eq!(head(&executors, Region::Jaeren).await, heads[1]);

    // What is stored is what the generator foresaw: the same events in the same streams at the same places.
    let mut scope = executors
        .store()
        .reading(region.tenant())
        .await
        .expect("begins");
    let school = demo::cast(region)[1].person;
    let rows = scope
        .rows_of_streams(&[StreamId::from(school)], heads[1].position)
        .await
        .expect("reads");
    assert!(
        rows.len() >= 2,
        "the principal was entered and works at a school"
    );
    assert!(rows.iter().all(|row| row.recorded().is_ok()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_region_that_is_no_demo_or_has_a_life_of_its_own_is_left_alone() {
    let executors = empty().await;
    let mut new = NewTenant {
        slug: Region::Nordmore.slug(),
        name: "Et annet Nordmøre",
        language: "nb",
        demo: false,
        ids: None,
    };
    let open = executors
        .store()
        .open_tenant(new.clone(), helpers::then(), executors.chance());
    assert!(matches!(open.await.expect("opens"), Opened::New(_)));
    let refused = demo::load(&executors, None)
        .await
        .expect_err("is not a demo");
    assert!(refused.to_string().contains("is not a demo"), "{refused}");

    let executors = empty().await;
    new.demo = true;
    new.ids = Some((Region::Nordmore.tenant(), helpers::new_id()));
    let open = executors
        .store()
        .open_tenant(new, helpers::then(), executors.chance());
    assert!(matches!(open.await.expect("opens"), Opened::New(_)));
    let executor = executors
        .of(Region::Nordmore.tenant())
        .await
        .expect("starts");
    let school = helpers::register(helpers::organisation());
    assert!(matches!(
        school.command,
        domain::command::Command::Organisation(OrganisationCommand::Register { .. })
    ));
    executor
        .submit(helpers::order(school))
        .await
        .expect("accepted");
    demo::load(&executors, None)
        .await
        .expect("loads the other region");
    assert_eq!(head(&executors, Region::Nordmore).await.position, 1);
    assert_eq!(
        head(&executors, Region::Jaeren).await.position,
        counted(Region::Jaeren)
    );
}
