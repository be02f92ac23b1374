//! Meeting templates (jaerskulen.md): rows whose names are known in every language, so that an agenda reads well in
//! each reader's own.

use crate::ids::{ItemId, MeetingId};
use crate::meeting::event::{ItemKind, MeetingKind};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A row of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateItem {
    /// Start 1: introduction by the leader.
    Introduction,
    /// Start 2: each presents themselves and their school.
    Presentation,
    /// Start 3: values, success criteria and risks in earlier teams.
    Reflection,
    /// Start 4: purpose, values, success criteria.
    PurposeAndValues,
    /// Start 5: content, methods, structure; a round of additions.
    ContentAndStructure,
    /// Start 6: how shall we run our meetings?
    HowWeMeet,
    /// Start 7 and ordinary 8: evaluation and changes.
    Evaluation,
    /// Ordinary 1: the host school with two themes, one we succeed with, one we need input on.
    HostThemes,
    /// Ordinary 2: a walk round the school.
    SchoolWalk,
    /// Ordinary 3: dialogue on both.
    Dialogue,
    /// Ordinary 4: which areas to prioritise.
    Priorities,
    /// Ordinary 5: common information.
    CommonInformation,
    /// Ordinary 6: common themes for all networks.
    CommonThemes,
    /// Ordinary 7: what do I and we do until next meeting?
    Commitments,
    /// Dialogue conference: opening.
    Opening,
    /// Dialogue conference: inspiration from outside.
    Lecture,
    /// Dialogue conference: group work.
    GroupWork,
    /// Dialogue conference: what we take home.
    TakeHome,
}

/// The rows of a meeting of this kind: name, kind, minutes.
#[must_use]
pub const fn items(kind: MeetingKind) -> &'static [(TemplateItem, ItemKind, u16)] {
    match kind {
        MeetingKind::Start => &[
            (TemplateItem::Introduction, ItemKind::Information, 10),
            (TemplateItem::Presentation, ItemKind::Dialogue, 25),
            (TemplateItem::Reflection, ItemKind::Dialogue, 30),
            (TemplateItem::PurposeAndValues, ItemKind::Discussion, 30),
            (TemplateItem::ContentAndStructure, ItemKind::Discussion, 30),
            (TemplateItem::HowWeMeet, ItemKind::Decision, 20),
            (TemplateItem::Evaluation, ItemKind::Evaluation, 15),
        ],
        MeetingKind::Ordinary => &[
            (TemplateItem::HostThemes, ItemKind::Experience, 15),
            (TemplateItem::SchoolWalk, ItemKind::Walk, 30),
            (TemplateItem::Dialogue, ItemKind::Dialogue, 40),
            (TemplateItem::Priorities, ItemKind::Decision, 15),
            (TemplateItem::CommonInformation, ItemKind::Information, 15),
            (TemplateItem::CommonThemes, ItemKind::Discussion, 30),
            (TemplateItem::Commitments, ItemKind::Commitments, 20),
            (TemplateItem::Evaluation, ItemKind::Evaluation, 15),
        ],
        MeetingKind::DialogueConference => &[
            (TemplateItem::Opening, ItemKind::Information, 15),
            (TemplateItem::Lecture, ItemKind::Information, 45),
            (TemplateItem::GroupWork, ItemKind::Dialogue, 60),
            (TemplateItem::TakeHome, ItemKind::Commitments, 20),
            (TemplateItem::Evaluation, ItemKind::Evaluation, 15),
        ],
    }
}

/// The id of a template's row in one meeting: it follows from both, so that nobody has to make it.
#[must_use]
pub fn item_id(meeting: MeetingId, item: TemplateItem) -> ItemId {
    ItemId(Uuid::new_v5(&meeting.0, format!("{item:?}").as_bytes()))
}
