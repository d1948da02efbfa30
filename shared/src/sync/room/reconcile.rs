//! Comparing what a client holds with the log, after either of them was restored or repaired.

use std::mem;

pub(super) use crate::limits::HASHES_PER_COMPARISON_MAX as HAVE_HASHES_MAX;
use crate::sync::frame::{HASHES_PER_FRAME_MAX, Hash, Mark, RelayFrame};

/// One comparison under way.
#[derive(Debug)]
pub(super) struct Comparison {
    /// One bit for each sequence number from 1 on: whether the client has that change.
    had: Vec<u64>,
    last_seq: u64,
    wanted: Vec<Hash>,
    heard: u64,
}

impl Comparison {
    /// Begins with a log that ends here.
    pub(super) fn new(last_seq: u64) -> Self {
        let words = usize::try_from(last_seq / 64 + 1).unwrap_or(0);
        Self {
            had: vec![0; words],
            last_seq,
            wanted: Vec::new(),
            heard: 0,
        }
    }

    /// Takes one part of what the client has, and gives what can be answered already; `None` when it claims more than
    /// any backlog holds.
    pub(super) fn hear(
        &mut self,
        hashes: Vec<Hash>,
        seq_of: impl Fn(&Hash) -> Option<u64>,
    ) -> Option<Vec<RelayFrame>> {
        self.heard += hashes.len() as u64;
        if self.heard > HAVE_HASHES_MAX {
            return None;
        }
        for hash in hashes {
            match seq_of(&hash) {
                Some(seq) => self.mark(seq),
                None => self.wanted.push(hash),
            }
        }
        let mut parts = Vec::new();
        while self.wanted.len() > HASHES_PER_FRAME_MAX {
            let rest = self.wanted.split_off(HASHES_PER_FRAME_MAX);
            parts.push(RelayFrame::Want {
                hashes: mem::replace(&mut self.wanted, rest),
                lacks_nothing_until: Mark::default(),
                more: true,
            });
        }
        Some(parts)
    }

    /// The last part of the answer.
    pub(super) fn conclude(self, mark: impl Fn(u64) -> Mark) -> RelayFrame {
        RelayFrame::Want {
            lacks_nothing_until: mark(self.lacks_nothing_until()),
            hashes: self.wanted,
            more: false,
        }
    }

    fn mark(&mut self, seq: u64) {
        let word = usize::try_from(seq / 64).ok();
        if let Some(word) = word.and_then(|word| self.had.get_mut(word)) {
            *word |= 1 << (seq % 64);
        }
    }

    fn lacks_nothing_until(&self) -> u64 {
        let has = |seq: u64| {
            let word = usize::try_from(seq / 64).ok();
            word.and_then(|word| self.had.get(word))
                .is_some_and(|word| word & (1 << (seq % 64)) != 0)
        };
        (1..=self.last_seq)
            .take_while(|seq| has(*seq))
            .last()
            .unwrap_or(0)
    }
}
