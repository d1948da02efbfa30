//! What the page tells the person: toasts that go by themselves, a banner for what is at risk, and the sentence that
//! screen readers speak.

use leptos::prelude::*;
use shared::session::messages::Level;

use crate::platform::timer;

/// How long a toast stays, in milliseconds.
const TOAST_MS: i32 = 6_000;
/// How many toasts are shown at once.
const TOASTS_MAX: usize = 3;

/// What a notice offers to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Take the step back.
    Undo,
    /// Download the backlog as a file.
    Backup,
}

impl Offer {
    /// What the button says.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Undo => "Undo",
            Self::Backup => "Download a backup",
        }
    }
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    /// Tells notices apart.
    pub id: u64,
    /// How much it matters. A danger stays until somebody dismisses it.
    pub level: Level,
    /// What happened.
    pub text: String,
    /// What can be done.
    pub offer: Option<Offer>,
}

/// All notices of the page.
#[derive(Clone, Copy, Debug)]
pub struct Notices {
    shown: RwSignal<Vec<Toast>>,
    said: RwSignal<String>,
    next: StoredValue<u64>,
}

impl Default for Notices {
    fn default() -> Self {
        Self {
            shown: RwSignal::new(Vec::new()),
            said: RwSignal::new(String::new()),
            next: StoredValue::new(1),
        }
    }
}

impl Notices {
    /// What is shown.
    #[must_use]
    pub fn shown(self) -> Vec<Toast> {
        self.shown.get()
    }

    /// What screen readers speak.
    #[must_use]
    pub fn said(self) -> String {
        self.said.get()
    }

    /// Speaks a sentence without showing it.
    pub fn say(self, text: &str) {
        // A region is spoken when its text changes: the same sentence twice differs by a space that nobody hears.
        self.said.update(|said| {
            *said = if said == text {
                format!("{text}\u{a0}")
            } else {
                text.to_owned()
            };
        });
    }

    /// Shows a notice. It is spoken as well.
    pub fn tell(self, level: Level, text: impl Into<String>, offer: Option<Offer>) {
        let text = text.into();
        self.say(&text);
        let id = self.next.get_value();
        self.next.set_value(id + 1);
        self.shown.update(|shown| {
            shown.retain(|toast| toast.text != text && !outdated(toast, level, offer));
            shown.push(Toast {
                id,
                level,
                text,
                offer,
            });
            while shown.iter().filter(|toast| passes(toast.level)).count() > TOASTS_MAX {
                let oldest = shown.iter().position(|toast| passes(toast.level));
                if let Some(oldest) = oldest {
                    shown.remove(oldest);
                }
            }
        });
        if passes(level) {
            wasm_bindgen_futures::spawn_local(async move {
                timer::sleep(TOAST_MS).await;
                self.dismiss(id);
            });
        }
    }

    /// Takes a notice away.
    pub fn dismiss(self, id: u64) {
        // The page may be gone by the time a toast's time is up.
        self.shown
            .try_update(|shown| shown.retain(|toast| toast.id != id));
    }
}

fn passes(level: Level) -> bool {
    level != Level::Danger
}

/// An older offer to undo would take back another step than the one it names.
fn outdated(toast: &Toast, level: Level, offer: Option<Offer>) -> bool {
    toast.offer == Some(Offer::Undo) && (offer.is_some() || level == Level::Info)
}
