//! Words.

crate::words! {
    /// Words.
    DomainWords {}
}
