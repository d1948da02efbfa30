//! The backlog as a whole: share, bring in, hand out, look.

use leptos::prelude::untrack;
use shared::{
    session::messages::{Level, ToSession},
    sync::access::Role,
};
use wasm_bindgen_futures::spawn_local;

use super::{Command, Group, always};
use crate::{
    components::backlog_header,
    platform::page,
    state::{
        desk::{Desk, ExportFormat},
        layer::Layer,
    },
    theme,
};

pub(super) const COMMANDS: &[Command] = &[
    Command::new(
        "share",
        "Copy link",
        Group::Backlog,
        &["Mod+Shift+l"],
        always,
        share,
    ),
    Command::new(
        "access",
        "Links and access…",
        Group::Backlog,
        &[],
        always,
        |desk| desk.show_layer(Layer::Access),
    ),
    Command::new(
        "rename",
        "Rename backlog",
        Group::Backlog,
        &[],
        always,
        |_| page::focus(backlog_header::NAME),
    ),
    Command::new(
        "import",
        "Import a file…",
        Group::Backlog,
        &[],
        always,
        |desk| desk.show_layer(Layer::Import),
    ),
    Command::new(
        "export-csv",
        "Export as CSV",
        Group::Backlog,
        &[],
        always,
        |desk| desk.ask_for_export(ExportFormat::Csv),
    ),
    Command::new(
        "export-json",
        "Export as JSON",
        Group::Backlog,
        &[],
        always,
        |desk| desk.ask_for_export(ExportFormat::Json),
    ),
    Command::new(
        "backup",
        "Download a backup",
        Group::Backlog,
        &[],
        always,
        |desk| desk.say(ToSession::Backup),
    ),
    Command::new(
        "merge",
        "Merge a backup…",
        Group::Backlog,
        &[],
        always,
        |desk| desk.show_layer(Layer::Merge),
    ),
    Command::new(
        "profile",
        "Your name and colour…",
        Group::Backlog,
        &[],
        always,
        |desk| desk.show_layer(Layer::Profile),
    ),
    Command::new(
        "theme",
        "Change theme",
        Group::Backlog,
        &[],
        always,
        |desk| desk.notices.say(theme::next()),
    ),
    Command::new(
        "shortcuts",
        "Keyboard shortcuts",
        Group::Backlog,
        &["?", "Shift+?"],
        always,
        |desk| desk.show_layer(Layer::Shortcuts),
    ),
    Command::new(
        "home",
        "All backlogs",
        Group::Backlog,
        &[],
        always,
        Desk::go_home,
    ),
];

fn share(desk: Desk) {
    let link = desk.link_to_here();
    let role = untrack(|| desk.role());
    spawn_local(async move {
        if page::copy(&link).await {
            let text = match role {
                Role::Viewer => "Link copied. Whoever opens it can read this backlog.",
                Role::Commenter => {
                    "Link copied. Whoever opens it can read this backlog and comment."
                }
                Role::Editor => "Link copied. Whoever opens it works in this backlog.",
                Role::Owner => {
                    "Link copied. Whoever opens it works in this backlog and owns it like you. Menu, Links and access makes others."
                }
            };
            desk.notices.tell(Level::Info, text, None);
        } else {
            desk.notices
                .tell(Level::Info, format!("Copy this link: {link}"), None);
        }
    });
}

/// Whether the menu shows a command.
#[must_use]
pub fn is_in_menu(command: &Command) -> bool {
    command.group == Group::Backlog && command.id != "share" && command.id != "rename"
}
