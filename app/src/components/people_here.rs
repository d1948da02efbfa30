//! Who else has the backlog open.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::{ids::PersonId, sync::frame::Known};

use crate::state::desk::Desk;

const SHOWN_MAX: usize = 5;

/// Their initials, each in their colour.
#[component]
pub fn PeopleHere(desk: Desk) -> impl IntoView {
    let people = Memo::new(move |_| {
        let present = desk.present.get();
        let people: BTreeMap<PersonId, (String, u8)> = present
            .iter()
            .filter(|one| one.person != desk.me)
            .map(|one| {
                let name = match one.known {
                    Known::Vouched => format!("{}, name verified", one.profile.name),
                    Known::Device => one.profile.name.clone(),
                    Known::Claimed => format!("{}, not verified", one.profile.name),
                };
                (one.person, (name, one.profile.colour))
            })
            .collect();
        people.into_values().collect::<Vec<_>>()
    });
    view! {
        <ul class="people" aria-label="People here">
            {move || {
                let people = people.get();
                let more = people.len().saturating_sub(SHOWN_MAX);
                let faces = people
                    .into_iter()
                    .take(SHOWN_MAX)
                    .map(|(name, colour)| {
                        let (letters, said) = (initials(&name), name.clone());
                        view! {
                            <li class=format!("face c{colour}") title=name>
                                <span aria-hidden="true">{letters}</span>
                                <span class="hidden">{said}</span>
                            </li>
                        }
                    })
                    .collect_view();
                (faces, (more > 0).then(|| view! { <li class="more">{format!("+{more}")}</li> }))
            }}
        </ul>
    }
}

/// At most two letters of a name.
#[must_use]
pub fn initials(name: &str) -> String {
    name.split_whitespace()
        .filter_map(|word| word.chars().next())
        .take(2)
        .flat_map(char::to_uppercase)
        .collect()
}
