//! Which tab of a browser leads: it alone writes, connects and applies. Pure.
//!
//! The lock of the backlog decides, and frees itself when a tab dies. A browser may freeze a hidden tab together with
//! its lock: a visible tab then steals it, and the claim that a new leader makes in the storage fences the old one.
//! Where there are no locks (plain `http` beyond localhost), silence decides instead, and the same fence keeps two
//! leaders from writing.

use shared::time::Timestamp;

use crate::platform::locks::Want;

/// A leader says so this often.
pub const BEAT_MS: i64 = 2_000;
/// A hidden leader that is silent for so long counts as frozen.
pub const FROZEN_MS: i64 = 6_000;
/// A leader that never answered, though it holds the lock, counts as frozen after this long: more than the longest slice of
/// work, since one that is merely busy need not be replaced.
pub const UNHEARD_MS: i64 = 10_000;
/// Without locks: how long a new tab waits for a leader's answer.
pub const ANSWER_MS: i64 = 1_500;

/// What a tab learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// The lock is ours.
    Granted,
    /// The storage is claimed and the session stands.
    Claimed {
        /// Under this epoch.
        epoch: u64,
    },
    /// The lock was stolen, or a write was refused because somebody else has claimed the storage.
    Deposed,
    /// Somebody leads.
    Led {
        /// Under this epoch.
        epoch: u64,
        /// Whether their page is hidden.
        hidden: bool,
    },
    /// A tab wants to know who leads.
    Asked,
    /// A tab of another build is at work.
    Foreign,
    /// Whether the person can see this tab.
    Visible(bool),
    /// Time has passed.
    Tick,
}

/// What a tab does about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Ask the other tabs who leads.
    Ask,
    /// Request the lock.
    Lock(Want),
    /// Claim the storage and make the session.
    Claim,
    /// Say that this tab leads.
    Announce,
    /// Let go of lock, session, socket.
    StepDown,
    /// The page has to say what is pending: there is a leader that has not heard it.
    Connected,
    /// The page has to wait.
    Disconnected,
    /// Tell the person that a tab runs another version.
    WarnOfOtherVersion,
}

/// One tab's part in it.
#[derive(Debug)]
pub struct Election {
    role: Role,
    locks: bool,
    visible: bool,
    warned: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Following {
        leader: Option<Leader>,
        since: Timestamp,
        stealing: bool,
    },
    Claiming,
    Leading {
        epoch: u64,
        announced: Timestamp,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leader {
    epoch: u64,
    heard: Timestamp,
    hidden: bool,
}

impl Election {
    /// A tab that has just come. `locks`: whether this browser has them here.
    #[must_use]
    pub fn new(locks: bool, now: Timestamp) -> (Self, Vec<Order>) {
        let election = Self {
            role: Role::following(now),
            locks,
            visible: true,
            warned: false,
        };
        let orders = election.apply_for_leadership();
        (election, orders)
    }

    /// The epoch of the leader to speak to: another tab, or this one.
    #[must_use]
    pub fn leader(&self) -> Option<u64> {
        match self.role {
            Role::Following { leader, .. } => leader.map(|leader| leader.epoch),
            Role::Claiming => None,
            Role::Leading { epoch, .. } => Some(epoch),
        }
    }

    /// The epoch under which this tab leads.
    #[must_use]
    pub fn leading(&self) -> Option<u64> {
        match self.role {
            Role::Leading { epoch, .. } => Some(epoch),
            Role::Following { .. } | Role::Claiming => None,
        }
    }

    /// Whether the person can see this tab.
    #[must_use]
    pub fn visible(&self) -> bool {
        self.visible
    }

    /// Takes in what was learned.
    pub fn handle(&mut self, learned: Learned, now: Timestamp) -> Vec<Order> {
        match learned {
            Learned::Granted => self.handle_granted(),
            Learned::Claimed { epoch } => self.handle_claimed(epoch, now),
            Learned::Deposed => self.handle_deposed(now),
            Learned::Led { epoch, hidden } => self.handle_led(epoch, hidden, now),
            Learned::Asked => self.announce(now),
            Learned::Foreign => self.handle_foreign(),
            Learned::Visible(visible) => self.handle_visible(visible, now),
            Learned::Tick => self.handle_tick(now),
        }
    }

    fn apply_for_leadership(&self) -> Vec<Order> {
        if self.locks {
            vec![Order::Ask, Order::Lock(Want::Wait)]
        } else {
            vec![Order::Ask]
        }
    }

    fn handle_granted(&mut self) -> Vec<Order> {
        match self.role {
            Role::Following { .. } => {
                self.role = Role::Claiming;
                vec![Order::Disconnected, Order::Claim]
            }
            // A second request of ours, made to steal, was granted after the first.
            Role::Claiming | Role::Leading { .. } => Vec::new(),
        }
    }

    fn handle_claimed(&mut self, epoch: u64, now: Timestamp) -> Vec<Order> {
        match self.role {
            Role::Claiming => {
                self.role = Role::Leading {
                    epoch,
                    announced: now,
                };
                vec![Order::Announce, Order::Connected]
            }
            // Deposed while claiming: the successor's claim came later than ours, or will fence it.
            Role::Following { .. } | Role::Leading { .. } => vec![Order::StepDown],
        }
    }

    fn handle_deposed(&mut self, now: Timestamp) -> Vec<Order> {
        match self.role {
            Role::Following { .. } => Vec::new(),
            Role::Claiming | Role::Leading { .. } => {
                self.role = Role::following(now);
                let mut orders = vec![Order::StepDown, Order::Disconnected];
                orders.extend(self.apply_for_leadership());
                orders
            }
        }
    }

    fn handle_led(&mut self, epoch: u64, hidden: bool, now: Timestamp) -> Vec<Order> {
        match &mut self.role {
            Role::Following { leader, .. } => {
                let known = leader.map(|leader| leader.epoch);
                if known.is_some_and(|known| known > epoch) {
                    return Vec::new();
                }
                *leader = Some(Leader {
                    epoch,
                    heard: now,
                    hidden,
                });
                if known == Some(epoch) {
                    Vec::new()
                } else {
                    vec![Order::Connected]
                }
            }
            Role::Claiming => Vec::new(),
            Role::Leading { epoch: own, .. } if *own < epoch => self.handle_deposed(now),
            Role::Leading { .. } => Vec::new(),
        }
    }

    fn handle_foreign(&mut self) -> Vec<Order> {
        if std::mem::replace(&mut self.warned, true) {
            return Vec::new();
        }
        vec![Order::WarnOfOtherVersion]
    }

    fn handle_visible(&mut self, visible: bool, now: Timestamp) -> Vec<Order> {
        if std::mem::replace(&mut self.visible, visible) == visible {
            return Vec::new();
        }
        self.announce(now)
    }

    fn announce(&mut self, now: Timestamp) -> Vec<Order> {
        match &mut self.role {
            Role::Leading { announced, .. } => {
                *announced = now;
                vec![Order::Announce]
            }
            Role::Following { .. } | Role::Claiming => Vec::new(),
        }
    }

    fn handle_tick(&mut self, now: Timestamp) -> Vec<Order> {
        match self.role {
            Role::Leading { announced, .. } if now.ms_since(announced) >= BEAT_MS => {
                self.announce(now)
            }
            Role::Following {
                leader,
                since,
                stealing,
            } if self.locks => self.steal_from_frozen(leader, since, stealing, now),
            Role::Following { leader, since, .. } => self.stand_in_silence(leader, since, now),
            Role::Leading { .. } | Role::Claiming => Vec::new(),
        }
    }

    fn steal_from_frozen(
        &mut self,
        leader: Option<Leader>,
        since: Timestamp,
        stealing: bool,
        now: Timestamp,
    ) -> Vec<Order> {
        let frozen = match leader {
            Some(leader) => leader.hidden && now.ms_since(leader.heard) >= FROZEN_MS,
            None => now.ms_since(since) >= UNHEARD_MS,
        };
        if !frozen || !self.visible || stealing {
            return Vec::new();
        }
        self.role = Role::Following {
            leader,
            since,
            stealing: true,
        };
        vec![Order::Lock(Want::Steal)]
    }

    fn stand_in_silence(
        &mut self,
        leader: Option<Leader>,
        since: Timestamp,
        now: Timestamp,
    ) -> Vec<Order> {
        let silent = match leader {
            Some(leader) => now.ms_since(leader.heard) >= FROZEN_MS,
            None => now.ms_since(since) >= ANSWER_MS,
        };
        if silent && self.visible {
            return self.handle_granted();
        }
        Vec::new()
    }
}

impl Role {
    fn following(now: Timestamp) -> Self {
        Self::Following {
            leader: None,
            since: now,
            stealing: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Timestamp = Timestamp::from_ms(1_000_000);

    #[test]
    fn the_tab_that_gets_the_lock_claims_then_announces_then_serves_its_page() {
        let (mut tab, orders) = Election::new(true, START);
        assert_eq!(orders, [Order::Ask, Order::Lock(Want::Wait)]);
        assert_eq!(tab.leader(), None);
        assert_eq!(
            tab.handle(Learned::Granted, START),
            [Order::Disconnected, Order::Claim]
        );
        assert_eq!(
            tab.handle(Learned::Claimed { epoch: 5 }, START),
            [Order::Announce, Order::Connected]
        );
        assert_eq!((tab.leading(), tab.leader()), (Some(5), Some(5)));
        assert_eq!(tab.handle(Learned::Asked, START), [Order::Announce]);
        assert_eq!(tab.handle(Learned::Tick, at(BEAT_MS - 1)), []);
        assert_eq!(tab.handle(Learned::Tick, at(BEAT_MS)), [Order::Announce]);
    }

    #[test]
    fn a_follower_says_what_is_pending_once_to_each_new_leader() {
        let mut tab = follower_of(5, false);
        assert_eq!(tab.handle(led(5, false), at(2_000)), []);
        assert_eq!(tab.handle(led(6, false), at(3_000)), [Order::Connected]);
        assert_eq!(tab.leader(), Some(6));
    }

    #[test]
    fn a_frozen_leader_that_wakes_up_is_not_listened_to() {
        let mut tab = follower_of(6, false);
        assert_eq!(tab.handle(led(5, false), at(100)), []);
        assert_eq!(tab.leader(), Some(6));
    }

    #[test]
    fn a_silent_leader_is_replaced_only_if_it_was_hidden_and_we_are_visible() {
        let mut tab = follower_of(5, false);
        assert_eq!(tab.handle(Learned::Tick, at(60_000)), []);

        let mut tab = follower_of(5, true);
        assert_eq!(tab.handle(Learned::Tick, at(FROZEN_MS - 1)), []);
        tab.handle(Learned::Visible(false), at(FROZEN_MS - 1));
        assert_eq!(tab.handle(Learned::Tick, at(FROZEN_MS)), []);
        tab.handle(Learned::Visible(true), at(FROZEN_MS));
        assert_eq!(
            tab.handle(Learned::Tick, at(FROZEN_MS)),
            [Order::Lock(Want::Steal)]
        );
        assert_eq!(tab.handle(Learned::Tick, at(FROZEN_MS + 1_000)), []);
        assert_eq!(
            tab.handle(Learned::Granted, at(FROZEN_MS + 1_000)),
            [Order::Disconnected, Order::Claim]
        );
    }

    #[test]
    fn a_leader_that_was_frozen_before_we_came_is_replaced_too() {
        let (mut tab, _) = Election::new(true, START);
        assert_eq!(tab.handle(Learned::Tick, at(UNHEARD_MS - 1)), []);
        assert_eq!(
            tab.handle(Learned::Tick, at(UNHEARD_MS)),
            [Order::Lock(Want::Steal)]
        );
    }

    #[test]
    fn a_leader_that_lost_its_lock_lets_go_and_waits_for_its_turn() {
        let mut tab = leader(5);
        assert_eq!(
            tab.handle(Learned::Deposed, at(10)),
            [
                Order::StepDown,
                Order::Disconnected,
                Order::Ask,
                Order::Lock(Want::Wait)
            ]
        );
        assert_eq!(tab.handle(Learned::Deposed, at(11)), []);
        assert_eq!(tab.handle(led(6, false), at(12)), [Order::Connected]);
    }

    #[test]
    fn who_is_deposed_while_claiming_does_not_lead_afterwards() {
        let (mut tab, _) = Election::new(true, START);
        tab.handle(Learned::Granted, START);
        tab.handle(Learned::Deposed, START);
        assert_eq!(
            tab.handle(Learned::Claimed { epoch: 5 }, START),
            [Order::StepDown]
        );
        assert_eq!(tab.leading(), None);
    }

    #[test]
    fn without_locks_silence_decides_and_the_later_claim_wins() {
        let (mut tab, orders) = Election::new(false, START);
        assert_eq!(orders, [Order::Ask]);
        assert_eq!(tab.handle(Learned::Tick, at(ANSWER_MS - 1)), []);
        assert_eq!(
            tab.handle(Learned::Tick, at(ANSWER_MS)),
            [Order::Disconnected, Order::Claim]
        );
        tab.handle(Learned::Claimed { epoch: 5 }, at(ANSWER_MS));
        assert_eq!(
            tab.handle(led(6, false), at(ANSWER_MS + 5)),
            [Order::StepDown, Order::Disconnected, Order::Ask]
        );

        let (mut tab, _) = Election::new(false, START);
        tab.handle(led(5, false), at(10));
        assert_eq!(tab.handle(Learned::Tick, at(FROZEN_MS)), []);
        assert_eq!(
            tab.handle(Learned::Tick, at(10 + FROZEN_MS)),
            [Order::Disconnected, Order::Claim]
        );
    }

    #[test]
    fn another_build_is_warned_of_once() {
        let (mut tab, _) = Election::new(true, START);
        assert_eq!(
            tab.handle(Learned::Foreign, START),
            [Order::WarnOfOtherVersion]
        );
        assert_eq!(tab.handle(Learned::Foreign, START), []);
    }

    fn follower_of(epoch: u64, hidden: bool) -> Election {
        let (mut tab, _) = Election::new(true, START);
        assert_eq!(tab.handle(led(epoch, hidden), START), [Order::Connected]);
        tab
    }

    fn leader(epoch: u64) -> Election {
        let (mut tab, _) = Election::new(true, START);
        tab.handle(Learned::Granted, START);
        tab.handle(Learned::Claimed { epoch }, START);
        tab
    }

    fn led(epoch: u64, hidden: bool) -> Learned {
        Learned::Led { epoch, hidden }
    }

    fn at(ms: i64) -> Timestamp {
        START.plus_ms(ms)
    }
}
