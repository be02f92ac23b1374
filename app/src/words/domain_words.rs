//! Terms of the field.

crate::words! {
    /// Terms of the field.
    DomainWords {
        phase_initiation,
        phase_implementation,
        phase_institutionalisation,
        phase_initiation_means,
        phase_implementation_means,
        phase_institutionalisation_means,
        source_self_reported,
        source_assessed,
        organisation_municipality,
        organisation_school,
        organisation_kindergarten,
        organisation_ppt,
        organisation_university,
        organisation_union,
        organisation_county_governor,
        organisation_ks,
        organisation_other,
        school_primary,
        school_lower_secondary,
        school_combined,
        network_leader_network,
        network_resource_teacher_network,
        network_steering_group,
        network_coordination_group,
        network_professional_network,
        network_evaluation_network,
        network_process_network,
        network_upbringing_network,
        network_forum,
        status_network_proposed,
        status_network_at_work,
        status_network_merged,
        status_network_ended,
        relation_sub,
        relation_side,
        vote_voting,
        vote_non_voting,
        role_leader,
        role_deputy,
        role_minute_taker,
        charter_members,
        charter_leader,
        charter_purpose,
        charter_values,
        charter_content,
        charter_methods,
        charter_structure,
        charter_success_criteria,
        charter_other,
        meeting_start,
        meeting_ordinary,
        meeting_dialogue_conference,
        status_meeting_planned,
        status_meeting_called,
        status_meeting_open,
        status_meeting_closed,
        status_meeting_minuted,
        status_meeting_cancelled,
        item_information,
        item_experience,
        item_discussion,
        item_decision,
        item_dialogue,
        item_walk,
        item_commitments,
        item_evaluation,
        item_off_record,
        template_introduction,
        template_presentation,
        template_reflection,
        template_purpose_and_values,
        template_content_and_structure,
        template_how_we_meet,
        template_evaluation,
        template_host_themes,
        template_school_walk,
        template_dialogue,
        template_priorities,
        template_common_information,
        template_common_themes,
        template_commitments,
        template_opening,
        template_lecture,
        template_group_work,
        template_take_home,
        decision_resolution,
        decision_recommendation,
        decision_noted,
        method_agreement,
        method_vote,
        answer_coming,
        answer_not_coming,
        presence_present,
        presence_absent,
        requirement_commitments,
        requirement_contract,
        requirement_evaluation,
        outcome_done,
        outcome_partly,
        outcome_not,
        work_principal,
        work_kindergarten_head,
        work_department_head,
        work_resource_teacher,
        work_teacher,
        work_education_officer,
        work_development_adviser,
        work_ppt_leader,
        work_chief_shop_steward,
        work_adviser,
        work_researcher,
        standing_operator,
        standing_administrator,
        standing_leader,
        standing_deputy,
        standing_minute_taker,
        standing_voting_member,
        standing_member,
        standing_representative,
        standing_guest,
        standing_public,
    }
}

use domain::access::Standing;
use domain::commitment::event::Outcome;
use domain::meeting::event::{
    DecisionKind, DecisionMethod, ItemKind, MeetingKind, NoticeAnswer, Presence, Requirement,
};
use domain::meeting::state::MeetingStatus;
use domain::network::event::{CharterSection, NetworkKind, NetworkRole, Relation, Vote};
use domain::network::state::NetworkStatus;
use domain::organisation::event::{OrganisationKind, Phase, ReadingSource, SchoolType};
use domain::person::WorkRole;
use domain::templates::TemplateItem;

macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident($type:ident) { $($variant:ident => $field:ident),+ $(,)? })+) => {
        impl DomainWords {
            $($(#[$doc])*
            #[must_use]
            pub fn $name(&self, value: $type) -> &str {
                match value {
                    $($type::$variant => &self.$field),+
                }
            })+
        }
    };
}

terms! {
    /// A phase.
    phase(Phase) {
        Initiation => phase_initiation,
        Implementation => phase_implementation,
        Institutionalisation => phase_institutionalisation,
    }
    /// What a phase means, in a sentence a unit could say.
    phase_means(Phase) {
        Initiation => phase_initiation_means,
        Implementation => phase_implementation_means,
        Institutionalisation => phase_institutionalisation_means,
    }
    /// Who judged a phase.
    source(ReadingSource) {
        SelfReported => source_self_reported,
        Assessed => source_assessed,
    }
    /// A kind of organisation.
    organisation_kind(OrganisationKind) {
        Municipality => organisation_municipality,
        School => organisation_school,
        Kindergarten => organisation_kindergarten,
        Ppt => organisation_ppt,
        University => organisation_university,
        Union => organisation_union,
        CountyGovernor => organisation_county_governor,
        Ks => organisation_ks,
        Other => organisation_other,
    }
    /// A kind of school.
    school_type(SchoolType) {
        Primary => school_primary,
        LowerSecondary => school_lower_secondary,
        Combined => school_combined,
    }
    /// A kind of network.
    network_kind(NetworkKind) {
        LeaderNetwork => network_leader_network,
        ResourceTeacherNetwork => network_resource_teacher_network,
        SteeringGroup => network_steering_group,
        CoordinationGroup => network_coordination_group,
        ProfessionalNetwork => network_professional_network,
        EvaluationNetwork => network_evaluation_network,
        ProcessNetwork => network_process_network,
        UpbringingNetwork => network_upbringing_network,
        Forum => network_forum,
    }
    /// Where a network is in its life.
    network_status(NetworkStatus) {
        Proposed => status_network_proposed,
        AtWork => status_network_at_work,
        Merged => status_network_merged,
        Ended => status_network_ended,
    }
    /// How a network hangs under or beside another; the other's name follows.
    relation(Relation) {
        Sub => relation_sub,
        Side => relation_side,
    }
    /// With vote or without.
    vote(Vote) {
        Voting => vote_voting,
        NonVoting => vote_non_voting,
    }
    /// A role in a network.
    role(NetworkRole) {
        Leader => role_leader,
        Deputy => role_deputy,
        MinuteTaker => role_minute_taker,
    }
    /// A section of a charter.
    charter_section(CharterSection) {
        Members => charter_members,
        Leader => charter_leader,
        Purpose => charter_purpose,
        Values => charter_values,
        Content => charter_content,
        Methods => charter_methods,
        Structure => charter_structure,
        SuccessCriteria => charter_success_criteria,
        Other => charter_other,
    }
    /// A kind of meeting.
    meeting_kind(MeetingKind) {
        Start => meeting_start,
        Ordinary => meeting_ordinary,
        DialogueConference => meeting_dialogue_conference,
    }
    /// Where a meeting is in its life.
    meeting_status(MeetingStatus) {
        Planned => status_meeting_planned,
        Called => status_meeting_called,
        Open => status_meeting_open,
        Closed => status_meeting_closed,
        Minuted => status_meeting_minuted,
        Cancelled => status_meeting_cancelled,
    }
    /// A kind of agenda row.
    item_kind(ItemKind) {
        Information => item_information,
        Experience => item_experience,
        Discussion => item_discussion,
        Decision => item_decision,
        Dialogue => item_dialogue,
        Walk => item_walk,
        Commitments => item_commitments,
        Evaluation => item_evaluation,
        OffRecord => item_off_record,
    }
    /// A row of a template.
    template_item(TemplateItem) {
        Introduction => template_introduction,
        Presentation => template_presentation,
        Reflection => template_reflection,
        PurposeAndValues => template_purpose_and_values,
        ContentAndStructure => template_content_and_structure,
        HowWeMeet => template_how_we_meet,
        Evaluation => template_evaluation,
        HostThemes => template_host_themes,
        SchoolWalk => template_school_walk,
        Dialogue => template_dialogue,
        Priorities => template_priorities,
        CommonInformation => template_common_information,
        CommonThemes => template_common_themes,
        Commitments => template_commitments,
        Opening => template_opening,
        Lecture => template_lecture,
        GroupWork => template_group_work,
        TakeHome => template_take_home,
    }
    /// A kind of decision.
    decision_kind(DecisionKind) {
        Resolution => decision_resolution,
        Recommendation => decision_recommendation,
        Noted => decision_noted,
    }
    /// What a notice was answered.
    notice_answer(NoticeAnswer) {
        Coming => answer_coming,
        NotComing => answer_not_coming,
    }
    /// There or not.
    presence(Presence) {
        Present => presence_present,
        Absent => presence_absent,
    }
    /// What a closed meeting must have.
    requirement(Requirement) {
        Commitments => requirement_commitments,
        Contract => requirement_contract,
        Evaluation => requirement_evaluation,
    }
    /// How a commitment went.
    outcome(Outcome) {
        Done => outcome_done,
        Partly => outcome_partly,
        Not => outcome_not,
    }
    /// What somebody is at an organisation.
    work_role(WorkRole) {
        Principal => work_principal,
        KindergartenHead => work_kindergarten_head,
        DepartmentHead => work_department_head,
        ResourceTeacher => work_resource_teacher,
        Teacher => work_teacher,
        EducationOfficer => work_education_officer,
        DevelopmentAdviser => work_development_adviser,
        PptLeader => work_ppt_leader,
        ChiefShopSteward => work_chief_shop_steward,
        Adviser => work_adviser,
        Researcher => work_researcher,
    }
    /// What somebody is, seen from a network.
    standing(Standing) {
        Operator => standing_operator,
        Administrator => standing_administrator,
        Leader => standing_leader,
        Deputy => standing_deputy,
        MinuteTaker => standing_minute_taker,
        VotingMember => standing_voting_member,
        Member => standing_member,
        Representative => standing_representative,
        Guest => standing_guest,
        Public => standing_public,
    }
}

impl DomainWords {
    /// How something was decided.
    #[must_use]
    pub fn decision_method(&self, method: DecisionMethod) -> String {
        match method {
            DecisionMethod::Agreement => self.method_agreement.clone(),
            DecisionMethod::Vote { ayes, noes, blank } => crate::format::fill(
                &self.method_vote,
                &[
                    ("ayes", &ayes.to_string()),
                    ("noes", &noes.to_string()),
                    ("blank", &blank.to_string()),
                ],
            ),
        }
    }
}
