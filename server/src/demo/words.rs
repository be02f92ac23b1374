//! What the words of a demo region consist of; the words themselves are in one file a language.

use domain::network::event::CharterSection;
use domain::templates::TemplateItem;

/// One area of the work: what networks meet about, and what schools then promise, learn and decide.
pub struct Topic {
    /// Themes of meetings.
    pub themes: &'static [&'static str],
    /// What a school promises itself.
    pub commitments: &'static [&'static str],
    /// What it learned when that was done, wholly or in part.
    pub learned: &'static [&'static str],
    /// What a network agrees on.
    pub decisions: &'static [&'static str],
}

/// A change to the next agenda: which row, minutes more or fewer, why.
pub type Change = (TemplateItem, i16, &'static str);

/// The words of one language.
pub struct Words {
    /// Areas of the work.
    pub topics: &'static [Topic],
    /// Who carries a commitment, or how it is followed up; stands after it.
    pub tails: &'static [&'static str],
    /// Why something was not done, and what that taught.
    pub not_done: &'static [&'static str],
    /// Why a unit promises nothing this time.
    pub declined: &'static [&'static str],
    /// Written for a unit that was not there.
    pub absent: &'static str,
    /// Why the unit promises are done without at a meeting.
    pub waived: &'static [&'static str],
    /// The same at a start meeting.
    pub waived_start: &'static str,
    /// The same at a large gathering.
    pub waived_gathering: &'static str,
    /// Changes to the next agenda.
    pub changes: &'static [Change],
    /// Rows that members propose.
    pub own_items: &'static [&'static str],
    /// Cases of bodies that decide; `{}` is number and year.
    pub cases: &'static [&'static str],
    /// Decisions of bodies that decide.
    pub resolutions: &'static [&'static str],
    /// Why a meeting is moved.
    pub moved: &'static [&'static str],
    /// Why a meeting is cancelled.
    pub cancelled: &'static [&'static str],
    /// Why meetings were cancelled in the spring of 2020.
    pub pandemic: &'static str,
    /// First sentences of minutes.
    pub minutes_first: &'static [&'static str],
    /// Middle sentences; `{}` is the theme.
    pub minutes_middle: &'static [&'static str],
    /// Last sentences.
    pub minutes_last: &'static [&'static str],
    /// Why a reading is taken back.
    pub sent_twice: &'static str,
    /// Added to minutes that were entered weeks after the meeting.
    pub minutes_late: &'static str,
    /// Where at the host's; `{}` is its name.
    pub places: &'static [&'static str],
    /// Where a body without a host meets.
    pub own_places: &'static [&'static str],
    /// Sections of a charter; the first text of a section is the first version's.
    pub charter: &'static [(CharterSection, &'static [&'static str])],
}
