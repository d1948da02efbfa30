//! What kinds of work stand above each limit line (BT-40).

use leptos::prelude::*;
use shared::model::{Kind, Place};

use crate::{
    address::Screen,
    components::list_link::list_link,
    state::{
        cut::{self, Cut},
        desk::Desk,
        filter::Filter,
    },
    words,
};

pub(super) fn section(desk: Desk) -> AnyView {
    let cuts = Memo::new(move |_| {
        desk.things.with(|things| {
            let list = desk.rows.with(|rows| rows.ranked_in(Place::Product));
            let drawn = cut::drawn(things, Place::Product);
            let shares = desk.shares.get();
            cut::cut(&list, &shares, &drawn, cut::missing(things), None).lines
        })
    });
    view! {
        <section class="part" aria-label="Mix above each line">
            <h3>"Mix above each line"</h3>
            {move || {
                let cuts = cuts.get();
                if cuts.is_empty() {
                    none(desk)
                } else {
                    cuts.into_iter().map(|cut| line(desk, &cut)).collect_view().into_any()
                }
            }}
        </section>
    }
    .into_any()
}

fn none(desk: Desk) -> AnyView {
    view! {
        <p class="soft">
            "There is no line yet. " <a
                class="list-link"
                href=move || desk.bar.link_to(Screen::Cut)
                on:click=move |event| {
                    event.prevent_default();
                    desk.bar.show_screen(Screen::Cut);
                }
            >
                "Draw one"
            </a>
        </p>
    }
    .into_any()
}

fn line(desk: Desk, cut: &Cut) -> AnyView {
    let all: usize = cut.mix.values().sum();
    let top = cut.line.after;
    let shares = Kind::ALL
        .iter()
        .filter_map(|kind| {
            let count = cut.mix.get(kind).copied().filter(|count| *count > 0)?;
            let percent = (count as f64 * 100.0 / all as f64).round();
            let kind = *kind;
            let filter = Signal::derive(move || Filter {
                kinds: [kind].into(),
                top: Some(top),
                ..Filter::default()
            });
            let text = Signal::derive(move || {
                let name = words::kind(desk, kind).to_lowercase();
                format!("{percent} % {name} ({})", words::number(count))
            });
            Some(view! {
                <li>
                    <span class=format!("share kind-{}", kind.word()) style:flex-grow=count.to_string() aria-hidden="true"></span>
                    {list_link(desk, filter, text)}
                </li>
            })
        })
        .collect_view();
    let name = cut.drawn.name.clone();
    let items = words::count(top, "item", "items");
    view! {
        <div class="mix" role="group" aria-label=name.clone()>
            <p><strong>{name.clone()}</strong> " " <span class="soft">{format!("{items} above it")}</span></p>
            <ul>{shares}</ul>
        </div>
    }
    .into_any()
}
