//! Words of the pages outside of regions. Only the server renders these pages, so no browser loads their words.

use std::sync::LazyLock;

crate::words! { server
    /// Words of the pages outside of regions.
    OutsideWords {
        sign_in_title,
        sign_in_lead,
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
        link_gone_title,
        link_gone,
        link_taken,
        ask_new_link,
        account_title,
        regions_title,
        regions_none,
        sessions_title,
        sessions_lead,
        session_mail,
        session_invitation,
        session_passkey,
        session_current,
        session_seen,
        session_end,
        end_everywhere,
        end_everywhere_lead,
        unknown_browser,
        sign_out,
        passkeys_title,
        passkeys_lead,
        passkeys_script,
        passkey_seen,
        passkey_unused,
        passkey_add,
        passkey_remove,
        passkey_sign_in,
        passkey_failed,
        no_passkey_title,
        no_passkey,
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
        register_title,
        register_link,
        register_lead,
        register_columns_organisations,
        register_columns_people,
        register_file,
        register_look,
        register_preview,
        register_counts,
        register_line,
        register_new,
        register_changed,
        register_same,
        register_wrong,
        register_apply,
        register_wrong_left,
        register_nothing,
        register_done,
        register_meanwhile,
        register_stopped,
        change_name,
        change_number,
        change_address,
        change_work,
        column_number,
        column_name,
        column_kind,
        column_owner,
        column_school_type,
        column_pupils,
        column_address,
        column_workplace,
        column_role,
        file_none,
        file_empty,
        file_too_large,
        file_too_many_rows,
        file_unreadable,
        file_missing,
        file_twice,
        row_name,
        row_number_digits,
        row_number_check,
        row_other_number,
        row_kind,
        row_owner,
        row_school_type,
        row_pupils,
        row_ambiguous,
        row_twice,
        row_closed,
        row_other_kind,
        row_other_owner,
        row_address,
        row_other_address,
        row_workplace,
        row_role,
        files_title,
        files_lead,
        files_none,
        files_back,
        file_size,
        file_withdrawn,
        file_gone,
        file_add_title,
        file_add_help,
        file_choose,
        file_add_do,
        file_withdraw,
        file_withdraw_lead,
        file_reason,
        file_withdraw_do,
        file_wrong_missing,
        file_wrong_kind,
        file_wrong_size,
        file_wrong_reason,
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
    of(crate::parts::words::words().language.as_str())
}

/// The words of a language; of an unknown one, Bokmål.
pub fn of(language: &str) -> &'static OutsideWords {
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
