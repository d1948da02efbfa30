//! What waits at triage today, what was put off, and how far requests have come (PB-21, PB-23, BT-33). Pure: days are
//! texts such as `2026-11-21`, which sort as days do.

use std::{collections::BTreeSet, sync::Arc};

use shared::{
    ids::{ItemId, RecordId},
    model::{Collection, Facts, Field, Place, Row, Scalar, Status, Thing, Things, thing},
    planning::similar::words,
};

use super::rows::Rows;

/// Why an item waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Why {
    /// Nobody decided yet.
    New,
    /// Its snooze is over.
    Back,
    /// A question was asked, and something happened to the item since.
    Answered,
    /// It was declined until a day that has come.
    Reconsider,
}

impl Why {
    /// The mark that people see; none for what is merely new.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::New => "",
            Self::Back => "back",
            Self::Answered => "answered",
            Self::Reconsider => "reconsider",
        }
    }
}

/// An item that waits for a decision.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// The item.
    pub row: Arc<Row>,
    /// Why.
    pub why: Why,
}

/// Whether somebody can decide about an item today: it is in the Inbox, waiting or put off, or was declined until now.
#[must_use]
pub fn is_undecided(row: &Row, today: &str) -> bool {
    let is_in_inbox = row.status.is_open() && row.place == Place::Inbox;
    is_in_inbox || why(row, today).is_some()
}

/// Why an item waits today, if it does.
#[must_use]
pub fn why(row: &Row, today: &str) -> Option<Why> {
    if row.status == Status::Declined {
        let day = row.text(Field::ReconsiderOn);
        return (!day.is_empty() && day <= today).then_some(Why::Reconsider);
    }
    if !row.status.is_open() || row.place != Place::Inbox {
        return None;
    }
    let until = row.text(Field::SnoozedUntil);
    if until > today {
        return None;
    }
    match row.number(Field::AskedAt) {
        Some(asked) if row.touched.ms() as f64 > asked => Some(Why::Answered),
        Some(_) => None,
        None if until.is_empty() => Some(Why::New),
        None => Some(Why::Back),
    }
}

/// What waits today: the Inbox in its order, then what was declined until now.
#[must_use]
pub fn waiting(rows: &Rows, today: &str) -> Vec<Waiting> {
    let inbox = rows.ranked_in(Place::Inbox);
    inbox
        .iter()
        .chain(rows.closed().iter())
        .filter_map(|row| {
            let why = why(row, today)?;
            Some(Waiting {
                row: row.clone(),
                why,
            })
        })
        .collect()
}

/// What is in the Inbox and does not wait today: snoozed, or asked about and not answered.
#[must_use]
pub fn put_off(rows: &Rows, today: &str) -> Vec<Arc<Row>> {
    let inbox = rows.ranked_in(Place::Inbox);
    let off = inbox.iter().filter(|row| why(row, today).is_none());
    off.cloned().collect()
}

/// What was declined, the latest first where that is known.
#[must_use]
pub fn declined(rows: &Rows) -> Vec<Arc<Row>> {
    let all = rows.closed().iter();
    let mut found: Vec<Arc<Row>> = all
        .filter(|row| row.status == Status::Declined)
        .cloned()
        .collect();
    found.sort_by_key(|row| (std::cmp::Reverse(row.cleared), row.id));
    found
}

/// The item that is looked at once some were decided: the next that waits, else the one before.
#[must_use]
pub fn next_after(waiting: &[Waiting], decided: &[ItemId]) -> Option<ItemId> {
    let is_decided = |one: &&Waiting| decided.contains(&one.row.id);
    let stays = |one: &&Waiting| !decided.contains(&one.row.id);
    let at = waiting.iter().position(|one| is_decided(&one))?;
    let after = waiting[at..].iter().find(stays);
    let found = after.or_else(|| waiting[..at].iter().rev().find(stays));
    found.map(|one| one.row.id)
}

/// How many items are at each stage on the way from a request to what is done (BT-33). Each item is at one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Funnel {
    /// In the Inbox.
    pub triage: usize,
    /// Accepted, with neither score nor estimate.
    pub accepted: usize,
    /// Ranked with a score, a value or an estimate.
    pub evaluated: usize,
    /// In a release or sprint.
    pub planned: usize,
    /// Done.
    pub done: usize,
    /// Declined, dropped, archived or made part of another.
    pub turned_down: usize,
}

impl Funnel {
    /// Counts.
    #[must_use]
    pub fn of<'a>(rows: impl Iterator<Item = &'a Arc<Row>>) -> Self {
        let mut funnel = Self::default();
        for row in rows {
            *funnel.stage(row) += 1;
        }
        funnel
    }

    fn stage(&mut self, row: &Row) -> &mut usize {
        match (row.status, row.place) {
            (Status::Done, _) => &mut self.done,
            (
                Status::Dropped
                | Status::Archived
                | Status::Declined
                | Status::Merged
                | Status::Withdrawn,
                _,
            ) => &mut self.turned_down,
            (Status::Todo | Status::Doing, Place::Inbox) => &mut self.triage,
            (Status::Todo | Status::Doing, Place::Release(_) | Place::Sprint(_)) => {
                &mut self.planned
            }
            (Status::Todo | Status::Doing, Place::Product | Place::List(_)) => {
                if is_evaluated(row) {
                    &mut self.evaluated
                } else {
                    &mut self.accepted
                }
            }
        }
    }

    /// The stages in their order, with what people call them.
    #[must_use]
    pub const fn stages(self) -> [(&'static str, usize); 6] {
        [
            ("In triage", self.triage),
            ("Accepted", self.accepted),
            ("Evaluated", self.evaluated),
            ("Planned", self.planned),
            ("Done", self.done),
            ("Turned down", self.turned_down),
        ]
    }
}

fn is_evaluated(row: &Row) -> bool {
    row.estimate.is_some()
        || row.number(Field::Value).is_some()
        || row.marks.iter().any(|(key, _)| key.starts_with("score:"))
}

/// The goals that an item may serve: those it is linked to, then those that speak of the same things; at most five.
/// Each with its name and whether it is linked.
#[must_use]
pub fn matching_goals(row: &Row, things: &Things) -> Vec<(RecordId, String, bool)> {
    let own = words(&row.title);
    let mut found: Vec<(usize, RecordId, String, bool)> = Vec::new();
    for (id, facts) in thing::records(things, Collection::Goals) {
        let linked = row.mark(&format!("goal:{id}")).is_some_and(Scalar::is_on);
        let common = own.intersection(&said(facts)).count();
        if linked || common > 0 {
            found.push((common, id, thing::text(facts, "name").to_owned(), linked));
        }
    }
    found.sort_by_key(|(common, id, _, linked)| (!linked, std::cmp::Reverse(*common), *id));
    found.truncate(5);
    found
        .into_iter()
        .map(|(_, id, name, linked)| (id, name, linked))
        .collect()
}

fn said(facts: &Facts) -> BTreeSet<String> {
    let texts = ["name", "description", "metric"].map(|key| thing::text(facts, key));
    words(&texts.join(" "))
}

/// The backlog's vision.
#[must_use]
pub fn vision(things: &Things) -> String {
    let product = things.get(&Thing::Product);
    product.map_or_else(String::new, |facts| thing::text(facts, "vision").to_owned())
}

#[cfg(test)]
mod tests {
    use shared::time::Timestamp;

    use super::*;
    use crate::state::rows::tests::row;

    const TODAY: &str = "2026-11-21";

    fn inbox(id: &str) -> Row {
        let mut row = row(id, "V");
        row.place = Place::Inbox;
        row
    }

    fn with(mut row: Row, field: Field, value: impl Into<Scalar>) -> Row {
        row.set_field(field, Some(value.into()));
        row
    }

    #[test]
    fn pb_21_snoozed_items_wait_again_on_their_day() {
        assert_eq!(why(&inbox("a"), TODAY), Some(Why::New));
        let until = |day: &str| with(inbox("a"), Field::SnoozedUntil, day);
        assert_eq!(why(&until("2026-11-22"), TODAY), None);
        assert_eq!(why(&until("2026-11-21"), TODAY), Some(Why::Back));
        assert_eq!(why(&until("2025-12-31"), TODAY), Some(Why::Back));
        assert_eq!(why(&row("a", "V"), TODAY), None);
    }

    #[test]
    fn pb_21_what_was_asked_waits_again_once_somebody_answers() {
        let mut asked = with(inbox("a"), Field::AskedAt, 5_000.0);
        asked.touched = Timestamp::from_ms(5_000);
        assert_eq!(why(&asked, TODAY), None);
        asked.touched = Timestamp::from_ms(5_001);
        assert_eq!(why(&asked, TODAY), Some(Why::Answered));
        let snoozed = with(asked, Field::SnoozedUntil, "2026-12-01");
        assert_eq!(why(&snoozed, TODAY), None);
    }

    #[test]
    fn pb_23_declined_items_come_back_when_their_day_has_passed() {
        let mut declined = row("a", "V");
        declined.status = Status::Declined;
        assert_eq!(why(&declined, TODAY), None);
        let on = |day: &str| with(declined.clone(), Field::ReconsiderOn, day);
        assert_eq!(why(&on("2026-11-22"), TODAY), None);
        assert_eq!(why(&on("2026-11-21"), TODAY), Some(Why::Reconsider));
        let mut archived = on("2026-11-01");
        archived.status = Status::Archived;
        assert_eq!(why(&archived, TODAY), None);
    }

    #[test]
    fn pb_21_the_next_card_follows_the_one_decided() {
        let one = |id: &str| Waiting {
            row: Arc::new(inbox(id)),
            why: Why::New,
        };
        let all = [one("a"), one("b"), one("c")];
        let id = |nth: usize| all[nth].row.id;
        assert_eq!(next_after(&all, &[id(0)]), Some(id(1)));
        assert_eq!(next_after(&all, &[id(2)]), Some(id(1)));
        assert_eq!(next_after(&all, &[id(0), id(1)]), Some(id(2)));
        assert_eq!(next_after(&all[..1], &[id(0)]), None);
    }

    #[test]
    fn bt_33_every_item_is_at_one_stage() {
        let mut scored = row("b", "V");
        scored.set_mark("score:abcdefghijkm:reach", Some(3.0.into()));
        let mut planned = row("c", "V");
        planned.place = Place::from_word("release:abcdefghijkm").unwrap();
        let mut done = planned.clone();
        done.status = Status::Done;
        let mut declined = inbox("e");
        declined.status = Status::Declined;
        let rows = [inbox("a"), row("d", "V"), scored, planned, done, declined].map(Arc::new);
        let funnel = Funnel::of(rows.iter());
        assert_eq!(funnel.stages().map(|(_, count)| count), [1; 6]);
    }

    #[test]
    fn pb_22_goals_match_by_link_and_by_words() {
        let goal = |id: &str, name: &str| {
            let id = Thing::Record(Collection::Goals, id.parse().unwrap());
            let facts: Facts = [
                ("name".to_owned(), name.into()),
                ("created".to_owned(), 1.0.into()),
            ]
            .into();
            (id, facts)
        };
        let things: Things = [
            goal("aaaaaaaaaaaa", "Faster checkout for everybody"),
            goal("bbbbbbbbbbbb", "Fewer support calls"),
            goal("cccccccccccc", "Something else"),
        ]
        .into();
        let mut item = inbox("a");
        item.title = "Checkout with one click".to_owned();
        item.set_mark("goal:bbbbbbbbbbbb", Some(true.into()));
        let found: Vec<(String, bool)> = matching_goals(&item, &things)
            .into_iter()
            .map(|(_, name, linked)| (name, linked))
            .collect();
        assert_eq!(
            found,
            [
                ("Fewer support calls".to_owned(), true),
                ("Faster checkout for everybody".to_owned(), false)
            ]
        );
    }
}
