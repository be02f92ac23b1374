//! Words.

crate::words! {
    /// Words.
    NetworkWords {}
}
