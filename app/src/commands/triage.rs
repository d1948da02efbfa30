//! Deciding what belongs to the backlog (PB-21), and writing down what people ask for (PB-19).

use leptos::prelude::*;
use shared::model::role::Right;

use super::{Command, Group, always};
use crate::{
    address::Screen,
    state::{
        desk::Desk,
        layer::{Decision, Layer},
    },
};

pub(super) const COMMANDS: &[Command] = &[
    Command::new(
        "triage-accept",
        "Accept…",
        Group::Triage,
        &["a"],
        may_decide,
        |desk| desk.show_layer(Layer::Triage(Decision::Accept)),
    )
    .in_triage(),
    Command::new(
        "triage-decline",
        "Decline…",
        Group::Triage,
        &["d"],
        may_decide,
        |desk| desk.show_layer(Layer::Triage(Decision::Decline)),
    )
    .in_triage(),
    Command::new(
        "triage-snooze",
        "Snooze…",
        Group::Triage,
        &["s"],
        may_decide,
        |desk| desk.show_layer(Layer::Triage(Decision::Snooze)),
    )
    .in_triage(),
    Command::new(
        "triage-merge",
        "Merge into…",
        Group::Triage,
        &["m"],
        may_decide,
        |desk| desk.show_layer(Layer::Triage(Decision::Merge)),
    )
    .in_triage(),
    Command::new(
        "triage-ask",
        "Ask…",
        Group::Triage,
        &["q"],
        has_decided,
        |desk| desk.show_layer(Layer::Triage(Decision::Ask)),
    )
    .in_triage(),
    Command::new(
        "triage-next",
        "Next card",
        Group::Triage,
        &["j", "ArrowDown"],
        is_triaging,
        |desk| desk.turn_card(1),
    )
    .in_triage(),
    Command::new(
        "triage-previous",
        "Previous card",
        Group::Triage,
        &["k", "ArrowUp"],
        is_triaging,
        |desk| desk.turn_card(-1),
    )
    .in_triage(),
    Command::new(
        "feedback",
        "Capture feedback…",
        Group::Edit,
        &["Shift+c"],
        always,
        |desk| desk.show_layer(Layer::Feedback(desk.item.get_untracked())),
    ),
    Command::new(
        "inbox",
        "Go to the Inbox",
        Group::Go,
        &["i"],
        always,
        |desk| desk.bar.show_screen(Screen::Inbox),
    ),
];

fn is_triaging(desk: Desk) -> bool {
    desk.screen.get_untracked() == Screen::Inbox
}

fn has_decided(desk: Desk) -> bool {
    !desk.decided().is_empty()
}

fn may_decide(desk: Desk) -> bool {
    desk.may(Right::Accept) && has_decided(desk)
}
