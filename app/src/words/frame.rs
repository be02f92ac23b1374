//! Words.

crate::words! {
    /// Words.
    FrameWords {}
}
