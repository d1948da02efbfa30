//! What the person wants: on the screen at once where that can be said, and on its way to the session.

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    intent::Intent,
    model::{Row, role::Right},
    product::{sprint_steps, sprints},
    session::messages::{AccessStatus, DeviceState, Level, ToSession},
    sync::access::may_want,
};

use super::Desk;
use crate::{platform::device, state::rows::Rows};

/// A step that the session has not answered.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) intent: Option<Intent>,
    /// How the rows that show it already were, and are.
    pub(super) foreseen: Vec<(Option<Arc<Row>>, Arc<Row>)>,
    pub(super) voice: Voice,
}

/// How what was done is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Voice {
    /// Not at all: typing speaks for itself.
    Silent,
    /// To screen readers.
    Spoken,
    /// To everybody, with an offer to take it back.
    Shown,
}

impl Desk {
    /// Wants something.
    pub fn intend(self, intent: Intent) -> u64 {
        let typing = matches!(intent, Intent::EditDescription { .. });
        let voice = if typing { Voice::Silent } else { Voice::Spoken };
        self.intend_as(intent, voice)
    }

    /// Wants something worth a notice that offers to take it back.
    pub fn intend_loudly(self, intent: Intent) -> u64 {
        self.intend_as(intent, Voice::Shown)
    }

    fn intend_as(self, intent: Intent, voice: Voice) -> u64 {
        let role = self.access.with_untracked(AccessStatus::presumed);
        if let Err(denial) = may_want(role, &intent) {
            self.notices.tell(Level::Warning, denial.to_string(), None);
            return self.answered.get_untracked();
        }
        if self.proposes_instead(&intent) || self.asks_first(&intent, voice) {
            return self.answered.get_untracked();
        }
        self.intend_now(intent, voice)
    }

    /// Only the team takes stories out of a sprint that it committed to; of everybody else it is a proposal (BT-06).
    fn proposes_instead(self, intent: &Intent) -> bool {
        if untrack(|| self.may(Right::Commit)) {
            return false;
        }
        let proposals: Vec<(String, Intent)> = self.things.with_untracked(|things| {
            let taken = self.rows.with_untracked(|rows| {
                let find = |id| rows.row(id).map(AsRef::as_ref);
                sprint_steps::taken_out(things, intent, &find)
            });
            let proposal = |(sprint, items): (_, Vec<_>)| {
                let sprint = sprints::one(things, sprint)?;
                let proposal = sprint_steps::propose_out(&sprint, &items, self.me);
                Some((sprint.name, proposal))
            };
            taken.into_iter().filter_map(proposal).collect()
        });
        for (name, proposal) in &proposals {
            let said = format!("The team committed to {name}: taking out waits as a proposal.");
            self.notices.tell(Level::Warning, said, None);
            self.intend_now(proposal.clone(), Voice::Spoken);
        }
        !proposals.is_empty()
    }

    pub(super) fn intend_now(self, intent: Intent, voice: Voice) -> u64 {
        let number = self.next_number();
        if matches!(intent, Intent::Move { .. } | Intent::Order { .. }) {
            self.travel();
        }
        let kept = (voice != Voice::Silent).then(|| intent.clone());
        let mut foreseen = Vec::new();
        if kept.is_some() && may_show_at_once(&intent) {
            self.rows
                .update(|rows| foreseen = self.foresee(rows, &intent));
        }
        self.sent.update_value(|sent| {
            let waiting = Waiting {
                intent: kept,
                foreseen,
                voice,
            };
            sent.pending.insert(number, waiting);
        });
        self.say(ToSession::Intend {
            number,
            intent,
            at: device::now(),
        });
        self.is_not_saved_yet();
        number
    }

    /// What the screen shows ahead of the session is not on any disk; the session says when it is.
    fn is_not_saved_yet(self) {
        if self
            .status
            .with_untracked(|status| status.device == DeviceState::Saved)
        {
            self.status
                .update(|status| status.device = DeviceState::Saving);
        }
    }

    pub(super) fn foresee(
        self,
        rows: &mut Rows,
        intent: &Intent,
    ) -> Vec<(Option<Arc<Row>>, Arc<Row>)> {
        let ahead = self
            .rng
            .try_update_value(|rng| rows.foresee(intent, device::now(), rng))
            .unwrap_or_default();
        ahead
            .into_iter()
            .map(|row| {
                let before = rows.row(row.id).cloned();
                let row = Arc::new(row);
                rows.put(row.clone());
                (before, row)
            })
            .collect()
    }

    /// Takes the last step back.
    pub fn undo(self) {
        self.step(|number| ToSession::Undo { number });
    }

    /// Does the step again that was taken back last.
    pub fn redo(self) {
        self.step(|number| ToSession::Redo { number });
    }

    fn step(self, message: impl FnOnce(u64) -> ToSession) {
        let number = self.next_number();
        self.travel();
        self.sent.update_value(|sent| {
            let waiting = Waiting {
                intent: None,
                foreseen: Vec::new(),
                voice: Voice::Shown,
            };
            sent.pending.insert(number, waiting);
        });
        self.say(message(number));
        self.is_not_saved_yet();
    }

    fn next_number(self) -> u64 {
        self.sent
            .try_update_value(|sent| {
                sent.number += 1;
                sent.number
            })
            .unwrap_or_default()
    }

    /// Whether the answer to a number is still awaited.
    #[must_use]
    pub fn awaits(self, number: u64) -> bool {
        self.sent
            .with_value(|sent| sent.pending.contains_key(&number))
    }
}

/// What takes the session several steps is shown as those come, lest the rows jump.
pub(super) fn may_show_at_once(intent: &Intent) -> bool {
    match intent {
        Intent::Add { items, .. } => items.len() <= 60,
        Intent::Move { items, .. }
        | Intent::Place { items, .. }
        | Intent::Order { items }
        | Intent::Mark { items, .. }
        | Intent::Set { items, .. }
        | Intent::Tag { items, .. } => items.len() <= 2_000,
        _ => true,
    }
}
