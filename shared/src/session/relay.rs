//! The browser's end of the wire protocol (`PROTOCOL.md`).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use rand::Rng;

use crate::{
    document::{Backlog, Reauthored},
    gate,
    ids::TabId,
    session::{
        Effect, Session,
        core::Stage,
        messages::{DeviceState, FromSession, Level, Present, RelayState, SyncStatus},
        trust::is_own,
    },
    sync::frame::{
        self, CHANGES_BYTES_MAX, ClientFrame, Cursor, Epoch, Goodbye, HASHES_PER_FRAME_MAX, Hash,
        Known, Mark, PROTOCOL_VERSION, Presence, RefusalCode, RelayFrame,
    },
    time::Timestamp,
};

/// How many pushes may be unanswered.
const PUSHES_MAX: usize = 8;
/// The first pause before connecting again, in milliseconds; it doubles up to [`BACKOFF_MAX_MS`].
const BACKOFF_MS: i64 = 500;
const BACKOFF_MAX_MS: i64 = 30_000;
/// How long a link that opens nothing rests, in milliseconds: somebody may give it its right back.
const BARRED_MS: i64 = 300_000;
/// A connection that owes an answer and says nothing for this long is given up, in milliseconds.
const PATIENCE_MS: i64 = 30_000;
/// A relay that says nothing for this long since it could not store is asked again by a new connection, in milliseconds.
const TROUBLE_MS: i64 = 300_000;

/// Said when unsent changes got other names.
pub(super) const WRITTEN_AGAIN: &str =
    "Another browser wrote under this one's name. Your unsent changes were written again.";

/// The connection and what it still has to carry.
#[derive(Debug, Default)]
pub(super) struct Relay {
    link: Link,
    attempts: u32,
    connect_at: Option<Timestamp>,
    /// When a connection that says nothing is given up, while something is expected of it.
    patience: Option<Timestamp>,
    cursor: Option<Cursor>,
    /// Own changes without acknowledgement, in order.
    unsent: VecDeque<Unsent>,
    waits: BTreeSet<Hash>,
    /// Those of them that the relay has on disk. They are unsent until the log itself brings them, since only what the
    /// cursor covers is missed when the relay's disk is put back.
    acknowledged: BTreeSet<Hash>,
    refused: Vec<Hash>,
    pushes: BTreeMap<u64, Vec<Hash>>,
    next_batch: u64,
    snapshot: Option<Cursor>,
    last_seq: u64,
    troubled: Option<String>,
    turned_away: Option<String>,
    /// Said by the relay before it ends the connection: the link opens the backlog no more.
    barred: Option<String>,
    peer: u64,
    roster: BTreeMap<u64, Presence>,
    announced: Option<Presence>,
    last_contact: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Unsent {
    hash: Hash,
    durable: bool,
    in_flight: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Link {
    #[default]
    Down,
    Dialling,
    Greeting,
    /// Comparing with the log of this epoch.
    Reconciling(Epoch),
    FetchingSnapshot,
    Up,
}

impl Relay {
    pub(super) fn restore(
        &mut self,
        cursor: Option<Cursor>,
        unsent: Vec<Hash>,
        refused: Vec<Hash>,
    ) {
        self.cursor = cursor;
        self.waits = unsent.iter().copied().collect();
        self.unsent = unsent
            .into_iter()
            .map(|hash| Unsent {
                hash,
                durable: true,
                in_flight: false,
            })
            .collect();
        self.refused = refused;
    }

    /// What this device holds of the log is not known any more: the next connection compares hashes.
    pub(super) fn forget_cursor(&mut self) {
        self.cursor = None;
    }

    /// Changes that the relay refused for good in an earlier session.
    pub(super) fn remember_refused(&mut self, refused: Vec<Hash>) {
        for hash in refused {
            if !self.refused.contains(&hash) {
                self.refused.push(hash);
            }
        }
    }

    pub(super) fn to_keep(&self) -> (Option<Cursor>, Vec<Hash>, Vec<Hash>) {
        (
            self.cursor,
            self.unsent.iter().map(|unsent| unsent.hash).collect(),
            self.refused.clone(),
        )
    }

    pub(super) fn queue(&mut self, hash: Hash) {
        if self.waits.insert(hash) {
            self.unsent.push_back(Unsent {
                hash,
                durable: false,
                in_flight: false,
            });
        }
    }

    pub(super) fn are_durable(&mut self, hashes: &[Hash]) {
        let hashes: BTreeSet<&Hash> = hashes.iter().collect();
        for unsent in self
            .unsent
            .iter_mut()
            .filter(|unsent| hashes.contains(&unsent.hash))
        {
            unsent.durable = true;
        }
    }

    fn is_sent(&mut self, hash: &Hash) {
        self.acknowledged.remove(hash);
        if self.waits.remove(hash) {
            self.unsent.retain(|unsent| unsent.hash != *hash);
        }
    }

    fn are_sent(&mut self, hashes: &[Hash]) {
        let before = self.waits.len();
        for hash in hashes {
            self.waits.remove(hash);
            self.acknowledged.remove(hash);
        }
        if self.waits.len() < before {
            let waits = &self.waits;
            self.unsent.retain(|unsent| waits.contains(&unsent.hash));
        }
    }

    /// The relay has these on disk under these numbers. Those that the cursor covers were on their way a second time.
    fn are_acknowledged(&mut self, changes: &[(Hash, u64)]) {
        let covered = self.cursor.map_or(0, |cursor| cursor.mark.seq);
        let (here, ahead): (Vec<_>, Vec<_>) = changes
            .iter()
            .copied()
            .partition(|(_, seq)| *seq <= covered);
        let here: Vec<Hash> = here.into_iter().map(|(hash, _)| hash).collect();
        self.are_sent(&here);
        let ahead = ahead.into_iter().map(|(hash, _)| hash);
        let waits = &self.waits;
        self.acknowledged
            .extend(ahead.filter(|hash| waits.contains(hash)));
    }

    /// How many own changes the relay is not known to have on disk.
    pub(super) fn unsent_count(&self) -> u64 {
        self.unsent.len().saturating_sub(self.acknowledged.len()) as u64
    }

    fn send_all_again(&mut self) {
        self.pushes.clear();
        self.acknowledged.clear();
        for unsent in &mut self.unsent {
            unsent.in_flight = false;
        }
    }

    pub(super) fn move_deadlines(&mut self, by_ms: i64) {
        for deadline in [&mut self.connect_at, &mut self.patience] {
            *deadline = deadline.map(|at| at.plus_ms(by_ms));
        }
    }

    pub(super) const fn next_wakeup(&self) -> Option<(Timestamp, &'static str)> {
        match (self.connect_at, self.patience) {
            (Some(at), _) => Some((at, "connect")),
            (None, Some(at)) => Some((at, "give the connection up")),
            (None, None) => None,
        }
    }

    pub(super) fn status(&self, device: DeviceState) -> SyncStatus {
        let in_step = self
            .cursor
            .is_some_and(|cursor| cursor.mark.seq >= self.last_seq);
        let relay = match (&self.troubled, &self.turned_away, self.link) {
            (_, Some(reason), Link::Down | Link::Dialling) => RelayState::Refused(reason.clone()),
            (Some(reason), _, Link::Up) => RelayState::Troubled(reason.clone()),
            (_, _, Link::Up) if in_step => RelayState::Live,
            (_, _, Link::Down) => RelayState::Offline,
            _ if self.attempts > 1 && matches!(self.link, Link::Dialling) => RelayState::Offline,
            _ => RelayState::Connecting,
        };
        SyncStatus {
            device,
            relay,
            unsent: self.unsent_count(),
            refused: self.refused.len() as u64,
            last_contact: self.last_contact,
        }
    }
}

impl Session {
    pub(super) fn connect(&mut self) {
        if self.relay.link == Link::Down && matches!(self.stage, Stage::Ready) {
            self.relay.connect_at = None;
            // The answer to the write goes on from here, and no clock before it.
            if self.storage.founds_soon() {
                return;
            }
            self.relay.patience = Some(self.now.plus_ms(PATIENCE_MS));
            self.relay.link = Link::Dialling;
            self.effects.push(Effect::Connect);
        }
    }

    pub(super) fn wake(&mut self) {
        self.relay.attempts = 0;
        self.connect();
    }

    pub(super) fn tick_relay(&mut self) {
        if self.relay.connect_at.is_some_and(|at| at <= self.now) {
            self.connect();
        } else if self.relay.patience.is_some_and(|at| at <= self.now) {
            self.hang_up();
        }
    }

    pub(super) fn send(&mut self, frame: &ClientFrame) {
        self.effects.push(Effect::Send(frame::encode(frame)));
    }

    pub(super) fn handle_connected(&mut self) {
        self.relay.link = Link::Greeting;
        self.relay.patience = Some(self.now.plus_ms(PATIENCE_MS));
        let holds_changes = !self.backlog.heads().is_empty();
        let hello = ClientFrame::Hello {
            protocol: PROTOCOL_VERSION,
            document: self.open.document,
            person: self.open.person,
            cursor: self.relay.cursor.filter(|_| holds_changes),
            holds_changes,
        };
        self.send(&hello);
    }

    pub(super) fn handle_disconnected(&mut self) {
        if let Some(reason) = self.relay.barred.take() {
            return self.handle_turned_away(reason, true);
        }
        let relay = &mut self.relay;
        relay.link = Link::Down;
        relay.patience = None;
        relay.troubled = None;
        relay.snapshot = None;
        relay.announced = None;
        relay.send_all_again();
        let ceiling = (BACKOFF_MS << relay.attempts.min(6)).min(BACKOFF_MAX_MS);
        relay.attempts = relay.attempts.saturating_add(1);
        let pause = self.rng.random_range(ceiling / 2..=ceiling);
        self.relay.connect_at = Some(self.now.plus_ms(pause));
        if !self.relay.roster.is_empty() {
            self.relay.roster.clear();
            self.show_presence();
        }
    }

    /// The relay opens the backlog to nobody by this link, or not now.
    pub(super) fn handle_turned_away(&mut self, reason: String, lasting: bool) {
        if self.relay.link == Link::Down {
            return;
        }
        self.handle_disconnected();
        self.relay.turned_away = Some(reason);
        if lasting {
            self.relay.connect_at = Some(self.now.plus_ms(BARRED_MS));
        }
    }

    /// Drops the connection, if there is one, and makes another.
    pub(super) fn connect_anew(&mut self) {
        if self.relay.link != Link::Down {
            self.hang_up();
        }
        self.relay.turned_away = None;
        self.wake();
    }

    /// These own changes are not for the relay any more.
    pub(super) fn relay_forgets(&mut self, hashes: &[Hash]) {
        self.relay.are_sent(hashes);
    }

    fn hang_up(&mut self) {
        self.effects.push(Effect::Disconnect);
        self.handle_disconnected();
    }

    pub(super) fn handle_frame(&mut self, bytes: &[u8]) {
        if self.relay.link == Link::Down {
            return;
        }
        let Ok(frame) = frame::decode::<RelayFrame>(bytes) else {
            self.relay.turned_away = Some(
                "The relay sends what this version can't read. Load the page anew.".to_owned(),
            );
            self.hang_up();
            return;
        };
        self.relay.last_contact = Some(self.now);
        match frame {
            RelayFrame::Welcome {
                epoch,
                last_seq,
                snapshot,
                reconcile,
                peer,
            } => {
                self.welcome(epoch, last_seq, snapshot, reconcile, peer);
            }
            RelayFrame::Acknowledged { batch, changes } => self.acknowledged(batch, &changes),
            RelayFrame::Refused {
                batch: _,
                hash,
                code,
                detail,
            } => self.refused(hash, code, &detail),
            RelayFrame::Changes {
                from_seq,
                changes,
                last_seq,
            } => self.take_changes(from_seq, changes, last_seq),
            RelayFrame::Want {
                hashes,
                lacks_nothing_until,
                more,
            } => self.wanted(hashes, lacks_nothing_until, more),
            RelayFrame::Presence { peer, present } => self.take_presence(peer, present),
            RelayFrame::Troubled { detail } => {
                self.relay.troubled = Some(detail);
            }
            RelayFrame::Recovered => {
                self.relay.troubled = None;
                self.relay.send_all_again();
            }
            RelayFrame::Resume => self.pull_again(),
            RelayFrame::Access { role, name } => self.take_access(role, name),
            RelayFrame::Unverified { spans, until } => self.take_unverified(&spans, until),
            RelayFrame::Goodbye { reason, detail } => self.goodbye(reason, detail),
        }
        let patience_ms = match self.relay.link {
            Link::Down | Link::FetchingSnapshot => None,
            Link::Dialling | Link::Greeting | Link::Reconciling(_) => Some(PATIENCE_MS),
            Link::Up if !self.relay.pushes.is_empty() => Some(PATIENCE_MS),
            Link::Up => self.relay.troubled.is_some().then_some(TROUBLE_MS),
        };
        self.relay.patience = patience_ms.map(|wait| self.now.plus_ms(wait));
    }

    fn pull_again(&mut self) {
        if let (Link::Up, Some(cursor)) = (self.relay.link, self.relay.cursor) {
            self.ask_for_doubts(cursor);
            self.send(&ClientFrame::Pull {
                after: cursor.mark.seq,
            });
        }
    }

    fn welcome(
        &mut self,
        epoch: u64,
        last_seq: u64,
        snapshot: Option<Mark>,
        reconcile: bool,
        peer: u64,
    ) {
        self.relay.attempts = 0;
        self.relay.turned_away = None;
        self.relay.peer = peer;
        self.relay.last_seq = last_seq;
        if reconcile {
            // The cursor is of the new log only when the last Want says so (R6).
            self.relay.link = Link::Reconciling(epoch);
            self.forget_what_was_told();
            self.relay.cursor = None;
            // What is not durable here yet must wait for that before it is sent.
            self.relay.unsent.retain(|unsent| !unsent.durable);
            self.relay.acknowledged.clear();
            self.relay.waits = self.relay.unsent.iter().map(|unsent| unsent.hash).collect();
            let hashes = self.backlog.changes();
            let parts = hashes.chunks(HASHES_PER_FRAME_MAX).collect::<Vec<_>>();
            let count = parts.len().max(1);
            for part in 0..count {
                let hashes = parts
                    .get(part)
                    .map(|part| part.to_vec())
                    .unwrap_or_default();
                self.send(&ClientFrame::Have {
                    hashes,
                    last: part + 1 == count,
                });
            }
            return;
        }
        let fresh = self.backlog.heads().is_empty();
        if let (true, Some(mark)) = (fresh, snapshot) {
            self.relay.link = Link::FetchingSnapshot;
            self.relay.snapshot = Some(Cursor { epoch, mark });
            self.effects.push(Effect::FetchSnapshot);
            return;
        }
        let mark = self
            .relay
            .cursor
            .filter(|cursor| cursor.epoch == epoch && !fresh)
            .map_or_else(Mark::default, |cursor| cursor.mark);
        self.pull(Cursor { epoch, mark });
    }

    fn pull(&mut self, cursor: Cursor) {
        self.relay.cursor = Some(cursor);
        self.relay.link = Link::Up;
        self.storage.note();
        self.ask_for_doubts(cursor);
        self.send(&ClientFrame::Pull {
            after: cursor.mark.seq,
        });
        self.announce_presence();
    }

    pub(super) fn handle_snapshot(&mut self, result: Result<Vec<u8>, String>) {
        let Some(cursor) = self.relay.snapshot.take() else {
            return;
        };
        let loaded = match result {
            Ok(bytes) => Backlog::load(&bytes, self.open.person, self.storage.actor)
                .and_then(|mut backlog| backlog.read_all().map(|()| (backlog, bytes)))
                .map_err(|error| error.to_string()),
            Err(reason) => Err(reason),
        };
        match loaded {
            Ok((backlog, bytes)) => {
                self.hold(backlog);
                self.record_snapshot(bytes);
                self.storage.view_is_stale(self.now);
                self.show_view();
                self.pull(cursor);
            }
            // The log has everything too; it only takes longer.
            Err(_) => self.pull(Cursor {
                mark: Mark::default(),
                ..cursor
            }),
        }
    }

    fn wanted(&mut self, hashes: Vec<Hash>, lacks_nothing_until: Mark, more: bool) {
        let Link::Reconciling(epoch) = self.relay.link else {
            return;
        };
        for hash in hashes {
            let wanted = self.backlog.contains(&hash) && self.may_push(&hash);
            if wanted && self.relay.waits.insert(hash) {
                self.relay.unsent.push_back(Unsent {
                    hash,
                    durable: true,
                    in_flight: false,
                });
            }
        }
        if !more {
            // What was not durable yet may build on what is wanted again.
            self.unsent_in_order();
            self.pull(Cursor {
                epoch,
                mark: lacks_nothing_until,
            });
        }
    }

    fn take_changes(&mut self, from_seq: u64, changes: Vec<Vec<u8>>, last_seq: u64) {
        let Some(cursor) = self.relay.cursor else {
            return;
        };
        if from_seq > cursor.mark.seq + 1 {
            // Something in between was lost: ask again from where we are.
            self.pull_again();
            return;
        }
        self.relay.last_seq = last_seq;
        let was_ready = self.backlog.is_ready();
        let mut seq = from_seq.saturating_sub(1);
        let mut known = Vec::new();
        let mut mark = cursor.mark;
        for bytes in changes {
            seq += 1;
            if seq > mark.seq {
                mark = mark.then(&gate::name_of(&bytes));
            }
            match self.backlog.absorb(&bytes, true) {
                Ok((hash, true)) => {
                    self.record_other(bytes);
                    self.note_other(&hash);
                }
                Ok((hash, false)) => known.push(hash),
                // The log may hold another change of our actor under the same number.
                Err(_)
                    if self
                        .displaced_by(&bytes)
                        .is_some_and(|own| self.write_again(own)) =>
                {
                    match self.backlog.absorb(&bytes, true) {
                        Ok(_) => self.record_other(bytes),
                        Err(error) => self.unusable(&error.to_string()),
                    }
                }
                Err(error) => self.unusable(&error.to_string()),
            }
        }
        // What comes back from the log is on the relay's disk, even where the acknowledgement was lost.
        self.relay.are_sent(&known);
        if seq > cursor.mark.seq {
            self.relay.cursor = Some(Cursor { mark, ..cursor });
            self.storage.note();
            if seq < last_seq {
                self.send(&ClientFrame::Seen { seq });
            }
        }
        if was_ready || last_seq == seq {
            self.show_patch(None);
        }
        if !was_ready && self.backlog.is_ready() {
            self.show_view();
        }
    }

    /// The log that this session follows.
    pub(super) fn relay_epoch(&self) -> Option<Epoch> {
        self.relay.cursor.map(|cursor| cursor.epoch)
    }

    /// The last number of that log, as the relay last said.
    pub(super) const fn relay_last_seq(&self) -> u64 {
        self.relay.last_seq
    }

    /// Sends what is durable here and not on its way yet.
    pub(super) fn push_changes(&mut self) {
        if self.relay.link != Link::Up || self.relay.troubled.is_some() {
            return;
        }
        while self.relay.pushes.len() < PUSHES_MAX {
            let mut batch = Vec::new();
            let (mut changes, mut passed_on) = (Vec::new(), Vec::new());
            let mut bytes_in_batch = 0;
            for unsent in self
                .relay
                .unsent
                .iter_mut()
                .skip_while(|unsent| unsent.in_flight)
            {
                if !unsent.durable || unsent.in_flight {
                    break;
                }
                let Some(bytes) = self.backlog.change(&unsent.hash) else {
                    unsent.in_flight = true;
                    continue;
                };
                if !changes.is_empty() && bytes_in_batch + bytes.len() > CHANGES_BYTES_MAX {
                    break;
                }
                bytes_in_batch += bytes.len();
                if !is_own(&self.trust, &self.backlog, &unsent.hash) {
                    passed_on.extend(u32::try_from(changes.len()));
                }
                unsent.in_flight = true;
                batch.push(unsent.hash);
                changes.push(bytes);
            }
            if changes.is_empty() {
                return;
            }
            self.relay.next_batch += 1;
            self.relay.pushes.insert(self.relay.next_batch, batch);
            let patience = self.now.plus_ms(PATIENCE_MS);
            self.relay.patience.get_or_insert(patience);
            let push = ClientFrame::Push {
                batch: self.relay.next_batch,
                changes,
                passed_on,
            };
            self.send(&push);
        }
    }

    fn acknowledged(&mut self, batch: u64, changes: &[(Hash, u64)]) {
        self.relay.pushes.remove(&batch);
        self.relay.are_acknowledged(changes);
        self.storage.note();
    }

    fn refused(&mut self, hash: Hash, code: RefusalCode, detail: &str) {
        // An answer to a push from before the change was written again.
        if !self.relay.waits.contains(&hash) && code != RefusalCode::Later {
            return;
        }
        match code {
            RefusalCode::Later => {
                self.relay.troubled.get_or_insert_with(|| detail.to_owned());
            }
            RefusalCode::Needs(missing)
                if missing.iter().all(|hash| self.backlog.contains(hash)) =>
            {
                let mut again = false;
                for hash in missing {
                    if self.relay.waits.insert(hash) {
                        again = true;
                        self.relay.unsent.push_front(Unsent {
                            hash,
                            durable: true,
                            in_flight: false,
                        });
                    }
                }
                // What waits already is on its way, or comes once it is durable: others are not sent for it again.
                if again {
                    self.unsent_in_order();
                    self.relay.send_all_again();
                } else {
                    let refused = |unsent: &&mut Unsent| unsent.hash == hash;
                    for unsent in self.relay.unsent.iter_mut().filter(refused) {
                        unsent.in_flight = false;
                    }
                }
            }
            RefusalCode::ActorTaken if self.write_again(hash) => {}
            RefusalCode::Forbidden => self.set_aside(hash, detail),
            RefusalCode::Needs(_)
            | RefusalCode::ActorTaken
            | RefusalCode::Invalid
            | RefusalCode::TooLarge => {
                self.relay.is_sent(&hash);
                self.relay.refused.push(hash);
                self.storage.note();
                self.notice(
                    Level::Danger,
                    format!(
                        "The relay refused one of your changes: {detail}. It is kept on this device. Download a backup \
                         file to keep it safe."
                    ),
                );
            }
        }
    }

    /// No change waits behind one that builds on it.
    fn unsent_in_order(&mut self) {
        let changes = self.backlog.changes();
        let order: BTreeMap<Hash, usize> = changes
            .into_iter()
            .enumerate()
            .map(|(at, hash)| (hash, at))
            .collect();
        let unsent = self.relay.unsent.make_contiguous();
        unsent.sort_by_key(|unsent| order.get(&unsent.hash));
    }

    fn unusable(&mut self, error: &str) {
        self.notice(
            Level::Danger,
            format!("A change from the relay can't be used: {error}."),
        );
    }

    /// The own unsent change whose actor and number another change has.
    fn displaced_by(&self, bytes: &[u8]) -> Option<Hash> {
        let meta = gate::describe(bytes, &gate::ChangeIndex::default()).ok()?;
        let own = self.backlog.change_of(meta.actor, meta.seq)?;
        self.relay.waits.contains(&own).then_some(own)
    }

    /// Makes an unsent change and those after it again under a fresh actor, since another writer used this one.
    fn write_again(&mut self, displaced: Hash) -> bool {
        let actor = self.rng.random();
        let Ok(Reauthored {
            backlog,
            changes,
            dropped,
        }) = self.backlog.reauthored(displaced, actor)
        else {
            return false;
        };
        self.hold(backlog);
        self.storage.actor = actor;
        self.relay
            .unsent
            .retain(|unsent| !dropped.contains(&unsent.hash));
        self.relay.waits.retain(|hash| !dropped.contains(hash));
        self.relay
            .acknowledged
            .retain(|hash| !dropped.contains(hash));
        self.record_anew(&changes);
        self.show_patch(None);
        self.notice(Level::Info, WRITTEN_AGAIN);
        true
    }

    fn goodbye(&mut self, reason: Goodbye, detail: String) {
        match reason {
            Goodbye::WrongVersion | Goodbye::UnknownBacklog => {
                self.relay.turned_away = Some(detail)
            }
            Goodbye::Malformed
            | Goodbye::Busy
            | Goodbye::TooSlow
            | Goodbye::Stopping
            | Goodbye::Broken => {}
            Goodbye::NoAccess => self.relay.barred = Some(detail),
        }
    }

    fn take_presence(&mut self, peer: u64, present: Option<Presence>) {
        match present {
            _ if peer == self.relay.peer => return,
            Some(present) => drop(self.relay.roster.insert(peer, present)),
            None => drop(self.relay.roster.remove(&peer)),
        }
        self.show_presence();
    }

    fn show_presence(&mut self) {
        let message = FromSession::Presence(self.others());
        self.tell_all(&message);
    }

    pub(super) fn show_presence_to(&mut self, tab: TabId) {
        let others = self.others();
        self.tell(tab, FromSession::Presence(others));
    }

    fn others(&self) -> Vec<Present> {
        self.relay
            .roster
            .iter()
            .map(|(peer, present)| Present {
                peer: *peer,
                person: present.person,
                profile: present.profile.clone(),
                item: present.item,
                known: present.known,
            })
            .collect()
    }

    /// Tells others what this browser's person looks at: the item of the tab that last said one.
    pub(super) fn announce_presence(&mut self) {
        if self.relay.link != Link::Up {
            return;
        }
        let item = self.tabs.values().rev().find_map(|tab| tab.looks_at);
        let present = Presence {
            person: self.open.person,
            profile: self.open.profile.clone(),
            item,
            known: Known::default(),
        };
        if self.relay.announced.as_ref() != Some(&present) {
            self.send(&ClientFrame::Presence {
                profile: present.profile.clone(),
                item,
            });
            self.relay.announced = Some(present);
        }
    }
}
