//! Words of Today and of commitments.

crate::words! {
    /// Words of Today and of commitments.
    TodayWords {
        title,
    }
}
