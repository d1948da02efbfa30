//! Every step that pulls items which are not ready waits for one question (PB-32): whoever asks for it, from whichever
//! screen.

use leptos::prelude::*;
use shared::{
    intent::Intent,
    product::pull::{self, Unready},
};

use super::{Desk, want::Voice};
use crate::state::layer::Layer;

/// A step that waits for an answer.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    intent: Intent,
    voice: Voice,
    unready: Vec<Unready>,
}

impl Desk {
    /// Whether a step waits for the answer to a question, which is now asked.
    pub(super) fn asks_first(self, intent: &Intent, voice: Voice) -> bool {
        let unready = self.rows.with_untracked(|rows| {
            self.judge.with_untracked(|judge| {
                pull::unready(judge, intent, &|id| rows.row(id).map(AsRef::as_ref))
            })
        });
        if unready.is_empty() {
            return false;
        }
        self.asked.set_value(Some(Asked {
            intent: intent.clone(),
            voice,
            unready,
        }));
        self.show_layer(Layer::PullUnready);
        true
    }

    /// What the question is about.
    #[must_use]
    pub fn unready_asked(self) -> Vec<Unready> {
        self.asked.with_value(|asked| {
            asked
                .as_ref()
                .map_or_else(Vec::new, |asked| asked.unready.clone())
        })
    }

    /// Does the step that waits; each item keeps what it lacked.
    pub fn pull_unready(self) {
        self.close_layer();
        if let Some(asked) = self.asked.try_update_value(Option::take).flatten() {
            self.intend_now(pull::recorded(asked.intent, &asked.unready), asked.voice);
        }
    }

    /// Forgets the step that waits.
    pub fn leave_unready(self) {
        self.asked.set_value(None);
        self.close_layer();
    }
}
