//! Icons: drawn here, so that they follow the text's colour. Always beside a word.

use leptos::prelude::*;

/// What an icon stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Today: a sun over the horizon.
    Today,
    /// Networks: three bodies that hang together.
    Networks,
    /// Commitments: a hand's promise, checked.
    Commitments,
    /// History: a river.
    History,
    /// Leaving.
    Leave,
    /// A language.
    Language,
    /// Oneself.
    Person,
}

/// An icon.
#[component]
pub fn Icon(
    /// What it stands for.
    sign: Sign,
) -> impl IntoView {
    let path = match sign {
        Sign::Today => {
            "M3 17h18M6 21h12M7 17a5 5 0 0 1 10 0M12 4v3M4.6 8.6l1.8 1.8M19.4 8.6l-1.8 1.8"
        }
        Sign::Networks => {
            "M12 8.5a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM5.5 21a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 \
             5.6ZM18.5 21a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM10.8 8.2 6.9 15.6M13.2 8.2l3.9 7.4M8.3 \
             18.2h7.4"
        }
        Sign::Commitments => "M5 4.5h14v15H5zM8.5 12l2.5 2.5 4.5-5",
        Sign::History => {
            "M3 7c3-3 6-3 9 0s6 3 9 0M3 12.5c3-3 6-3 9 0s6 3 9 0M3 18c3-3 6-3 9 0s6 3 9 0"
        }
        Sign::Person => "M12 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5a7.5 7.5 0 0 1 15 0",
        Sign::Leave => "M14 4H5v16h9M10 12h11M17 8l4 4-4 4",
        Sign::Language => {
            "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM3.5 9.5h17M3.5 14.5h17M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 \
             0 18"
        }
    };
    view! {
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
            <path
                d=path
                fill="none"
                stroke="currentColor"
                stroke-width="1.8"
                stroke-linecap="round"
                stroke-linejoin="round"
            ></path>
        </svg>
    }
}
