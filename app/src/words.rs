//! How numbers, times and states are said, in the team's own words where it has some.

use leptos::prelude::With;
use shared::{
    ids::PersonId,
    model::{Author, Collection, Kind, Thing},
    product::{Term, settings},
    session::messages::{DeviceState, RelayState, SyncStatus},
    sync::access::Role,
    time::Timestamp,
};

use crate::{address::Screen, state::desk::Desk};

/// The colours of people by name, for those who choose one.
pub const COLOURS: &[&str] = &[
    "Red", "Orange", "Amber", "Olive", "Green", "Teal", "Cyan", "Blue", "Indigo", "Violet", "Pink",
    "Grey",
];

const ADJECTIVES: &[&str] = &[
    "Brisk", "Calm", "Clever", "Gentle", "Keen", "Merry", "Nimble", "Quiet", "Steady", "Sunny",
    "Swift", "Warm",
];
const ANIMALS: &[&str] = &[
    "Badger", "Crane", "Dolphin", "Finch", "Hare", "Heron", "Lynx", "Otter", "Owl", "Robin",
    "Seal", "Wren",
];

/// A name for somebody who has not said theirs, from a random number.
#[must_use]
pub fn friendly_name(number: u32) -> String {
    let pick = |words: &'static [&'static str], number: u32| words[number as usize % words.len()];
    format!(
        "{} {}",
        pick(ADJECTIVES, number),
        pick(ANIMALS, number / 97)
    )
}

/// A whole number with thousands separators.
#[must_use]
pub fn number(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 item`, `1,680 items`.
#[must_use]
pub fn count(count: usize, one: &str, many: &str) -> String {
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

/// An estimate: at most two decimals, none where it is whole.
#[must_use]
pub fn points(points: f64) -> String {
    let hundredths = (points.abs() * 100.0).round();
    let sign = if points < 0.0 && hundredths > 0.0 {
        "-"
    } else {
        ""
    };
    let whole = number((hundredths / 100.0).trunc() as usize);
    let rest = (hundredths % 100.0) as u32;
    match rest {
        0 => format!("{sign}{whole}"),
        rest if rest.is_multiple_of(10) => format!("{sign}{whole}.{}", rest / 10),
        rest => format!("{sign}{whole}.{rest:02}"),
    }
}

/// What somebody typed as an estimate; `None` in `Some` is "no estimate".
#[must_use]
pub fn parse_estimate(text: &str) -> Option<Option<f64>> {
    let text = text.trim().replace(',', ".");
    if text.is_empty() || text == "-" || text == "–" {
        return Some(None);
    }
    let value: f64 = text.parse().ok()?;
    (value.is_finite() && (0.0..=1_000_000.0).contains(&value)).then_some(Some(value))
}

/// What the team calls one of something (PB-14): `Feature`, or its own word. Followed.
#[must_use]
pub fn term(desk: Desk, term: Term) -> String {
    desk.things.with(|things| settings::term(things, term))
}

/// So many of something that the team has a word for: `3 sprints`. Followed.
#[must_use]
pub fn count_terms(desk: Desk, many: usize, term: Term) -> String {
    let word = match many {
        1 => self::term(desk, term),
        _ => terms(desk, term),
    };
    format!("{} {}", number(many), word.to_lowercase())
}

/// What the team calls several of something (PB-14): `Features`, or its own word. Followed.
#[must_use]
pub fn terms(desk: Desk, term: Term) -> String {
    desk.things.with(|things| settings::terms(things, term))
}

/// A text in the team's own words for features, releases and sprints (PB-14). Followed.
#[must_use]
pub fn own(desk: Desk, text: &str) -> String {
    desk.things
        .with(|things| settings::in_own_words(things, text))
}

/// What the team calls a type. Followed.
#[must_use]
pub fn kind(desk: Desk, kind: Kind) -> String {
    desk.things.with(|things| settings::kind(things, kind))
}

/// What the team calls a list, release, goal or the like. Followed.
#[must_use]
pub fn collection(desk: Desk, collection: Collection) -> String {
    desk.things
        .with(|things| settings::collection(things, collection))
}

/// What the team calls a screen. Followed.
#[must_use]
pub fn screen(desk: Desk, screen: Screen) -> String {
    match screen {
        Screen::Releases => terms(desk, Term::Release),
        Screen::Sprints => terms(desk, Term::Sprint),
        other => other.label().to_owned(),
    }
}

/// An amount of effort with its unit: `1 point`, `8 hours`. Followed.
#[must_use]
pub fn effort(desk: Desk, amount: f64) -> String {
    let unit = if amount == 1.0 { term } else { terms }(desk, Term::Points);
    format!("{} {}", points(amount), unit.to_lowercase())
}

/// An estimate as the team writes it: `8`, or `XL` on a scale of names. Followed.
#[must_use]
pub fn size(desk: Desk, estimate: f64) -> String {
    desk.judge
        .with(|judge| match judge.settings.size(estimate) {
            Some(name) => name.to_owned(),
            None => points(estimate),
        })
}

/// A share of a whole, rounded down so that only all of it is 100 %; `None` of nothing.
#[must_use]
pub fn share(part: usize, whole: usize) -> Option<String> {
    (whole > 0).then(|| format!("{} %", part * 100 / whole))
}

/// What somebody is called. Followed.
#[must_use]
pub fn person(desk: Desk, person: PersonId) -> String {
    desk.people.with(|people| match people.get(&person) {
        Some(known) => known.name.clone(),
        None if person == desk.me => desk.profile.with(|own| own.name.clone()),
        None => "Somebody".to_owned(),
    })
}

/// The same of whoever made a change, where a mark has no place.
#[must_use]
pub fn author(desk: Desk, author: Author) -> String {
    let name = person(desk, author.person);
    match author.verified {
        true => name,
        false => format!("{name} (unverified)"),
    }
}

/// Somebody who a register of a thing says did something, where a mark has no place. Followed.
#[must_use]
pub fn doer(desk: Desk, thing: Thing, key: &str, who: PersonId) -> String {
    author(desk, desk.doer(thing, key, who))
}

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// How long ago something was, in few letters: `5 min`, `3 d`, `14 mo`.
#[must_use]
pub fn age(now: Timestamp, then: Timestamp) -> String {
    let ms = now.ms_since(then).max(0);
    match ms {
        _ if ms < MINUTE => "< 1 min".to_owned(),
        _ if ms < HOUR => format!("{} min", ms / MINUTE),
        _ if ms < DAY => format!("{} h", ms / HOUR),
        _ if ms < 60 * DAY => format!("{} d", ms / DAY),
        _ if ms < 730 * DAY => format!("{} mo", ms / (30 * DAY)),
        _ => format!("{} y", ms / (365 * DAY)),
    }
}

/// `just now`, `5 min ago`.
#[must_use]
pub fn ago(now: Timestamp, then: Timestamp) -> String {
    match age(now, then).as_str() {
        "< 1 min" => "just now".to_owned(),
        age => format!("{age} ago"),
    }
}

/// How the chip in the header looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// All is well.
    Good,
    /// Work is under way, or waits.
    Waiting,
    /// Somebody has to act.
    Bad,
}

/// What the chip in the header says, with a sentence that says more.
#[must_use]
pub fn sync_chip(status: &SyncStatus) -> (Tone, String, String) {
    let (tone, mut text, more) = match &status.device {
        DeviceState::Loading => (
            Tone::Waiting,
            "reading…".to_owned(),
            "The backlog is read from this device or fetched from the relay.".to_owned(),
        ),
        DeviceState::Failed(reason) => (
            Tone::Bad,
            "not saved on this device".to_owned(),
            reason.clone(),
        ),
        DeviceState::Saving => (
            Tone::Waiting,
            "saving…".to_owned(),
            "Changes are being written to this device.".to_owned(),
        ),
        DeviceState::Saved => relay_words(status),
    };
    if status.refused > 0 {
        text = format!("{text} · {} refused", number(status.refused as usize));
        return (Tone::Bad, text, more);
    }
    (tone, text, more)
}

fn relay_words(status: &SyncStatus) -> (Tone, String, String) {
    let waiting = (status.unsent > 0).then(|| {
        let changes = count(status.unsent as usize, "change", "changes");
        format!("on this device · {changes} to send")
    });
    match &status.relay {
        RelayState::Live => match waiting {
            None => (
                Tone::Good,
                "saved on the relay".to_owned(),
                "Every change is on the relay's disk.".to_owned(),
            ),
            Some(waiting) => (
                Tone::Waiting,
                waiting,
                "The relay has not confirmed them yet.".to_owned(),
            ),
        },
        RelayState::Offline => (
            Tone::Waiting,
            waiting.unwrap_or_else(|| "offline · on this device".to_owned()),
            "There is no connection to the relay. Everything works; changes are sent when it is back."
                .to_owned(),
        ),
        RelayState::Connecting => (
            Tone::Waiting,
            waiting.unwrap_or_else(|| "connecting…".to_owned()),
            "The relay is being reached, or what was missed is being fetched.".to_owned(),
        ),
        RelayState::Troubled(reason) => (
            Tone::Bad,
            waiting.unwrap_or_else(|| "on this device · relay in trouble".to_owned()),
            reason.clone(),
        ),
        RelayState::Refused(reason) => (
            Tone::Bad,
            waiting.unwrap_or_else(|| "on this device · refused by the relay".to_owned()),
            reason.clone(),
        ),
    }
}

/// What a role lets people do.
#[must_use]
pub const fn role(role: Role) -> &'static str {
    match role {
        Role::Viewer => "Can read",
        Role::Commenter => "Can comment",
        Role::Editor => "Can edit",
        Role::Owner => "Owns it",
    }
}

/// What this browser may do, in a sentence.
#[must_use]
pub const fn may_here(role: Option<Role>) -> &'static str {
    match role {
        None => "The relay has not said yet what you may do here.",
        Some(Role::Viewer) => "Your link lets you read this backlog.",
        Some(Role::Commenter) => "Your link lets you read this backlog and comment.",
        Some(Role::Editor) => "Your link lets you change everything in this backlog.",
        Some(Role::Owner) => {
            "You own this backlog: you can change everything, and make and revoke links."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_said_with_separators() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_680), "1,680");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(count(1, "item", "items"), "1 item");
        assert_eq!(count(2, "item", "items"), "2 items");
    }

    #[test]
    fn points_have_no_needless_decimals() {
        assert_eq!(points(13.0), "13");
        assert_eq!(points(0.5), "0.5");
        assert_eq!(points(1_120.25), "1,120.25");
        assert_eq!(points(0.1 + 0.2), "0.3");
        assert_eq!(points(2.05), "2.05");
    }

    #[test]
    fn estimates_are_read_as_people_type_them() {
        assert_eq!(parse_estimate(" 3 "), Some(Some(3.0)));
        assert_eq!(parse_estimate("0,5"), Some(Some(0.5)));
        assert_eq!(parse_estimate(""), Some(None));
        assert_eq!(parse_estimate("-1"), None);
        assert_eq!(parse_estimate("many"), None);
        assert_eq!(parse_estimate("inf"), None);
    }

    #[test]
    fn pb_10_shares_never_say_all_too_early() {
        assert_eq!(share(999, 1000).as_deref(), Some("99 %"));
        assert_eq!(share(0, 3).as_deref(), Some("0 %"));
        assert_eq!(share(3, 3).as_deref(), Some("100 %"));
        assert_eq!(share(0, 0), None);
    }

    #[test]
    fn ages_are_short() {
        let now = Timestamp::from_ms(1_000 * DAY);
        assert_eq!(age(now, now.plus_ms(-5 * MINUTE)), "5 min");
        assert_eq!(age(now, now.plus_ms(-3 * DAY)), "3 d");
        assert_eq!(ago(now, now), "just now");
    }

    #[test]
    fn the_chip_never_says_saved_before_it_is() {
        let mut status = SyncStatus {
            device: DeviceState::Saved,
            relay: RelayState::Live,
            unsent: 0,
            refused: 0,
            last_contact: None,
        };
        assert_eq!(sync_chip(&status).1, "saved on the relay");
        status.unsent = 14;
        assert_eq!(sync_chip(&status).1, "on this device · 14 changes to send");
        status.relay = RelayState::Offline;
        assert_eq!(sync_chip(&status).1, "on this device · 14 changes to send");
        status.device = DeviceState::Saving;
        assert_eq!(sync_chip(&status).1, "saving…");
        status.device = DeviceState::Loading;
        assert_eq!(sync_chip(&status).1, "reading…");
    }
}
