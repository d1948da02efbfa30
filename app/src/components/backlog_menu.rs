//! The backlog's menu: what concerns the whole of it.

use leptos::prelude::*;

use super::backlog_header;
use crate::{
    commands::{self, Command},
    platform::page,
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
};

/// The menu under its button.
#[component]
pub fn BacklogMenu(desk: Desk) -> impl IntoView {
    let at = page::element(backlog_header::MENU).map(|button| {
        let rect = button.get_bounding_client_rect();
        (rect.right() - 260.0, rect.bottom() + 4.0)
    });
    let items: Vec<&'static Command> = commands::all()
        .filter(|command| commands::is_in_menu(command))
        .collect();
    view! {
        <Dialog label="Menu" shape=Shape::Menu at=at on_close=move |()| desk.close_layer()>
            <CommandList desk items/>
        </Dialog>
    }
}

/// Commands as a menu; arrow keys go through it.
#[component]
fn CommandList(desk: Desk, items: Vec<&'static Command>) -> impl IntoView {
    view! {
        <div class="options" role="menu" aria-label="Menu" on:keydown=super::pickers::walk>
            {items
                .into_iter()
                .map(|command| {
                    view! {
                        <button
                            class="option"
                            role="menuitem"
                            disabled=!command.is_enabled(desk)
                            on:click=move |_| {
                                desk.close_layer();
                                (command.run)(desk);
                            }
                        >
                            <span>{command.label_for(desk)}</span>
                            <kbd>{command.shown_key()}</kbd>
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}
