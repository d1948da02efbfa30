//! A stock client: automerge's own sync state behind automerge-repo's messages.

use automerge::{
    AutoCommit, ROOT, ReadDoc,
    sync::{Message, State, SyncDoc},
    transaction::Transactable,
};
use ciborium::{Value, cbor};

use super::world::{DOCUMENT, World};
use crate::sync::{
    access::Grant,
    room::{Event, PeerId},
};

pub(super) struct StockClient {
    pub(super) name: String,
    pub(super) peer: Option<PeerId>,
    pub(super) doc: AutoCommit,
    pub(super) unavailable: bool,
    pub(super) heard: Vec<(String, Vec<u8>)>,
    pub(super) error: Option<String>,
    state: State,
}

impl StockClient {
    pub(super) fn new(name: &str, actor: u8) -> Self {
        let mut doc = AutoCommit::new();
        doc.set_actor(automerge::ActorId::from([actor; 16]));
        Self {
            name: name.to_owned(),
            peer: None,
            doc,
            unavailable: false,
            heard: Vec::new(),
            error: None,
            state: State::new(),
        }
    }

    pub(super) fn connect(&mut self, world: &mut World) {
        self.connect_as(world, Grant::owner());
    }

    pub(super) fn connect_as(&mut self, world: &mut World, grant: Grant) {
        self.state = State::new();
        self.peer = Some(world.join_by_door_as(&self.name, grant));
        self.speak(world);
    }

    pub(super) fn set(&mut self, key: &str, value: &str) {
        self.doc.put(ROOT, key, value).expect("the root is a map");
        self.doc.commit();
    }

    pub(super) fn get(&self, key: &str) -> Option<String> {
        let (value, _) = self.doc.get(ROOT, key).expect("the root is a map")?;
        value.into_string().ok()
    }

    /// Says what there is to say, as automerge-repo does after each change and message.
    pub(super) fn speak(&mut self, world: &mut World) {
        let fresh = self.doc.get_heads().is_empty();
        let kind = if fresh { "request" } else { "sync" };
        let message = self.doc.sync().generate_sync_message(&mut self.state);
        if let Some(message) = message {
            self.send(world, kind, Value::Bytes(message.encode()));
        }
    }

    pub(super) fn say(&mut self, world: &mut World, data: Vec<u8>) {
        self.send(world, "ephemeral", Value::Bytes(data));
    }

    /// Passes on what another one said, as clients do with all that they hear.
    pub(super) fn repeat(&mut self, world: &mut World, sender: &str, data: Vec<u8>) {
        self.send_as(world, sender, "ephemeral", Value::Bytes(data));
    }

    fn send(&self, world: &mut World, kind: &str, data: Value) {
        self.send_as(world, &self.name, kind, data);
    }

    fn send_as(&self, world: &mut World, sender: &str, kind: &str, data: Value) {
        let message = cbor!({
            "type" => kind,
            "senderId" => sender,
            "targetId" => "relay",
            "documentId" => DOCUMENT.to_string(),
            "count" => 1,
            "sessionId" => "session",
            "data" => data,
        });
        let mut bytes = Vec::new();
        ciborium::into_writer(&message.expect("a plain map"), &mut bytes).expect("to memory");
        if let Some(peer) = self.peer {
            world.act(Event::DoorMessage { peer, bytes });
        }
    }

    /// Takes the next message, if one is on its way.
    pub(super) fn hear(&mut self, world: &mut World) -> bool {
        let inbox = self.peer.and_then(|peer| world.stock.get_mut(&peer));
        let Some((_, bytes)) = inbox.and_then(|inbox| inbox.pop_front()) else {
            return false;
        };
        let message: Value = ciborium::from_reader(&bytes[..]).expect("CBOR");
        let field = |name: &str| {
            let fields = message.as_map().expect("a map").iter();
            let mut found = fields.filter(|(key, _)| key.as_text() == Some(name));
            found.next().map(|(_, value)| value.clone())
        };
        let text = |name: &str| field(name).and_then(|value| value.into_text().ok());
        let data = || field("data").and_then(|value| value.into_bytes().ok());
        assert_eq!(text("targetId").as_ref(), Some(&self.name));
        match text("type").as_deref() {
            Some("sync") => {
                let data = data().expect("a sync message");
                let message = Message::decode(&data).expect("automerge reads it");
                let taken = self
                    .doc
                    .sync()
                    .receive_sync_message(&mut self.state, message);
                taken.expect("automerge takes it");
                self.speak(world);
            }
            Some("ephemeral") => {
                let sender = text("senderId").expect("a sender");
                self.heard.push((sender, data().expect("what was said")));
            }
            Some("doc-unavailable") => self.unavailable = true,
            Some("error") => self.error = text("message"),
            other => panic!("{other:?}"),
        }
        true
    }

    pub(super) fn disconnect(&mut self, world: &mut World) {
        if let Some(peer) = self.peer.take() {
            world.lagging.remove(&peer);
            world.leave(peer);
            world.stock.remove(&peer);
        }
    }
}

/// Everybody hears and speaks, and the store answers, until nobody has anything to say.
pub(super) fn until_quiet(world: &mut World, clients: &mut [&mut StockClient]) {
    for _ in 0..10_000 {
        world.settle();
        let mut any = false;
        for client in clients.iter_mut() {
            any |= client.hear(world);
        }
        if !any && world.appends.is_empty() && world.reads.is_empty() {
            return;
        }
    }
    panic!("they never stop talking");
}
