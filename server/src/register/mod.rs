//! Organisations and people from a file: [`read`] (CSV or a spreadsheet becomes rows), [`plan`] (what each row would
//! change, from what the region has; nothing is written), [`apply`] (the orders of a plan, through the executor).
//!
//! Nothing is done that the table of access does not permit whoever brings the file: every change is an ordinary order
//! in that person's name. A file may be brought again, and one that stopped half-way goes on: the plan is made from what
//! is there. Organisations get ids that follow from what the row says, so two who bring the same file at once enter
//! each once. Ids of people follow from the preview they were shown in, not from names or addresses: an id stays in the
//! log when a person is forgotten, and must tell nobody who it was. Nobody is invited.

pub mod apply;
pub mod plan;
pub mod read;

/// Bytes of a file.
pub const BYTES_MAX: usize = 2 * 1024 * 1024;
/// Rows of a file.
pub const ROWS_MAX: usize = 5_000;
/// Characters of a cell: longer than any name.
pub const CELL_CHARS_MAX: usize = 1_000;
