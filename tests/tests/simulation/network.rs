//! What is on its way: everything that happens happens at a time drawn from the seed.

use std::collections::BTreeMap;

use shared::{session::Event, sync::room, time::Timestamp};

/// Something that will happen.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A device's session gets an event, if it still lives.
    Device {
        device: usize,
        life: u64,
        event: Event,
    },
    /// Storage answers a write.
    Storage {
        device: usize,
        life: u64,
        ticket: u64,
    },
    /// A frame arrives at a device over a link, if that still stands.
    ToDevice {
        device: usize,
        link: u64,
        bytes: Vec<u8>,
    },
    /// A frame arrives at the relay over a link, if that still stands.
    ToRelay {
        device: usize,
        link: u64,
        bytes: Vec<u8>,
    },
    /// A device's link is made.
    Linked {
        device: usize,
        life: u64,
    },
    /// The room gets an event, if the relay still lives.
    Room {
        life: u64,
        event: room::Event,
    },
    /// The relay's store comes to an append.
    Append {
        life: u64,
        append: super::relay::Append,
    },
    /// Somebody looks at the clock.
    Tick {
        device: usize,
        life: u64,
    },
    RoomTick {
        life: u64,
    },
}

/// The happenings to come, in order of time and then of their making.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    ahead: BTreeMap<(Timestamp, u64), Happening>,
    made: u64,
}

impl Agenda {
    pub(crate) fn add(&mut self, at: Timestamp, happening: Happening) {
        self.made += 1;
        self.ahead.insert((at, self.made), happening);
    }

    pub(crate) fn next(&mut self) -> Option<(Timestamp, Happening)> {
        self.ahead
            .pop_first()
            .map(|((at, _), happening)| (at, happening))
    }

    pub(crate) fn next_at(&self) -> Option<Timestamp> {
        self.ahead.first_key_value().map(|((at, _), _)| *at)
    }
}
