//! The relay's end of Automerge's sync protocol with one stock client about one backlog.
//!
//! The protocol as automerge plays it summarises what each side has in Bloom filters over its history, at every
//! message. The relay needs them for one case only: where it holds all heads that a client names, it knows exactly what
//! that client has, and where everything it holds is on its way, it says so with its heads. Filters remain for a client
//! that brings changes of its own: they spare it to send all it has.
//!
//! It answers only when it has something to say. Automerge answers until both sides' heads are equal, which never
//! happens with a client whose change the gate refused.

use std::collections::{BTreeSet, VecDeque};

use super::{
    CHANGES_BYTES_PER_MESSAGE_MAX, CHANGES_PER_MESSAGE_MAX, DoorError, HELD_BYTES_MAX,
    UNCONFIRMED_MAX, bloom,
    sync_message::{Have, OurMessage, SyncMessage},
};
use crate::{gate::ChangeIndex, sync::frame::Hash};

/// One client's view of one backlog, as far as the relay knows it. Changes are kept as places in the index, so one
/// value of this type goes with one log for its life.
#[derive(Debug, Default)]
pub struct DoorSync {
    /// What the client said last; nothing is sent before it has spoken.
    client: Option<Client>,
    /// Changes that both sides have, with all that they are built on.
    shared: BTreeSet<u32>,
    /// What the client lacks and was not sent, in the log's order but for what it asked for.
    todo: VecDeque<u32>,
    /// What was sent and is not confirmed.
    sent: BTreeSet<u32>,
    /// How much of the log has been looked at for this client.
    considered: u32,
    said: Option<Said>,
    /// Whether the client has not spoken since the relay did.
    in_flight: bool,
    held: Vec<(Hash, Vec<u8>)>,
    /// What the held changes wait for.
    missing: BTreeSet<Hash>,
}

#[derive(Debug)]
struct Client {
    heads: Vec<Hash>,
    /// Whether all of its heads are in the log, so that it is known what it has.
    exact: bool,
    takes_document: bool,
    read_only: bool,
}

/// What the client was told last, but for changes.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    heads: Vec<Hash>,
    need: Vec<Hash>,
    /// Whether it was told what the relay has; without that it keeps its changes to itself.
    open: bool,
}

/// What a message brought.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Received {
    /// Change chunks for the gate, in this order. Known ones may be among them.
    pub changes: Vec<Vec<u8>>,
}

impl DoorSync {
    /// A client that has not spoken yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a message of the client. Bring what it holds through gate and log, then call [`Self::generate`].
    ///
    /// # Errors
    /// When the message can't be read or goes beyond its bounds; nothing has happened then.
    pub fn receive(&mut self, message: &[u8], index: &ChangeIndex) -> Result<Received, DoorError> {
        let message = SyncMessage::parse(message)?;
        self.in_flight = false;
        self.forget_what_was_lost(&message);
        let known: Vec<u32> = message
            .heads
            .iter()
            .filter_map(|head| index.stored_place(head))
            .collect();
        let exact = known.len() == message.heads.len();
        self.confirm(&known, index);
        self.share(known, exact, &message.have, index);
        if exact {
            self.plan_exactly(index);
        } else {
            self.plan_by_filters(&message, index);
        }
        self.considered = place(index.stored_len());
        let SyncMessage {
            heads,
            changes,
            takes_document,
            read_only,
            ..
        } = message;
        self.client = Some(Client {
            heads,
            exact,
            takes_document,
            read_only,
        });
        Ok(self.with_held(changes, index))
    }

    /// Keeps a change that the gate refused because it is built on others that are not here: they are asked for, and
    /// it comes out of [`Self::receive`] again when they may have come.
    ///
    /// # Errors
    /// When too much is kept already.
    pub fn hold(&mut self, hash: Hash, change: Vec<u8>, missing: &[Hash]) -> Result<(), DoorError> {
        let bytes: usize = self.held.iter().map(|(_, change)| change.len()).sum();
        if bytes + change.len() > HELD_BYTES_MAX {
            return Err(DoorError::TooManyHeld);
        }
        self.missing.extend(missing);
        self.held.push((hash, change));
        Ok(())
    }

    /// The changes that [`Self::generate`] would send now, for callers that have to load them first.
    pub fn wanted(&mut self, index: &ChangeIndex) -> Vec<Hash> {
        self.follow(index);
        let places = self.todo.iter().take(self.allowance());
        places
            .map(|place| index.hashes()[*place as usize])
            .collect()
    }

    /// Whether the client holds nothing and takes a snapshot in place of the first changes: see
    /// [`Self::generate_with_snapshot`].
    #[must_use]
    pub fn takes_snapshot(&self) -> bool {
        let fresh =
            |client: &Client| client.takes_document && !client.read_only && client.heads.is_empty();
        self.sent.is_empty() && self.client.as_ref().is_some_and(fresh)
    }

    /// The next message for the client, when there is something to say. Call it when what [`Self::receive`] brought is
    /// stored or refused, when other changes were stored, and again after each message it made until there is none.
    /// `fetch` gives the chunk of a stored change, or nothing if it is not at hand; only what comes before that is sent.
    pub fn generate(
        &mut self,
        index: &ChangeIndex,
        fetch: impl FnMut(&Hash) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        self.speak(index, None, fetch)
    }

    /// Like [`Self::generate`], with a whole document that holds the first `holds` changes of the log.
    pub fn generate_with_snapshot(
        &mut self,
        index: &ChangeIndex,
        snapshot: &[u8],
        holds: usize,
        fetch: impl FnMut(&Hash) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        if !self.takes_snapshot() {
            return self.speak(index, None, fetch);
        }
        self.follow(index);
        let holds = place(holds.min(index.stored_len()));
        self.todo.retain(|place| *place >= holds);
        let message = self.speak(index, Some(snapshot), fetch);
        self.sent.extend(0..holds);
        message
    }

    /// Messages to the client were dropped: what is not confirmed is sent again.
    pub fn lost(&mut self, index: &ChangeIndex) {
        self.sent.clear();
        self.said = None;
        self.in_flight = false;
        self.todo = index.stored_after(self.shared.iter().copied()).into();
        self.considered = place(index.stored_len());
    }

    /// A client without heads, or one that says so, has lost what it was sent; so has one that claims to have nothing
    /// beside its heads, which is how automerge says that it can't make sense of what it was told.
    fn forget_what_was_lost(&mut self, message: &SyncMessage<'_>) {
        let confused = |have: &Have<'_>| have.last_sync.is_empty() && have.filter.is_empty();
        if message.heads.is_empty() {
            self.said = None;
            self.shared.clear();
        }
        if message.heads.is_empty() || message.reset || message.have.iter().any(confused) {
            self.sent.clear();
        }
    }

    /// What the client's heads are built on has arrived.
    fn confirm(&mut self, known: &[u32], index: &ChangeIndex) {
        if let Some(first) = self.sent.first() {
            let confirmed = index.ancestors_from(known.iter().copied(), *first);
            self.sent.retain(|place| !confirmed.contains(place));
        }
    }

    /// What both sides have, without what the rest of it is built on.
    fn share(&mut self, known: Vec<u32>, exact: bool, have: &[Have<'_>], index: &ChangeIndex) {
        if exact {
            self.shared = known.into_iter().collect();
            return;
        }
        let synced = have.iter().flat_map(|have| &have.last_sync);
        self.shared
            .extend(synced.filter_map(|hash| index.stored_place(hash)));
        self.shared.extend(known);
        if let Some(first) = self.shared.first() {
            let below = self
                .shared
                .iter()
                .flat_map(|place| index.deps_at(*place))
                .copied();
            let covered = index.ancestors_from(below, *first);
            self.shared.retain(|place| !covered.contains(place));
        }
    }

    /// All of the client's heads are known, so it lacks exactly what is not below them.
    fn plan_exactly(&mut self, index: &ChangeIndex) {
        let lacking = index.stored_after(self.shared.iter().copied()).into_iter();
        self.todo = lacking.filter(|place| !self.sent.contains(place)).collect();
    }

    /// The client has changes that are not here, so its filters say what else it has; nearly always rightly. What they
    /// get wrong it asks for.
    fn plan_by_filters(&mut self, message: &SyncMessage<'_>, index: &ChangeIndex) {
        if !message.have.is_empty() {
            self.todo.clear();
            let mut lacking = BTreeSet::new();
            for place in index.stored_after(self.shared.iter().copied()) {
                let hash = &index.hashes()[place as usize];
                let unseen = message.have.iter().all(|have| !have.filter.contains(hash));
                if unseen || index.deps_at(place).iter().any(|dep| lacking.contains(dep)) {
                    lacking.insert(place);
                }
            }
            self.todo.extend(
                lacking
                    .into_iter()
                    .filter(|place| !self.sent.contains(place)),
            );
        }
        for place in message
            .need
            .iter()
            .rev()
            .filter_map(|hash| index.stored_place(hash))
        {
            if !self.sent.contains(&place) {
                self.todo.retain(|other| *other != place);
                self.todo.push_front(place);
            }
        }
    }

    fn with_held(&mut self, mut changes: Vec<Vec<u8>>, index: &ChangeIndex) -> Received {
        if !changes.is_empty() || self.missing.iter().all(|hash| index.contains(hash)) {
            self.missing.clear();
            changes.extend(self.held.drain(..).map(|(_, change)| change));
        }
        Received { changes }
    }

    /// Looks at what was stored since the last time.
    fn follow(&mut self, index: &ChangeIndex) {
        let stored = place(index.stored_len());
        let Some(client) = &mut self.client else {
            return;
        };
        if stored == self.considered {
            return;
        }
        let known: Vec<u32> = client
            .heads
            .iter()
            .filter_map(|head| index.stored_place(head))
            .collect();
        if !client.exact && known.len() == client.heads.len() {
            client.exact = true;
            self.shared = known.into_iter().collect();
            self.plan_exactly(index);
        } else {
            let theirs = index.ancestors_from(known, self.considered);
            self.todo
                .extend((self.considered..stored).filter(|place| !theirs.contains(place)));
        }
        self.considered = stored;
    }

    /// How many changes may go in the next message.
    fn allowance(&self) -> usize {
        match &self.client {
            Some(client) if !client.read_only => {
                let window = if self.in_flight { self.sent.len() } else { 0 };
                UNCONFIRMED_MAX
                    .saturating_sub(window)
                    .min(CHANGES_PER_MESSAGE_MAX)
            }
            Some(_) | None => 0,
        }
    }

    fn speak(
        &mut self,
        index: &ChangeIndex,
        snapshot: Option<&[u8]>,
        fetch: impl FnMut(&Hash) -> Option<Vec<u8>>,
    ) -> Option<Vec<u8>> {
        self.follow(index);
        let changes = self.next_changes(index, fetch);
        let client = self.client.as_ref()?;
        let complete = client.read_only || changes.len() == self.todo.len();
        let nothing = changes.is_empty() && snapshot.is_none();
        if nothing && !complete {
            return None;
        }
        let heads = index.stored_heads();
        let need = self.need(client, index);
        let asks_for_more = need.iter().any(|hash| !client.heads.contains(hash));
        let have = (complete && !asks_for_more).then(|| self.have(client, index));
        let said = Said {
            heads,
            need,
            open: have.is_some(),
        };
        if nothing && self.said.as_ref() == Some(&said) {
            return None;
        }
        let message = OurMessage {
            heads: &said.heads,
            need: &said.need,
            have,
            changes: &changes,
            document: snapshot,
        };
        let message = message.write();
        self.sent.extend(self.todo.drain(..changes.len()));
        self.said = Some(said);
        self.in_flight = true;
        Some(message)
    }

    fn next_changes(
        &self,
        index: &ChangeIndex,
        mut fetch: impl FnMut(&Hash) -> Option<Vec<u8>>,
    ) -> Vec<Vec<u8>> {
        let mut changes = Vec::new();
        let mut bytes = 0;
        for place in self.todo.iter().take(self.allowance()) {
            let Some(change) = fetch(&index.hashes()[*place as usize]) else {
                break;
            };
            bytes += change.len();
            if bytes > CHANGES_BYTES_PER_MESSAGE_MAX && !changes.is_empty() {
                break;
            }
            changes.push(change);
        }
        changes
    }

    /// What the relay lacks to have what the client has.
    fn need(&self, client: &Client, index: &ChangeIndex) -> Vec<Hash> {
        let held = |hash: &Hash| self.held.iter().any(|(held, _)| held == hash);
        let wanted: BTreeSet<Hash> = client.heads.iter().chain(&self.missing).copied().collect();
        wanted
            .into_iter()
            .filter(|hash| !index.contains(hash) && !held(hash))
            .collect()
    }

    /// What the client takes the relay to have: everything it has itself then, where that is sure.
    fn have(&self, client: &Client, index: &ChangeIndex) -> (Vec<Hash>, Vec<u8>) {
        if client.exact && !client.read_only {
            return (index.stored_heads(), Vec::new());
        }
        let mut shared: Vec<Hash> = self
            .shared
            .iter()
            .map(|place| index.hashes()[*place as usize])
            .collect();
        shared.sort_unstable();
        let filter = bloom::write(&index.after(&shared));
        (shared, filter)
    }
}

fn place(changes: usize) -> u32 {
    u32::try_from(changes).expect("a log has fewer than 2^32 changes")
}

#[cfg(test)]
mod tests;
