//! Who is here, as far as the room passes it on.

use crate::{
    ids::ItemId,
    model::Person,
    sync::{
        access::Grant,
        frame::{Goodbye, Known, Presence},
        room::{Class, Effect, PeerId, Room},
    },
    time::Timestamp,
};

fn known(grant: &Grant) -> Known {
    match grant {
        Grant { name: Some(_), .. } => Known::Vouched,
        Grant {
            person: Some(_), ..
        } => Known::Device,
        Grant { .. } => Known::Claimed,
    }
}

impl Room {
    pub(super) fn present(
        &mut self,
        peer: PeerId,
        mut profile: Person,
        item: Option<ItemId>,
        now: Timestamp,
    ) {
        let Some(client) = self.clients.get(&peer) else {
            return;
        };
        if let Some(name) = &client.grant.name {
            profile.name.clone_from(name);
        }
        let presence = Presence {
            person: client.person,
            profile,
            item,
            known: known(&client.grant),
        };
        if let Some(frame) = self.roster.say(peer, presence, now) {
            let others = self.others_in_touch(peer);
            self.broadcast(others, frame, Class::Presence);
        }
    }

    /// Passes on what had to wait.
    pub(super) fn tell_presence(&mut self, now: Timestamp) {
        for (peer, frame) in self.roster.due(now) {
            let others = self.others_in_touch(peer);
            self.broadcast(others, frame, Class::Presence);
        }
    }

    /// Tells one client of everybody else.
    pub(super) fn tell_who_is_here(&mut self, peer: PeerId) {
        let frames = self.roster.others(peer).map(|frame| Effect::Send {
            peer,
            frame,
            class: Class::Presence,
        });
        self.effects.extend(frames);
    }

    /// Tells one client, some of whose frames were dropped, who has gone and who is here.
    pub(super) fn tell_presence_anew(&mut self, peer: PeerId, departures: u64) {
        let Some(departed) = self.roster.departed_since(departures) else {
            return self.dismiss(peer, Goodbye::TooSlow, "The connection did not keep up.");
        };
        let frames = departed.into_iter().map(|frame| Effect::Send {
            peer,
            frame,
            class: Class::Presence,
        });
        self.effects.extend(frames);
        self.tell_who_is_here(peer);
    }

    fn others_in_touch(&self, peer: PeerId) -> Vec<PeerId> {
        let mut others = self.in_touch();
        others.retain(|other| *other != peer);
        others
    }
}
