//! Everything that can be done by name, once: keys, palette, menus and the shortcut sheet all read this registry.

mod backlog;
mod edit;
mod go;
mod lists;
mod order;
mod sprints;
mod triage;

pub use self::{
    backlog::is_in_menu,
    lists::{move_into, move_to_place, place_on_screen},
    order::{SORTED, move_to, move_to_rank, place_of_targets, ranked_targets},
    sprints::{Entry, commit as commit_sprint, entry, placing, stories as sprint_stories},
};

use leptos::prelude::untrack;

use crate::{platform::page, state::desk::Desk, words};

/// Where a key means a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// Wherever the focus is, even in a text.
    Everywhere,
    /// Wherever no text is typed.
    OutsideText,
    /// Where no text is typed in the Inbox, before what the key means elsewhere.
    InTriage,
}

/// Under which heading a command stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Moving items.
    Order,
    /// Changing items.
    Edit,
    /// Deciding what belongs.
    Triage,
    /// Choosing items and moving about.
    Go,
    /// The backlog as a whole.
    Backlog,
}

impl Group {
    /// All groups in the order of the sheet.
    pub const ALL: &[Self] = &[
        Self::Go,
        Self::Order,
        Self::Edit,
        Self::Triage,
        Self::Backlog,
    ];

    /// The heading.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Order => "Rank",
            Self::Edit => "Edit",
            Self::Triage => "In the Inbox",
            Self::Go => "Find and select",
            Self::Backlog => "Backlog",
        }
    }
}

/// One thing that can be done.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Names it for good.
    pub id: &'static str,
    /// What people read who have no words of their own.
    label: &'static str,
    /// Under which heading it stands.
    pub group: Group,
    /// Keys, written as in `Mod+Shift+z`; the first is shown.
    pub keys: &'static [&'static str],
    /// Where its keys work.
    pub place: Where,
    /// Whether it can be done now.
    pub enabled: fn(Desk) -> bool,
    /// Does it.
    pub run: fn(Desk),
}

impl Command {
    const fn new(
        id: &'static str,
        label: &'static str,
        group: Group,
        keys: &'static [&'static str],
        enabled: fn(Desk) -> bool,
        run: fn(Desk),
    ) -> Self {
        Self {
            id,
            label,
            group,
            keys,
            place: Where::OutsideText,
            enabled,
            run,
        }
    }

    const fn everywhere(mut self) -> Self {
        self.place = Where::Everywhere;
        self
    }

    const fn in_triage(mut self) -> Self {
        self.place = Where::InTriage;
        self
    }

    /// What people read, in the team's own words (PB-14).
    #[must_use]
    pub fn label_for(&self, desk: Desk) -> String {
        untrack(|| words::own(desk, self.label))
    }

    /// Whether it can be done at this moment, asked outside of anything that follows signals.
    #[must_use]
    pub fn is_enabled(&self, desk: Desk) -> bool {
        untrack(|| (!self.changes() || desk.may_edit()) && (self.enabled)(desk))
    }

    /// Whether it changes the backlog, which not every link lets people do.
    fn changes(&self) -> bool {
        // Who comments takes their comments back.
        const FOR_COMMENTS_TOO: [&str; 2] = ["undo", "redo"];
        match self.group {
            Group::Order | Group::Edit | Group::Triage => !FOR_COMMENTS_TOO.contains(&self.id),
            Group::Backlog => ["rename", "import", "merge"].contains(&self.id),
            Group::Go => false,
        }
    }

    /// Its first key as people know it, or nothing.
    #[must_use]
    pub fn shown_key(&self) -> String {
        self.keys
            .first()
            .map(|key| shown_key(key))
            .unwrap_or_default()
    }
}

/// Every command.
pub fn all() -> impl Iterator<Item = &'static Command> {
    [
        go::COMMANDS,
        order::COMMANDS,
        lists::COMMANDS,
        edit::COMMANDS,
        triage::COMMANDS,
        sprints::COMMANDS,
        backlog::COMMANDS,
    ]
    .into_iter()
    .flatten()
}

/// The command of that id.
#[must_use]
pub fn named(id: &str) -> Option<&'static Command> {
    all().find(|command| command.id == id)
}

/// Does a command, if it can be done now.
pub fn run(id: &str, desk: Desk) {
    if let Some(command) = named(id)
        && command.is_enabled(desk)
    {
        (command.run)(desk);
    }
}

/// A key as people know it: `⌘⇧Z`, `Ctrl+Shift+Z`.
#[must_use]
pub fn shown_key(key: &str) -> String {
    let apple = page::is_apple();
    let parts: Vec<String> = key
        .split('+')
        .map(|part| match part {
            "Mod" if apple => "⌘".to_owned(),
            "Mod" => "Ctrl".to_owned(),
            "Alt" if apple => "⌥".to_owned(),
            "Shift" if apple => "⇧".to_owned(),
            "ArrowUp" => "↑".to_owned(),
            "ArrowDown" => "↓".to_owned(),
            "Escape" => "Esc".to_owned(),
            " " => "Space".to_owned(),
            part if part.len() == 1 => part.to_uppercase(),
            part => part.to_owned(),
        })
        .collect();
    parts.join(if apple { "" } else { "+" })
}

fn always(_: Desk) -> bool {
    true
}

fn has_targets(desk: Desk) -> bool {
    desk.target_count() > 0
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn no_two_commands_share_a_key_in_one_place() {
        let mut taken: BTreeMap<(bool, &str), &str> = BTreeMap::new();
        for command in all() {
            for key in command.keys {
                let place = (command.place == Where::InTriage, *key);
                let other = taken.insert(place, command.id);
                assert_eq!(other, None, "{key} is also {}", command.id);
            }
        }
    }

    #[test]
    fn names_are_unique_and_said() {
        let mut ids: Vec<&str> = all().map(|command| command.id).collect();
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
        assert!(all().all(|command| !command.label.is_empty()));
    }

    #[test]
    fn plain_letters_never_work_in_texts() {
        for command in all().filter(|command| command.place == Where::Everywhere) {
            for key in command.keys {
                assert!(
                    key.contains("Mod+") || key.contains("Alt+") || *key == "Escape",
                    "{key} of {} would be typed",
                    command.id
                );
            }
        }
    }
}
