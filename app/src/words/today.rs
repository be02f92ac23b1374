//! Words.

crate::words! {
    /// Words.
    TodayWords {}
}
