//! Who is who: roles, availability, and who owns the backlog (PB-13, BT-04, BT-52).

use leptos::prelude::*;
use shared::{
    ids::PersonId,
    model::{
        Scalar, Thing, role,
        thing::{self, ROLES},
    },
};

use super::own;
use crate::{
    components::{
        people_here::initials,
        register::{Register, bare_choice, bare_line, bare_number, flag, people, person},
    },
    state::desk::Desk,
    words,
};

pub(super) fn section(desk: Desk) -> AnyView {
    let all = Memo::new(move |_| people(desk));
    let in_force = Memo::new(move |_| desk.things.with(role::are_in_force));
    let what = move || {
        if in_force.get() {
            words::own(
                desk,
                "Product managers and owners let items in, the team commits sprints; every change is in the history.",
            )
        } else {
            "Until there is a product manager or owner, everybody is offered everything.".to_owned()
        }
    };
    super::section(
        "People",
        "Everybody who has worked on this backlog.",
        view! {
            <div class="registers">
                {person(own(desk, "accountable"), "Accountable")}
            </div>
            <div class="table">
                <table>
                    <thead>
                        <tr>
                            <th scope="col">"Person"</th>
                            <th scope="col">"Role"</th>
                            <th scope="col">"Title"</th>
                            <th scope="col">"Available, %"</th>
                            <th scope="col">"Supports"</th>
                            <th scope="col">"Left"</th>
                        </tr>
                    </thead>
                    <tbody>
                        <For each=move || all.get() key=Clone::clone let((id, name))>
                            {row(desk, id, name)}
                        </For>
                    </tbody>
                </table>
            </div>
            <p class="soft" role="status">{what}</p>
        }
        .into_any(),
    )
}

fn row(desk: Desk, id: PersonId, name: String) -> AnyView {
    let register = |key: &str| Register::new(desk, Thing::Person(id), key);
    let roles = ROLES
        .iter()
        .map(|word| ((*word).to_owned(), role::label(word).to_owned()))
        .collect();
    let colour = desk.people.with_untracked(|people| {
        people.get(&id).map_or_else(
            || desk.profile.with_untracked(|own| own.colour),
            |person| person.colour,
        )
    });
    let is_me = (id == desk.me).then(|| view! { <span class="soft">" (you)"</span> });
    view! {
        <tr>
            <th scope="row">
                <span class="who">
                    <span class=format!("face small c{colour}") aria-hidden="true">{initials(&name)}</span>
                    <span class="cut">{name.clone()}</span>
                    {is_me}
                </span>
            </th>
            <td>{bare_choice(register("role"), format!("Role of {name}"), "No role", roles)}</td>
            <td>{bare_line(register("title"), format!("Title of {name}"), "none", "")}</td>
            <td>{bare_number(register("availability"), format!("Availability of {name}"), "100")}</td>
            <td>{flag(own(desk, &format!("supporting:{id}")), format!("{name} supports"))}</td>
            <td>{flag(register("left"), format!("{name} left"))}</td>
        </tr>
    }
    .into_any()
}

/// Who owns the backlog, in words: `Ada (Product manager)`. Followed.
#[must_use]
pub fn owners(desk: Desk) -> Vec<(&'static str, String)> {
    desk.things.with(|things| {
        let Some(facts) = things.get(&Thing::Product) else {
            return Vec::new();
        };
        let said = |id: PersonId| {
            let name = crate::words::person(desk, id);
            match role::of(things, id) {
                "" => name,
                word => format!("{name} ({})", role::label(word)),
            }
        };
        let accountable = facts.get("accountable").and_then(Scalar::text);
        let accountable = accountable.and_then(|id| id.parse::<PersonId>().ok());
        let supporting = thing::flagged(facts, "supporting").filter_map(|id| id.parse().ok());
        accountable
            .map(|id| ("Accountable", said(id)))
            .into_iter()
            .chain(supporting.map(|id| ("Supporting", said(id))))
            .collect()
    })
}
