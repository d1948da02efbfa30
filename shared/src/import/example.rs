//! The example backlog that the first page offers.

use crate::import::{ImportedItem, story};

const STORIES: &str = include_str!("example/planning-poker.txt");

/// Whose work the example is; shown wherever it is offered.
pub const EXAMPLE_ATTRIBUTION: &str = "User stories g13 (Planning Poker) from “Requirements data sets (user stories)” by \
     Fabiano Dalpiaz, Mendeley Data, 2018, licensed under CC BY 4.0.";

/// The example's name, its attribution and its items in ranked order.
#[must_use]
pub fn example() -> (&'static str, &'static str, Vec<ImportedItem>) {
    let stories = STORIES.lines().filter(|line| !line.trim().is_empty());
    (
        "Planning Poker",
        EXAMPLE_ATTRIBUTION,
        stories.map(story::from_line).collect(),
    )
}
