//! The date control: the network as it was on any day. A plain form, so that it works without script and its answer is
//! an address that can be shared.

use crate::parts::shown::shown;
use crate::parts::words::words;
use crate::paths;
use domain::ids::NetworkId;
use leptos::prelude::*;

/// A day to see the network on; folded while the page shows today.
#[component]
pub fn OnDay(id: NetworkId) -> impl IntoView {
    let shown = shown();
    let words = &words().history;
    let known_at = shown.as_of().known_at.map(|moment| {
        let moment = moment.format("%Y-%m-%dT%H:%M:%SZ").to_string();
        view! { <input type="hidden" name="kjent" value=moment /> }
    });
    view! {
        <details class="on-day" open=!shown.live()>
            <summary>{words.date_legend.clone()}</summary>
            <form method="get" action=paths::network(&shown.region(), id) class="on-day__form">
                {known_at}
                <div class="ds-field">
                    <label class="ds-label" for="network-day">
                        {words.date_label.clone()}
                    </label>
                    <input
                        class="ds-input input-short"
                        type="date"
                        id="network-day"
                        name="dato"
                        value=shown.on().to_string()
                        max=shown.today().to_string()
                        required
                    />
                </div>
                <button class="ds-button" data-variant="secondary" type="submit">
                    {words.show.clone()}
                </button>
            </form>
        </details>
    }
}
