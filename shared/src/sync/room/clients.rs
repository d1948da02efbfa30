//! Cutline clients as they come, compare and go.

pub(super) use crate::limits::PEERS_PER_ROOM_MAX as PEERS_MAX;
use crate::{
    ids::{LinkId, PersonId},
    limits::{CHANGES_PACE, QUESTIONS_PACE},
    sync::{
        access::Grant,
        frame::{Cursor, Goodbye, HASHES_PER_FRAME_MAX, Hash, RelayFrame},
        room::{
            Class, Effect, Farewell, Hello, PeerId, Room, feed::Feed, pace::Bucket,
            reconcile::Comparison,
        },
    },
};

/// One Cutline client.
#[derive(Debug)]
pub(super) struct Client {
    /// Under whose id others see them: the proved one, or the one that they claim.
    pub(super) person: PersonId,
    pub(super) grant: Grant,
    pub(super) feed: Feed,
    /// Pushes that are not answered.
    pub(super) in_flight: usize,
    /// How much it may push.
    pub(super) changes: Bucket,
    /// How often it may ask.
    questions: Bucket,
    /// Whether it said that it holds changes.
    holds_changes: bool,
    comparison: Option<Comparison>,
    /// How many had departed when it was last told who is here.
    pub(super) departures: u64,
}

impl Client {
    pub(super) fn lags(&self) -> bool {
        matches!(self.feed, Feed::Lagging { .. })
    }
}

impl Room {
    pub(super) fn joined(&mut self, peer: PeerId, hello: &Hello, grant: Grant) {
        if let Some((reason, detail)) = self.turns_away(hello) {
            let farewell = Farewell::new(reason, detail);
            self.effects.push(Effect::Send {
                peer,
                frame: farewell.frame,
                class: Class::Control,
            });
            self.effects.push(Effect::Close {
                peer,
                code: farewell.code,
            });
            return;
        }
        let access = RelayFrame::Access {
            role: grant.role,
            name: grant.name.clone(),
        };
        let client = Client {
            person: grant.person.unwrap_or(hello.person),
            grant,
            feed: Feed::Unasked,
            in_flight: 0,
            changes: Bucket::new(CHANGES_PACE, self.now),
            questions: Bucket::new(QUESTIONS_PACE, self.now),
            holds_changes: holds_something(hello),
            comparison: None,
            departures: self.roster.departures(),
        };
        self.clients.insert(peer, client);
        let welcome = RelayFrame::Welcome {
            epoch: self.epoch,
            last_seq: self.book.last_seq(),
            snapshot: self.upkeep.snapshot_seq().map(|seq| self.book.mark(seq)),
            reconcile: self.is_to_reconcile(hello),
            peer: peer.0,
        };
        self.send(peer, &welcome);
        self.send(peer, &access);
        if let Some(detail) = self.pushes.trouble() {
            self.send(peer, &RelayFrame::Troubled { detail });
        }
        self.tell_who_is_here(peer);
    }

    pub(super) fn left(&mut self, peer: PeerId) {
        let was_here = self.clients.remove(&peer).is_some() || self.stock.remove(&peer).is_some();
        if !was_here {
            return;
        }
        self.pushes.forget(peer);
        if let Some(frame) = self.roster.leave(peer) {
            let others = self.in_touch();
            self.broadcast(others, frame, Class::Presence);
        }
    }

    /// Whether one more question of a client is answered.
    pub(super) fn may_ask(&mut self, peer: PeerId) -> bool {
        let now = self.now;
        let client = self.clients.get_mut(&peer);
        client.is_some_and(|client| client.questions.spend(1, now))
    }

    /// Sends everybody away who came by a link.
    pub(super) fn revoked(&mut self, link: Option<LinkId>) {
        let clients = self
            .clients
            .iter()
            .map(|(peer, client)| (peer, &client.grant));
        let stock = self.stock.iter().map(|(peer, stock)| (peer, &stock.grant));
        let gone: Vec<PeerId> = clients
            .chain(stock)
            .filter(|(_, grant)| grant.link == link)
            .map(|(peer, _)| *peer)
            .collect();
        for peer in gone {
            let detail = "The link that you came by opens this backlog no more. Ask an owner for another one.";
            self.dismiss(peer, Goodbye::NoAccess, detail);
        }
    }

    pub(super) fn have(&mut self, peer: PeerId, hashes: Vec<Hash>, last: bool) {
        if hashes.len() > HASHES_PER_FRAME_MAX {
            return self.malformed(peer, "A message names too many changes.");
        }
        let Some(client) = self.clients.get_mut(&peer) else {
            return;
        };
        let last_seq = self.book.last_seq();
        let comparison = client
            .comparison
            .get_or_insert_with(|| Comparison::new(last_seq));
        let Some(mut answer) = comparison.hear(hashes, |hash| self.book.seq_of(hash)) else {
            return self.malformed(
                peer,
                "This client claims more changes than a backlog holds.",
            );
        };
        if last {
            let until = client.comparison.take();
            answer.extend(until.map(|it| it.conclude(|seq| self.book.mark(seq))));
        }
        for part in answer {
            self.send(peer, &part);
        }
    }

    /// Everybody whose queue has room.
    pub(super) fn in_touch(&self) -> Vec<PeerId> {
        let keeping_up = self.clients.iter().filter(|(_, client)| !client.lags());
        keeping_up.map(|(peer, _)| *peer).collect()
    }

    fn turns_away(&self, hello: &Hello) -> Option<(Goodbye, &'static str)> {
        if self.retired {
            return Some((
                Goodbye::Stopping,
                "The backlog is being opened anew. Try again.",
            ));
        }
        if hello.document != self.document {
            return Some((Goodbye::Malformed, "This is another backlog's room."));
        }
        if self.clients.len() >= PEERS_MAX {
            return Some((
                Goodbye::Busy,
                "Too many people have this backlog open. Try again later.",
            ));
        }
        let begins = || self.clients.values().any(|client| client.holds_changes);
        if self.book.last_seq() == 0 && !holds_something(hello) && !begins() {
            return Some((
                Goodbye::UnknownBacklog,
                "This relay does not know the backlog. Ask whoever shared the link to open it once while online.",
            ));
        }
        None
    }

    fn is_to_reconcile(&self, hello: &Hello) -> bool {
        match hello.cursor {
            Some(Cursor { epoch, mark }) => {
                let is_ahead = mark.seq > self.book.last_seq();
                epoch != self.epoch || is_ahead || mark != self.book.mark(mark.seq)
            }
            None => hello.holds_changes,
        }
    }
}

fn holds_something(hello: &Hello) -> bool {
    hello.holds_changes || hello.cursor.is_some_and(|cursor| cursor.mark.seq > 0)
}
