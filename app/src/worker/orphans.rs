//! Tabs that went before the document was there, and left intents in the outbox: a leader carries them out in their
//! stead. Pure.

use std::collections::BTreeMap;

use shared::{
    ids::TabId,
    session::messages::{FromSession, ToSession},
};

use crate::platform::{indexed_db::backlogs::Kept, link::KeptIntent, pending::Pending};

/// The tabs whose intents a leader has taken over.
#[derive(Debug, Default)]
pub struct Orphans {
    tabs: BTreeMap<TabId, Pending>,
}

/// Intents of an orphan that the document has for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settled {
    /// The last of them.
    pub up_to: u64,
    /// Whether nothing is left: the tab can be given up.
    pub all: bool,
}

impl Orphans {
    /// Takes over an outbox; answers what is to be said in the tabs' stead, in order. A tab that is still there says it
    /// again itself, which does no harm: the session knows the numbers. `own` tab is one of those.
    pub fn adopt(&mut self, outbox: &[Kept], own: TabId) -> Vec<(TabId, ToSession)> {
        let mut all = Vec::new();
        for kept in outbox.iter().filter(|kept| kept.tab != own) {
            // What a former build kept, and this one can't read, is given up by the storage after some tries.
            let Ok(intent) = postcard::from_bytes::<KeptIntent>(&kept.bytes) else {
                continue;
            };
            let pending = self.tabs.entry(kept.tab).or_insert_with(|| {
                let attach = ToSession::Attach {
                    person: intent.person,
                    profile: intent.profile,
                };
                all.push((kept.tab, attach.clone()));
                Pending::new(attach)
            });
            pending.say(intent.message.clone());
            all.push((kept.tab, intent.message));
        }
        all
    }

    /// Notes what the session answers to a tab, which may be an orphan.
    pub fn hear(&mut self, tab: TabId, message: &FromSession) -> Option<Settled> {
        let pending = self.tabs.get_mut(&tab)?;
        let up_to = pending.hear(message)?;
        let all = pending.unsettled() == 0;
        if all {
            self.tabs.remove(&tab);
        }
        Some(Settled { up_to, all })
    }

    /// Another leader takes over.
    pub fn clear(&mut self) {
        self.tabs.clear();
    }
}

#[cfg(test)]
mod tests {
    use shared::{
        ids::PersonId,
        model::Person,
        session::messages::{DeviceState, Outcome, RelayState, SyncStatus},
    };

    use super::*;

    #[test]
    fn an_orphans_intents_are_said_in_order_after_who_gave_them() {
        let mut orphans = Orphans::default();
        let outbox = [
            kept(tab('1'), 1),
            kept(tab('1'), 2),
            kept(tab('2'), 7),
            kept(tab('3'), 1),
        ];
        let said = orphans.adopt(&outbox, tab('3'));
        assert_eq!(
            said,
            [
                (tab('1'), attach()),
                (tab('1'), ToSession::Undo { number: 1 }),
                (tab('1'), ToSession::Undo { number: 2 }),
                (tab('2'), attach()),
                (tab('2'), ToSession::Undo { number: 7 }),
            ]
        );
    }

    #[test]
    fn an_orphan_is_given_up_when_all_of_it_is_saved() {
        let mut orphans = Orphans::default();
        orphans.adopt(&[kept(tab('1'), 1), kept(tab('1'), 2)], tab('3'));
        assert_eq!(orphans.hear(tab('2'), &saved()), None);
        assert_eq!(orphans.hear(tab('1'), &applied(1)), None);
        assert_eq!(
            orphans.hear(tab('1'), &saved()),
            Some(Settled {
                up_to: 1,
                all: false
            })
        );
        assert_eq!(orphans.hear(tab('1'), &applied(2)), None);
        assert_eq!(
            orphans.hear(tab('1'), &saved()),
            Some(Settled {
                up_to: 2,
                all: true
            })
        );
        assert_eq!(orphans.hear(tab('1'), &saved()), None);
    }

    #[test]
    fn an_unreadable_intent_is_passed_over() {
        let mut orphans = Orphans::default();
        let unreadable = Kept {
            tab: tab('1'),
            number: 1,
            bytes: vec![255; 3],
        };
        assert_eq!(orphans.adopt(&[unreadable], tab('3')), []);
    }

    fn tab(digit: char) -> TabId {
        String::from(digit)
            .repeat(12)
            .parse()
            .expect("twelve digits are an id")
    }

    fn attach() -> ToSession {
        let (person, profile) = ada();
        ToSession::Attach { person, profile }
    }

    fn ada() -> (PersonId, Person) {
        let profile = Person {
            name: "Ada".to_owned(),
            colour: 1,
        };
        (PersonId::from_bytes([1; 16]), profile)
    }

    fn kept(tab: TabId, number: u64) -> Kept {
        let (person, profile) = ada();
        let intent = KeptIntent {
            person,
            profile,
            message: ToSession::Undo { number },
        };
        Kept {
            tab,
            number,
            bytes: postcard::to_stdvec(&intent).expect("plain data"),
        }
    }

    fn applied(number: u64) -> FromSession {
        FromSession::Done {
            number,
            outcome: Outcome::Applied {
                said: String::new(),
                can_undo: true,
                can_redo: false,
            },
        }
    }

    fn saved() -> FromSession {
        FromSession::Status(SyncStatus {
            device: DeviceState::Saved,
            relay: RelayState::Offline,
            unsent: 0,
            refused: 0,
            last_contact: None,
        })
    }
}
