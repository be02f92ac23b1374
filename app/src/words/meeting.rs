//! Words.

crate::words! {
    /// Words.
    MeetingWords {}
}
