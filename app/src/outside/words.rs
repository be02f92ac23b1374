//! Words of the pages outside of regions. Only the server renders these pages, so no browser loads their words.

use std::sync::LazyLock;

crate::words! { server
    /// Words of the pages outside of regions.
    OutsideWords {
        sign_in_title,
        sign_in_lead,
        sign_in_with,
        sign_in_or,
        sign_in_again,
        unknown_title,
        unknown,
        provider_title,
        provider_not,
        leaving_title,
        leaving,
        leaving_on,
        leaving_stay,
        address,
        address_help,
        send_link,
        wrong_address,
        too_often,
        sent_title,
        sent,
        sent_then,
        sent_again,
        link_sign_in_title,
        link_sign_in,
        link_sign_in_do,
        link_other_browser,
        link_invitation_title,
        link_invitation,
        link_invitation_signed_in,
        link_invitation_do,
        link_invitation_with,
        link_gone_title,
        link_gone,
        link_taken,
        account_title,
        regions_title,
        regions_none,
        sessions_title,
        sessions_lead,
        session_mail,
        session_invitation,
        session_provider,
        ways_title,
        ways_add,
        way_mail,
        way_used,
        way_drop,
        session_current,
        session_seen,
        session_end,
        end_everywhere,
        end_everywhere_lead,
        unknown_browser,
        sign_out,
        people_title,
        people_count,
        people_invited,
        people_forbidden,
        invite_title,
        invite_lead,
        invite_name,
        invite_wrong_name,
        invite_organisation,
        invite_nowhere,
        invite_role,
        invite_no_role,
        invite_wrong_work,
        invite_administrator,
        invite_do,
        person_administrator,
        person_in,
        person_invited,
        person_not,
        forget,
        forget_lead,
        forget_do,
        my_data,
    }
}

static ALL: LazyLock<[(&str, OutsideWords); 3]> = LazyLock::new(|| {
    let read = |json| serde_json::from_str(json).expect("a test reads these words");
    [
        ("nb", read(include_str!("../../words/nb/outside.json"))),
        ("nn", read(include_str!("../../words/nn/outside.json"))),
        ("en", read(include_str!("../../words/en/outside.json"))),
    ]
});

/// The words in the reader's language.
pub fn words() -> &'static OutsideWords {
    let language = crate::parts::words::words().language.as_str();
    let [(_, bokmaal), ..] = &*ALL;
    ALL.iter()
        .find(|(own, _)| *own == language)
        .map_or(bokmaal, |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_words_of_its_own() {
        let [(_, bokmaal), (_, nynorsk), (_, english)] = &*ALL;
        assert!(bokmaal != nynorsk && nynorsk != english && english != bokmaal);
    }
}
