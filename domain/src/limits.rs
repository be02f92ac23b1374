//! Every cap, with its reason.

/// The name of an organisation or network fits on two lines of a phone.
pub const NAME_CHARS_MAX: usize = 120;
/// The name of a person.
pub const PERSON_NAME_CHARS_MAX: usize = 80;
/// One free text: minutes of a long meeting fit, a pasted book does not.
pub const TEXT_CHARS_MAX: usize = 8_000;
/// A commitment, theme or title is a sentence or two, not an essay.
pub const SENTENCE_CHARS_MAX: usize = 500;
/// The stored payload of one event, in bytes: the longest text sealed and as base64, with room to spare.
pub const PAYLOAD_BYTES_MAX: usize = 64 * 1024;
/// Events that one command may bring: a whole agenda from a template, seats for every school of a region.
pub const EVENTS_PER_COMMAND_MAX: usize = 256;
/// Rows of one agenda.
pub const AGENDA_ITEMS_MAX: usize = 40;
/// Minutes of one agenda row: ten hours, longer than any meeting.
pub const ITEM_MINUTES_MAX: u16 = 600;
/// Bytes of one file of a meeting: 20 MB.
pub const FILE_BYTES_MAX: u64 = 20_000_000;
/// Files a meeting can have.
pub const FILES_MAX: usize = 50;
/// Seats a network can hold: every school and kindergarten of a large region. With more, its document and those of its
/// meetings would pass 32 KB.
pub const SEATS_MAX: usize = 130;
/// Fewest answers of a motivation round: with fewer, a single person could be recognised.
pub const MOTIVATION_ANSWERS_MIN: u32 = 5;
/// Days between notice and meeting that count as "in good time" where the network has set nothing else.
pub const NOTICE_LEAD_DAYS: i64 = 14;
/// Years the phases take on average, as the networks themselves have experienced it (nordmore.md).
pub const EXPECTED_PHASE_YEARS: i32 = 7;
/// How far back a day can lie: the networks' own history goes back to about 2000.
pub const FIRST_YEAR: i32 = 1990;
/// How far ahead a plan can lie, in years.
pub const PLAN_YEARS_MAX: i32 = 3;
