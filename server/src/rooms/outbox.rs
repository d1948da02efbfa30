//! What waits for one peer, bounded. The log is the truth, so what does not fit is dropped and read again later.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use bytes::Bytes;
use shared::sync::room::Class;
use tokio::sync::Notify;

use crate::limits::{QUEUE_BYTES_MAX, QUEUE_FRAMES_MAX};

/// How many frames a socket takes at once: few, so that a full queue still has most of them to drop.
const TAKE_FRAMES: usize = 16;

/// The queue between a room, which never waits, and a socket, which takes its time.
#[derive(Debug, Default)]
pub struct Outbox {
    state: Mutex<State>,
    wake: Notify,
}

#[derive(Debug, Default)]
struct State {
    frames: VecDeque<(Class, Bytes)>,
    bytes: usize,
    lagging: bool,
    closing: Option<u16>,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// It waits.
    Queued,
    /// It was dropped, as the peer is lagging or closed.
    Dropped,
    /// The queue was full: all but control frames are dropped, and the peer lags from now on.
    Lagging,
    /// The queue is full of control frames: the peer has to be closed.
    Overfull,
}

/// What the socket does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Send these in order, then call [`Outbox::sent`].
    Frames(Vec<Bytes>),
    /// Close with this code.
    Close(u16),
}

impl Outbox {
    /// Queues a frame.
    pub fn push(&self, frame: Bytes, class: Class) -> Pushed {
        let mut state = self.state();
        if state.closing.is_some() || (state.lagging && class != Class::Control) {
            return Pushed::Dropped;
        }
        let mut pushed = Pushed::Queued;
        if state.is_full(frame.len()) {
            if state.drop_droppable() || class != Class::Control {
                state.lagging = true;
                pushed = Pushed::Lagging;
            }
            if class != Class::Control {
                return pushed;
            }
            if state.is_full(frame.len()) {
                return Pushed::Overfull;
            }
        }
        state.bytes += frame.len();
        state.frames.push_back((class, frame));
        drop(state);
        self.wake.notify_one();
        pushed
    }

    /// Ends the connection once the control frames that wait are sent.
    pub fn close(&self, code: u16) {
        let mut state = self.state();
        state.drop_droppable();
        state.closing.get_or_insert(code);
        drop(state);
        self.wake.notify_one();
    }

    /// The next frames, as soon as there are any.
    pub async fn next(&self) -> Outgoing {
        loop {
            if let Some(outgoing) = self.take() {
                return outgoing;
            }
            self.wake.notified().await;
        }
    }

    fn take(&self) -> Option<Outgoing> {
        let mut state = self.state();
        if state.frames.is_empty() {
            return state.closing.map(Outgoing::Close);
        }
        let count = state.frames.len().min(TAKE_FRAMES);
        let frames: Vec<Bytes> = state
            .frames
            .drain(..count)
            .map(|(_, frame)| frame)
            .collect();
        state.bytes -= frames.iter().map(Bytes::len).sum::<usize>();
        Some(Outgoing::Frames(frames))
    }

    /// The socket has sent what it took. Says whether a lagging peer has caught up with its queue.
    pub fn sent(&self) -> bool {
        let mut state = self.state();
        let caught_up = state.lagging && state.frames.is_empty();
        if caught_up {
            state.lagging = false;
        }
        caught_up
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Whether one more does not fit. Something always fits into an empty queue.
    fn is_full(&self, more_bytes: usize) -> bool {
        let full =
            self.frames.len() >= QUEUE_FRAMES_MAX || self.bytes + more_bytes > QUEUE_BYTES_MAX;
        full && !self.frames.is_empty()
    }

    /// Says whether anything was dropped.
    fn drop_droppable(&mut self) -> bool {
        let before = self.frames.len();
        self.frames.retain(|(class, _)| *class == Class::Control);
        self.bytes = self.frames.iter().map(|(_, frame)| frame.len()).sum();
        self.frames.len() < before
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(len: usize) -> Bytes {
        Bytes::from(vec![0; len])
    }

    #[tokio::test]
    async fn a_full_queue_keeps_only_what_cannot_be_read_again() {
        let outbox = Outbox::default();
        assert_eq!(outbox.push(frame(7), Class::Control), Pushed::Queued);
        for _ in 1..QUEUE_FRAMES_MAX {
            assert_eq!(outbox.push(frame(1), Class::Change), Pushed::Queued);
        }
        assert_eq!(outbox.push(frame(1), Class::Change), Pushed::Lagging);
        assert_eq!(outbox.push(frame(1), Class::Presence), Pushed::Dropped);
        assert_eq!(outbox.push(frame(8), Class::Control), Pushed::Queued);
        let frames = vec![frame(7), frame(8)];
        assert_eq!(outbox.next().await, Outgoing::Frames(frames));
        assert!(outbox.sent(), "the peer has caught up");
        assert_eq!(outbox.push(frame(1), Class::Change), Pushed::Queued);
        assert!(!outbox.sent(), "it was told once");
    }

    #[test]
    fn bytes_are_bounded_too() {
        let outbox = Outbox::default();
        assert_eq!(
            outbox.push(frame(QUEUE_BYTES_MAX), Class::Change),
            Pushed::Queued
        );
        assert_eq!(outbox.push(frame(1), Class::Change), Pushed::Lagging);
        let large = frame(2 * QUEUE_BYTES_MAX);
        assert_eq!(outbox.push(large, Class::Control), Pushed::Queued);
        assert_eq!(outbox.push(frame(1), Class::Control), Pushed::Overfull);
    }

    #[tokio::test]
    async fn a_closed_queue_says_goodbye_first() {
        let outbox = Outbox::default();
        outbox.push(frame(1), Class::Change);
        outbox.push(frame(2), Class::Control);
        outbox.close(4400);
        outbox.close(4500);
        assert_eq!(outbox.push(frame(3), Class::Control), Pushed::Dropped);
        assert_eq!(outbox.next().await, Outgoing::Frames(vec![frame(2)]));
        assert_eq!(outbox.next().await, Outgoing::Close(4400));
    }
}
