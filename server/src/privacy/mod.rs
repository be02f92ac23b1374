//! What somebody may ask of us: to be forgotten, to have a text withdrawn, and to see what there is about them.
//!
//! Forgetting and withdrawing are orders like others. Once their event has landed, the executor destroys the key before
//! it answers; [`Eraser`] follows the log and does it where a process died in between. What was erased stands in
//! `keys.erased`, is printed by `samspor privacy erased` and kept apart from backups: whoever restores an older one runs
//! `samspor privacy reapply` with it.

mod data;
mod eraser;
mod list;

pub use data::{MyData, my_data};
pub use eraser::Eraser;
pub use list::{BadLine, Line, list, parse, reapply};
