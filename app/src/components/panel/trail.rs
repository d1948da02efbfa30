//! What became of the item, when, and by whom: its way from place to place first, then every transition (PB-41).

use leptos::prelude::*;
use shared::{
    document::TAKEN_BACK,
    model::{Author, Detail, Kind, Place, Status, Things, view::place_name},
    product::settings,
    time::Timestamp,
};

use super::Open;
use crate::{components::unverified, platform::device, state::desk::Desk, words};

/// A transition: when, what, by whom where known.
type Transition = (Timestamp, String, Option<Author>);

/// What became of an item, in one line for each transition.
#[derive(Clone, Debug, Default, PartialEq)]
struct Past {
    transitions: Vec<Transition>,
    /// What each was part of.
    why: Vec<String>,
}

/// The way as steps, and status, place, estimate and type transitions, newest first.
#[component]
pub(super) fn Trail(open: Open) -> impl IntoView {
    let desk = open.desk;
    let past = Memo::new(move |_| {
        open.detail
            .with(|detail| detail.as_ref().map(|detail| of(detail)))
            .unwrap_or_default()
    });
    let created = move || {
        let created = open.row.with(|row| row.as_ref().map(|row| row.created))?;
        let by = open
            .detail
            .with(|detail| detail.as_ref().and_then(|detail| detail.created_by));
        Some(view! { "Made " {when(desk, created, by)} })
    };
    let way = move || {
        let steps = past.with(|past| desk.things.with(|things| way(&past.transitions, things)));
        steps
            .into_iter()
            .map(|(name, at, by)| {
                view! { <li><strong>{name}</strong> <span class="soft">{when(desk, at, by)}</span></li> }
            })
            .collect_view()
    };
    let lines = move || {
        let Past { transitions, why } = past.get();
        let lines = transitions.into_iter().zip(why).rev();
        lines
            .map(|((at, what, by), why)| {
                let said = desk.things.with(|things| say(things, &what));
                let why = because(&why).map(|why| {
                    let why = words::own(desk, &why);
                    view! { <span class="soft">{format!(" · {why}")}</span> }
                });
                view! {
                    <li>
                        <span>{said} {why}</span>
                        <span class="soft">{when(desk, at, by)}</span>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <section class="way-section" aria-label="Trail">
            <h2>"Trail"</h2>
            <ol class="way">{way}</ol>
        </section>
        <details class="trail">
            <summary>"History"</summary>
            <ul>
                {lines}
                <li class="soft">{created}</li>
            </ul>
        </details>
    }
}

fn of(detail: &Detail) -> Past {
    let by = detail
        .trail_by
        .iter()
        .copied()
        .chain(std::iter::repeat(None));
    let transitions = detail.trail.iter().zip(by);
    Past {
        transitions: transitions
            .map(|((at, what), by)| (*at, what.clone(), by))
            .collect(),
        why: detail.trail_why.clone(),
    }
}

/// Why a transition happened, where it was part of something larger than itself (PB-16).
fn because(intent: &str) -> Option<String> {
    if let Some(intent) = intent.strip_prefix(TAKEN_BACK) {
        return Some(match because(intent) {
            Some(why) => format!("taken back: {why}"),
            None => "taken back".to_owned(),
        });
    }
    let why = match intent {
        "ship" => "the release was shipped",
        "close" => "the sprint was closed",
        "commit" => "the team committed to the sprint",
        "take out" => "the team took it out of the sprint",
        "accept" => "accepted",
        "decline" => "declined",
        "merge" => "merged with another item",
        "split" => "split into stories",
        "generate" => "sprints were cut out of the release",
        "convert" => "its list became another kind of list",
        "import" => "imported",
        _ => return None,
    };
    Some(why.to_owned())
}

/// `Ada, 3 d ago`.
fn when(desk: Desk, at: Timestamp, by: Option<Author>) -> AnyView {
    let ago = words::ago(device::now(), at);
    let said = match by {
        Some(by) => format!("{}, {ago}", words::person(desk, by.person)),
        None => ago,
    };
    view! { {said} {unverified::mark(desk, by)} }.into_any()
}

/// Where the item was, from its beginning to what became of it: `Inbox`, `Product backlog`, `Release 1`, `Done`.
fn way(transitions: &[Transition], things: &Things) -> Vec<(String, Timestamp, Option<Author>)> {
    let Some((began, _, by)) = transitions.first() else {
        return Vec::new();
    };
    let mut steps: Vec<(String, Timestamp, Option<Author>)> = Vec::new();
    let begins_elsewhere = transitions
        .iter()
        .any(|(at, what, _)| at == began && what.starts_with("place="));
    if !begins_elsewhere {
        steps.push((place_name(things, Place::Product), *began, *by));
    }
    for (at, what, by) in transitions {
        let name = match what.split_once('=') {
            Some(("place", word)) => Place::from_word(word).map(|place| place_name(things, place)),
            Some(("status", word)) => Status::from_word(word)
                .filter(|status| *status == Status::Done || status.is_away())
                .map(|status| status.label().to_owned()),
            Some(_) | None => None,
        };
        if let Some(name) = name
            && steps.last().is_none_or(|(last, ..)| *last != name)
        {
            steps.push((name, *at, *by));
        }
    }
    steps
}

/// A transition in words.
fn say(things: &Things, what: &str) -> String {
    match what.split_once('=') {
        Some(("status", word)) => {
            let label = Status::from_word(word).map(Status::label);
            format!("Status: {}", label.unwrap_or(word))
        }
        Some(("estimate", "" | "none")) => "Estimate: none".to_owned(),
        Some(("estimate", points)) => format!("Estimate: {points}"),
        Some(("kind", word)) => {
            let label = Kind::from_word(word).map(|kind| settings::kind(things, kind));
            format!("Type: {}", label.as_deref().unwrap_or(word))
        }
        Some(("place", word)) => match Place::from_word(word) {
            Some(place) => format!("Moved to {}", place_name(things, place)),
            None => format!("Moved to {word}"),
        },
        _ => what.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use shared::model::{Collection, Facts, Thing};

    use super::*;

    fn releases() -> Things {
        let release = Thing::Record(Collection::Releases, "abcdefghijkm".parse().unwrap());
        let facts: Facts = [("name".to_owned(), "Spring".into())].into();
        [(release, facts)].into()
    }

    #[test]
    fn transitions_are_said_in_words() {
        let say = |what: &str| say(&releases(), what);
        assert_eq!(say("status=done"), "Status: Done");
        assert_eq!(say("estimate="), "Estimate: none");
        assert_eq!(say("estimate=3"), "Estimate: 3");
        assert_eq!(say("kind=story"), "Type: Story");
        assert_eq!(say("place=release:abcdefghijkm"), "Moved to Spring");
        assert_eq!(say("anything else"), "anything else");
    }

    #[test]
    fn pb_16_a_transition_says_what_it_was_part_of() {
        assert_eq!(because("ship").as_deref(), Some("the release was shipped"));
        assert_eq!(
            because("undo ship").as_deref(),
            Some("taken back: the release was shipped")
        );
        assert_eq!(because("undo move").as_deref(), Some("taken back"));
        assert_eq!(because("place"), None);
    }

    #[test]
    fn pb_41_the_way_goes_from_the_inbox_to_what_became_of_it() {
        let at = Timestamp::from_ms;
        let line = |ms: i64, what: &str| (at(ms), what.to_owned(), None);
        let transitions = [
            line(1, "status=todo"),
            line(1, "place=inbox"),
            line(2, "place=product"),
            line(3, "estimate=3"),
            line(4, "place=release:abcdefghijkm"),
            line(5, "status=doing"),
            line(6, "status=done"),
        ];
        let names = |transitions: &[Transition]| -> Vec<String> {
            let steps = way(transitions, &releases()).into_iter();
            steps.map(|(name, ..)| name).collect()
        };
        assert_eq!(
            names(&transitions),
            ["Inbox", "Product backlog", "Spring", "Done"]
        );
        assert_eq!(names(&transitions[..1]), ["Product backlog"]);
        assert_eq!(names(&[]), [""; 0]);
    }
}
