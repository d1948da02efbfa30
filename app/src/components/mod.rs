//! What is on the screen, one part a file.

#![allow(
    unreachable_pub,
    reason = "the component macro makes its types public, whoever may reach them"
)]

pub mod backlog_header;
pub mod backlog_menu;
pub mod breakdown;
pub mod bulk_bar;
pub mod disputes;
pub mod evidence;
pub mod export;
pub mod facts;
pub mod feedback;
pub mod filter_bar;
pub mod freshness;
pub mod import_dialog;
pub mod item_finder;
pub mod kind_icon;
pub mod layers;
pub mod link_dialog;
pub mod links_picker;
pub mod list;
pub mod list_link;
pub mod lists;
pub mod new_items;
pub mod notices_view;
pub mod palette;
pub mod panel;
pub mod people_here;
pub mod pickers;
pub mod profile;
pub mod pull;
pub mod quick_add;
pub mod rank_dialogs;
pub mod recent;
pub mod register;
pub mod score_inputs;
pub mod screens;
pub mod share;
pub mod shortcuts;
pub mod stories;
pub mod sync_chip;
pub mod tag_view;
pub mod triage;
pub mod unverified;
