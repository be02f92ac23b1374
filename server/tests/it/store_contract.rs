//! What the event store promises.

use crate::helpers::{Region, order, organisation, register};

#[tokio::test]
async fn what_is_accepted_is_in_the_log() {
    let region = Region::new().await;
    let school = organisation();
    let accepted = region
        .executor()
        .await
        .submit(order(register(school)))
        .await
        .expect("is accepted");
    assert_eq!(
        (accepted.first_position, accepted.events, accepted.position),
        (1, 1, 1)
    );
    assert_eq!(region.head().await.position, 1);
}
