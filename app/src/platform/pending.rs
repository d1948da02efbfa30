//! What a page has asked of the session and may have to say again to a new leader. Pure.
//!
//! An intent is kept until it was applied *and* the device said that everything is saved: a leader that dies between the
//! two loses nothing. The session ignores numbers that it applied before, so saying an intent again is harmless.

use std::collections::VecDeque;

use shared::session::messages::{DeviceState, FromSession, Outcome, ToSession};

/// The messages of one page that are not settled yet.
#[derive(Debug)]
pub struct Pending {
    attach: ToSession,
    numbered: VecDeque<Numbered>,
    watch: Option<ToSession>,
    histories: Option<ToSession>,
    present: Option<ToSession>,
    requests: Vec<ToSession>,
    connected: bool,
}

#[derive(Debug)]
struct Numbered {
    number: u64,
    message: ToSession,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Not answered.
    Open,
    /// Carried out, perhaps in memory only.
    Applied,
    /// On the disk, or nothing to put there.
    Settled,
}

impl Pending {
    /// A page that will introduce itself with `attach`.
    #[must_use]
    pub fn new(attach: ToSession) -> Self {
        Self {
            attach,
            numbered: VecDeque::new(),
            watch: None,
            histories: None,
            present: None,
            requests: Vec::new(),
            connected: false,
        }
    }

    /// Remembers a message as far as needed; answers it where it can be said at once.
    pub fn say(&mut self, message: ToSession) -> Option<ToSession> {
        match &message {
            ToSession::Attach { .. } => self.attach = message.clone(),
            ToSession::Intend { number, .. }
            | ToSession::Undo { number }
            | ToSession::Redo { number } => self.numbered.push_back(Numbered {
                number: *number,
                message: message.clone(),
                state: State::Open,
            }),
            ToSession::Watch { .. } => self.watch = Some(message.clone()),
            ToSession::Histories { wanted } => {
                self.histories = wanted.then(|| message.clone());
            }
            ToSession::Present { .. } => self.present = Some(message.clone()),
            ToSession::Backup | ToSession::Everything => self.requests.push(message.clone()),
            // These have no answer to wait for: they are kept only until somebody is there to do it.
            ToSession::Merge { .. }
            | ToSession::UseLink { .. }
            | ToSession::HandOutRefused
            | ToSession::DiscardRefused => {
                if !self.connected {
                    self.requests.push(message.clone());
                }
            }
            // What changed lately is asked for again after the next change.
            ToSession::Wake | ToSession::Detach | ToSession::Recent { .. } => {}
        }
        self.connected.then_some(message)
    }

    /// Notes what the session answered. Gives the number up to which all intents are settled, when that has changed.
    pub fn hear(&mut self, message: &FromSession) -> Option<u64> {
        match message {
            FromSession::Done { number, outcome } => self.take(*number, outcome),
            FromSession::Status(status) if status.device == DeviceState::Saved => {
                for kept in &mut self.numbered {
                    if kept.state == State::Applied {
                        kept.state = State::Settled;
                    }
                }
                self.settle()
            }
            FromSession::Backup { .. } => {
                self.answered(&ToSession::Backup);
                None
            }
            FromSession::Everything { .. } => {
                self.answered(&ToSession::Everything);
                None
            }
            FromSession::View { .. }
            | FromSession::Patch { .. }
            | FromSession::Detail(_)
            | FromSession::Status(_)
            | FromSession::Presence(_)
            | FromSession::Access(_)
            | FromSession::Progress { .. }
            | FromSession::Recent(_)
            | FromSession::Histories { .. }
            | FromSession::Notice(_) => None,
        }
    }

    /// A leader is there: what it has to hear, in order.
    pub fn connect(&mut self) -> Vec<ToSession> {
        self.connected = true;
        let mut all = vec![self.attach.clone()];
        all.extend(self.watch.clone());
        all.extend(self.histories.clone());
        all.extend(self.present.clone());
        all.extend(self.numbered.iter().map(|kept| kept.message.clone()));
        all.extend(self.requests.iter().cloned());
        self.requests
            .retain(|request| matches!(request, ToSession::Backup | ToSession::Everything));
        all
    }

    /// The leader is gone: from here messages wait.
    pub fn disconnect(&mut self) {
        self.connected = false;
    }

    /// How many intents are not settled.
    #[must_use]
    pub fn unsettled(&self) -> usize {
        self.numbered.len()
    }

    fn take(&mut self, number: u64, outcome: &Outcome) -> Option<u64> {
        let state = match outcome {
            Outcome::Applied { .. } => State::Applied,
            Outcome::Rejected { .. } => State::Settled,
        };
        for kept in &mut self.numbered {
            if kept.number == number {
                kept.state = state;
            }
        }
        self.settle()
    }

    fn settle(&mut self) -> Option<u64> {
        let mut settled = None;
        while let Some(first) = self.numbered.pop_front_if(is_settled) {
            settled = Some(first.number);
        }
        settled
    }

    fn answered(&mut self, request: &ToSession) {
        if let Some(index) = self.requests.iter().position(|kept| kept == request) {
            self.requests.remove(index);
        }
    }
}

fn is_settled(kept: &mut Numbered) -> bool {
    kept.state == State::Settled
}

#[cfg(test)]
mod tests {
    use shared::{
        ids::PersonId,
        model::Person,
        session::messages::{RelayState, SyncStatus},
    };

    use super::*;

    #[test]
    fn messages_wait_in_order_until_a_leader_is_there() {
        let mut pending = page();
        assert_eq!(pending.say(undo(1)), None);
        assert_eq!(pending.say(ToSession::Watch { item: None }), None);
        assert_eq!(pending.say(undo(2)), None);
        assert_eq!(
            pending.connect(),
            [attach(), ToSession::Watch { item: None }, undo(1), undo(2)]
        );
        assert_eq!(pending.say(undo(3)), Some(undo(3)));
    }

    #[test]
    fn an_intent_that_was_taken_but_not_saved_is_said_again_to_the_next_leader() {
        let mut pending = page();
        pending.connect();
        pending.say(undo(1));
        pending.say(undo(2));
        assert_eq!(pending.hear(&done(1)), None);
        pending.disconnect();
        assert_eq!(pending.connect(), [attach(), undo(1), undo(2)]);
    }

    #[test]
    fn an_intent_that_was_taken_and_saved_is_settled() {
        let mut pending = page();
        pending.connect();
        pending.say(undo(1));
        pending.say(undo(2));
        pending.hear(&done(1));
        assert_eq!(pending.hear(&status(DeviceState::Saving)), None);
        assert_eq!(pending.hear(&status(DeviceState::Saved)), Some(1));
        assert_eq!(pending.hear(&status(DeviceState::Saved)), None);
        assert_eq!(pending.connect(), [attach(), undo(2)]);
        assert_eq!(pending.unsettled(), 1);
    }

    #[test]
    fn an_intent_that_was_rejected_is_settled_and_waits_for_no_disk() {
        let mut pending = page();
        pending.connect();
        pending.say(undo(1));
        pending.say(undo(2));
        assert_eq!(pending.hear(&rejected(2)), None);
        assert_eq!(pending.hear(&rejected(1)), Some(2));
        assert_eq!(pending.unsettled(), 0);
    }

    #[test]
    fn a_request_is_repeated_until_answered_and_a_merge_until_said() {
        let merge = ToSession::Merge { bytes: vec![1] };
        let mut pending = page();
        pending.say(ToSession::Backup);
        assert_eq!(pending.say(merge.clone()), None);
        assert_eq!(pending.connect(), [attach(), ToSession::Backup, merge]);
        assert_eq!(pending.connect(), [attach(), ToSession::Backup]);
        pending.hear(&FromSession::Backup {
            file_name: String::new(),
            bytes: Vec::new(),
        });
        assert_eq!(pending.connect(), [attach()]);
    }

    #[test]
    fn the_past_is_asked_of_a_new_leader_as_long_as_a_report_is_open() {
        let histories = |wanted| ToSession::Histories { wanted };
        let mut pending = page();
        pending.say(histories(true));
        assert_eq!(pending.connect(), [attach(), histories(true)]);
        assert_eq!(pending.connect(), [attach(), histories(true)]);
        pending.say(histories(false));
        assert_eq!(pending.connect(), [attach()]);
    }

    fn page() -> Pending {
        Pending::new(attach())
    }

    fn attach() -> ToSession {
        ToSession::Attach {
            person: PersonId::from_bytes([1; 16]),
            profile: Person {
                name: "Ada".to_owned(),
                colour: 1,
            },
        }
    }

    fn undo(number: u64) -> ToSession {
        ToSession::Undo { number }
    }

    fn done(number: u64) -> FromSession {
        FromSession::Done {
            number,
            outcome: Outcome::Applied {
                said: String::new(),
                can_undo: true,
                can_redo: false,
            },
        }
    }

    fn rejected(number: u64) -> FromSession {
        FromSession::Done {
            number,
            outcome: Outcome::Rejected {
                reason: String::new(),
            },
        }
    }

    fn status(device: DeviceState) -> FromSession {
        FromSession::Status(SyncStatus {
            device,
            relay: RelayState::Offline,
            unsent: 0,
            refused: 0,
            last_contact: None,
        })
    }
}
