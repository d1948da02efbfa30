//! From a key to the command it means where the focus is.

use leptos::prelude::GetUntracked;
use web_sys::KeyboardEvent;

use crate::{
    address::Screen,
    commands::{self, Command, Where},
    platform::page,
    state::desk::Desk,
};

/// What a key press is called in the registry: `Mod+Shift+z`.
#[must_use]
pub fn name(key: &str, modifiers: Modifiers) -> String {
    let mut name = String::new();
    for (held, word) in [
        (modifiers.command, "Mod+"),
        (modifiers.alt, "Alt+"),
        (modifiers.shift, "Shift+"),
    ] {
        if held {
            name.push_str(word);
        }
    }
    name.push_str(&if key.chars().count() == 1 {
        key.to_lowercase()
    } else {
        key.to_owned()
    });
    name
}

/// Which keys are held with another.
#[derive(Clone, Copy, Debug, Default)]
pub struct Modifiers {
    /// Ctrl, or Command on Apple machines.
    pub command: bool,
    /// Alt.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
}

/// Does what a key means. Dialogs hear their keys themselves.
pub fn handle(event: &KeyboardEvent, desk: Desk) {
    if event.default_prevented() || event.is_composing() || desk.layer.get_untracked().is_some() {
        return;
    }
    let modifiers = Modifiers {
        command: event.ctrl_key() || event.meta_key(),
        alt: event.alt_key(),
        shift: event.shift_key(),
    };
    let name = name(&event.key(), modifiers);
    let typing = page::is_typing();
    let triaging = desk.screen.get_untracked() == Screen::Inbox;
    let Some(command) = find(&name, typing, triaging) else {
        return;
    };
    let on_control = page::is_on_control();
    if on_control && matches!(event.key().as_str(), "Enter" | " ") {
        return;
    }
    if command.is_enabled(desk) {
        event.prevent_default();
        (command.run)(desk);
    }
}

fn find(name: &str, typing: bool, triaging: bool) -> Option<&'static Command> {
    let works = |place: Where| match place {
        Where::Everywhere => true,
        Where::OutsideText => !typing,
        Where::InTriage => !typing && triaging,
    };
    commands::all()
        .filter(|command| command.keys.contains(&name) && works(command.place))
        .max_by_key(|command| command.place == Where::InTriage)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_named_as_the_registry_writes_them() {
        let held = |command, alt, shift| Modifiers {
            command,
            alt,
            shift,
        };
        assert_eq!(name("Z", held(true, false, true)), "Mod+Shift+z");
        assert_eq!(name("ArrowUp", held(false, true, false)), "Alt+ArrowUp");
        assert_eq!(name("?", held(false, false, true)), "Shift+?");
        assert!(find("Mod+k", true, false).is_some());
        assert!(find("x", true, false).is_none());
        assert!(find("x", false, false).is_some());
        let of = |triaging| find("s", false, triaging).map(|command| command.id);
        assert_eq!(
            (of(false), of(true)),
            (Some("status"), Some("triage-snooze"))
        );
    }
}
