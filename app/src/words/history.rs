//! Words.

crate::words! {
    /// Words.
    HistoryWords {}
}
