//! The doors: demo regions with people to enter as.

use crate::parts::ask::{NoAnswer, Skeleton};
use crate::parts::chrome::{Empty, PageHead};
use crate::parts::frame::{Languages, MAIN};
use crate::parts::icons::{Icon, Sign};
use crate::parts::words::words;
use crate::query::Door;
use crate::{format, paths, reader};
use leptos::prelude::*;

/// Where one chooses whom to be.
#[component]
pub fn DoorsPage() -> impl IntoView {
    let doors = Resource::new_blocking(|| (), |()| reader::doors());
    let frame = &words().frame;
    view! {
        <a class="ds-skip-link" href=format!("#{MAIN}")>{frame.skip.clone()}</a>
        <div class="doors-page">
            <header class="doors-top">
                <span class="top-region">
                    <span class="top-mark" aria-hidden="true"><Icon sign=Sign::History/></span>
                    <span class="top-name">{frame.app.clone()}</span>
                </span>
                <div class="top-me">
                    <a class="ds-link doors-sign-in" href=paths::SIGN_IN rel="external">{frame.sign_in_do.clone()}</a>
                    <Languages back=paths::DOORS/>
                </div>
            </header>
            <main id=MAIN class="doors" tabindex="-1">
                <PageHead title=frame.doors_title.clone() lead=frame.doors_lead.clone()/>
                <Suspense fallback=Skeleton>
                    {Suspend::new(async move {
                        match doors.await {
                            Ok(doors) if doors.regions.is_empty() => no_doors().into_any(),
                            Ok(doors) => {
                                let open = doors.regions.into_iter().map(door).collect_view();
                                view! {
                                    <p class="ds-paragraph doors-why" data-size="sm">
                                        {words().frame.doors_why.clone()}
                                    </p>
                                    <div class="doors-regions">{open}</div>
                                }
                                    .into_any()
                            }
                            Err(error) => view! { <NoAnswer error/> }.into_any(),
                        }
                    })}
                </Suspense>
            </main>
        </div>
    }
}

fn no_doors() -> impl IntoView {
    let frame = &words().frame;
    view! {
        <Empty title=frame.doors_none_title.clone() text=frame.doors_none.clone()/>
        <p><a class="ds-button" href=paths::SIGN_IN rel="external">{frame.sign_in_do.clone()}</a></p>
    }
}

fn door(door: Door) -> impl IntoView {
    let frame = &words().frame;
    let heading = format!("door-{}", door.slug);
    let events = format::fill(
        &frame.doors_events,
        &[("count", &format::count(door.events))],
    );
    let people = door
        .people
        .into_iter()
        .map(|(person, name, what)| {
            let enter = format::fill(&frame.doors_enter_as, &[("name", &name)]);
            let label = format!("{enter}, {what}");
            view! {
                <li>
                    <form method="post" action=paths::enter() class="door-person">
                        <input type="hidden" name="region" value=door.slug.clone()/>
                        <input type="hidden" name="person" value=person.to_string()/>
                        <button type="submit" aria-label=label>
                            <span class="door-face" aria-hidden="true">{initials(&name)}</span>
                            <span class="door-who">
                                <span class="door-name">{name}</span>
                                <span class="door-what">{what}</span>
                            </span>
                            <span class="door-enter" aria-hidden="true">{frame.doors_enter.clone()}</span>
                        </button>
                    </form>
                </li>
            }
        })
        .collect_view();
    view! {
        <section class="door" aria-labelledby=heading.clone()>
            <h2 class="ds-heading" data-size="md" id=heading.clone()>{door.name}</h2>
            <p class="ds-paragraph door-facts" data-size="sm">{events}</p>
            <ul class="door-people">{people}</ul>
        </section>
    }
}

/// The first letters of a name's first and last part.
#[must_use]
pub fn initials(name: &str) -> String {
    let mut parts = name.split_whitespace();
    let first = parts.next().and_then(|part| part.chars().next());
    let last = parts.next_back().and_then(|part| part.chars().next());
    first
        .into_iter()
        .chain(last)
        .flat_map(char::to_uppercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(initials("Åse Marie Øverland"), "ÅØ");
        assert_eq!(initials("Solveig"), "S");
        assert_eq!(initials(""), "");
    }
}
