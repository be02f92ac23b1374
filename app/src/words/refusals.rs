//! Words.

crate::words! {
    /// Words.
    RefusalWords {}
}
