//! Which item the open one is part of, depends on, or was replaced by (PB-25, PB-32).

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::{Intent, Value},
    model::{Field, Scalar},
};

use super::item_finder::ItemFinder;
use crate::{
    state::{desk::Desk, layer::ItemLink},
    ui::dialog::{Dialog, Shape},
};

/// The question.
#[component]
pub fn LinkDialog(desk: Desk, item: ItemId, link: ItemLink) -> impl IntoView {
    let label = match link {
        ItemLink::Parent => "Part of",
        ItemLink::SupersededBy => "Superseded by",
        ItemLink::DependsOn => "Depends on",
    };
    let choose = move |other: ItemId| {
        desk.close_layer();
        desk.intend(set(item, link, other));
    };
    view! {
        <Dialog label shape=Shape::Card on_close=move |()| desk.close_layer()>
            <div class="question">
                <h2>{label}</h2>
                <ItemFinder desk label="Find an item" except=vec![item] first=Vec::new() is_focused=true on_choose=choose/>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                </div>
            </div>
        </Dialog>
    }
}

fn set(item: ItemId, link: ItemLink, other: ItemId) -> Intent {
    let field = match link {
        ItemLink::Parent => Field::Parent,
        ItemLink::SupersededBy => Field::SupersededBy,
        ItemLink::DependsOn => {
            return Intent::Mark {
                items: vec![item],
                key: format!("depends:{other}"),
                value: Some(Scalar::Flag(true)),
            };
        }
    };
    Intent::Set {
        items: vec![item],
        value: Value::Field(field, Some(other.to_string().into())),
    }
}
