//! The menus of the list screen: which list, which headings, which order, which saved view.

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{Place, Scalar, Status, Thing, Things, thing},
};

use super::{SortMenu, open_place, place_icon, places};
use crate::{
    address::Screen,
    commands,
    components::pickers::walk,
    state::{desk::Desk, filter::Filter, grouping::GroupBy, layer::Layer},
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
    words,
};

/// What the archive, or what was declined, shows: wherever it was.
#[must_use]
pub fn archive_filter(status: Status) -> Filter {
    Filter {
        statuses: [status].into(),
        ..Filter::default()
    }
}

fn menu(desk: Desk, label: &'static str, body: AnyView) -> AnyView {
    let at = desk.anchor();
    view! {
        <Dialog label=label shape=Shape::Menu at=at on_close=move |()| desk.close_layer()>
            <div class="options" role="menu" aria-label=label on:keydown=walk>
                {body}
            </div>
        </Dialog>
    }
    .into_any()
}

fn choice(
    sign: Option<Icon>,
    label: String,
    more: String,
    chosen: bool,
    run: impl Fn() + 'static,
) -> AnyView {
    view! {
        <button
            class="option"
            role="menuitemradio"
            aria-checked=chosen.to_string()
            data-focus=chosen.then_some("")
            on:click=move |_| run()
        >
            <span class="option-name">{sign.map(icon)} <span class="cut">{label}</span></span>
            <span class="soft">{more}</span>
        </button>
    }
    .into_any()
}

fn entry(sign: Icon, label: &'static str, run: impl Fn() + 'static) -> AnyView {
    view! {
        <button class="option" role="menuitem" on:click=move |_| run()>
            <span class="option-name">{icon(sign)} <span class="cut">{label}</span></span>
        </button>
    }
    .into_any()
}

/// Every list with how much is in it; the archive; the board.
#[component]
pub fn ListsMenu(desk: Desk) -> impl IntoView {
    let (filter, look) = (desk.filter.get_untracked(), desk.look.get_untracked());
    let count = |place: Place| {
        let count = desk.rows.with_untracked(|rows| rows.ranked_in(place).len());
        words::number(count)
    };
    let of_status = |status: Status| {
        let statuses = desk.rows.with_untracked(|rows| rows.statuses());
        words::number(statuses.get(&status).copied().unwrap_or(0))
    };
    let plain = !look.whole && filter.statuses.is_empty();
    let lists: Vec<AnyView> = desk
        .things
        .with_untracked(places)
        .into_iter()
        .filter(|(place, _)| place.is_product_backlog())
        .map(|(place, name)| {
            let chosen = plain && filter.place() == place;
            choice(
                Some(place_icon(place)),
                name,
                count(place),
                chosen,
                move || {
                    desk.close_layer();
                    open_place(desk, place);
                },
            )
        })
        .collect();
    let all = desk.rows.with_untracked(|rows| {
        rows.places()
            .filter(|(place, _)| place.is_product_backlog())
            .map(|(_, list)| list.len())
            .sum::<usize>()
    });
    let away = [
        (Status::Archived, "Archive"),
        (Status::Declined, "Declined"),
    ]
    .map(|(status, label)| {
        let wanted = archive_filter(status);
        let chosen = filter.statuses == wanted.statuses;
        choice(
            Some(Icon::Archived),
            label.to_owned(),
            of_status(status),
            chosen,
            move || {
                desk.close_layer();
                desk.bar.show_filtered(Screen::List, archive_filter(status));
            },
        )
    });
    let here = filter.place();
    let edit = here.record().map(|_| {
        entry(Icon::Pencil, "Edit this list…", move || {
            desk.show_layer(Layer::EditColumn(here));
        })
    });
    let body = view! {
        {lists}
        {choice(
            Some(Icon::List),
            "All lists".to_owned(),
            words::number(all),
            look.whole,
            move || {
                desk.close_layer();
                desk.bar.show_screen(Screen::List);
                desk.bar.look_at(|look| look.whole = true);
            },
        )}
        <hr/>
        {away.into_iter().collect_view()}
        <hr/>
        {edit}
        {entry(Icon::Plus, "New list…", move || commands::run("new-list", desk))}
    }
    .into_any();
    menu(desk, "Lists", body)
}

/// The order of the list.
#[component]
pub fn SortList(desk: Desk) -> impl IntoView {
    let now = desk.look.get_untracked().sort;
    let place = desk.filter.with_untracked(Filter::place);
    view! {
        <SortMenu
            desk
            place
            now
            on_choose=move |sort| desk.bar.look_at(|look| look.sort = sort)
        />
    }
}

/// The headings of the list.
#[component]
pub fn GroupMenu(desk: Desk) -> impl IntoView {
    let now = desk.look.get_untracked().group;
    let choose = move |group: Option<GroupBy>| {
        desk.close_layer();
        desk.bar.look_at(|look| look.group = group);
    };
    let body = view! {
        {choice(None, "No groups".to_owned(), String::new(), now.is_none(), move || choose(None))}
        {GroupBy::ALL
            .iter()
            .map(|by| {
                let by = *by;
                choice(None, by.label().to_owned(), String::new(), now == Some(by), move || choose(Some(by)))
            })
            .collect_view()}
    }
    .into_any();
    menu(desk, "Group by", body)
}

/// The saved views of a backlog: (id, name, query), by name.
#[must_use]
pub fn saved_views(things: &Things) -> Vec<(String, String, String)> {
    let Some(facts) = things.get(&Thing::Product) else {
        return Vec::new();
    };
    let word = |value: Option<&&Scalar>| {
        let text = value.and_then(|value| value.text());
        text.unwrap_or_default().to_owned()
    };
    let mut views: Vec<(String, String, String)> = thing::groups(facts, "view")
        .into_iter()
        .filter(|(_, facts)| !facts.get("removed").is_some_and(|removed| removed.is_on()))
        .map(|(id, facts)| {
            (
                id.to_owned(),
                word(facts.get("name")),
                word(facts.get("query")),
            )
        })
        .filter(|(_, name, _)| !name.is_empty())
        .collect();
    views.sort_by_cached_key(|(id, name, _)| (name.to_lowercase(), id.clone()));
    views
}

fn put_view(id: &str, values: &[(&str, Scalar)]) -> Intent {
    Intent::Put {
        thing: Thing::Product,
        values: values
            .iter()
            .map(|(key, value)| (format!("view:{id}:{key}"), Some(value.clone())))
            .collect(),
    }
}

/// Views that everybody of this backlog shares: a list, its filter, order and headings, under a name.
#[component]
pub fn ViewsMenu(desk: Desk) -> impl IntoView {
    let now = untrack(|| desk.bar.query());
    let name = RwSignal::new(String::new());
    let query = now.clone();
    let save = move || {
        let name = name.with_untracked(|name| name.trim().to_owned());
        if name.is_empty() {
            return;
        }
        desk.close_layer();
        let id = desk.draw(RecordId::random);
        desk.intend_loudly(put_view(
            id.as_str(),
            &[("name", name.into()), ("query", query.as_str().into())],
        ));
    };
    let views = Memo::new(move |_| desk.things.with(saved_views));
    let at = desk.anchor();
    view! {
        <Dialog label="Views" shape=Shape::Menu at=at on_close=move |()| desk.close_layer()>
            <div class="views">
                <ul aria-label="Saved views">
                    <For each=move || views.get() key=Clone::clone let((id, name, query))>
                        {
                            let chosen = query == now;
                            let remove = format!("Remove view {name}");
                            let show = query.clone();
                            view! {
                                <li>
                                    <button
                                        class="option"
                                        aria-current=chosen.then_some("true")
                                        on:click=move |_| {
                                            desk.close_layer();
                                            desk.bar.show_query(&show);
                                        }
                                    >
                                        <span class="cut">{name}</span>
                                        {chosen.then(|| icon(Icon::Check))}
                                    </button>
                                    <button
                                        class="quiet"
                                        aria-label=remove
                                        on:click=move |_| {
                                            desk.intend_loudly(put_view(&id, &[("removed", true.into())]));
                                        }
                                    >
                                        {icon(Icon::Trash)}
                                    </button>
                                </li>
                            }
                        }
                    </For>
                </ul>
                <form
                    on:submit=move |event| {
                        event.prevent_default();
                        save();
                    }
                >
                    <input
                        class="field"
                        data-focus=""
                        aria-label="Name of the view"
                        placeholder="Save this view as…"
                        autocomplete="off"
                        maxlength="100"
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                    <button type="submit">"Save"</button>
                </form>
            </div>
        </Dialog>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_views_come_by_name_without_those_that_were_removed() {
        let facts = [
            ("view:a:name", Scalar::from("Zebra")),
            ("view:a:query", "group=goal".into()),
            ("view:b:name", "apple".into()),
            ("view:c:name", "Gone".into()),
            ("view:c:removed", true.into()),
            ("view:d:query", "q=nameless".into()),
        ]
        .map(|(key, value)| (key.to_owned(), value))
        .into();
        let things = [(Thing::Product, facts)].into();
        let views = saved_views(&things);
        let told: Vec<(&str, &str)> = views
            .iter()
            .map(|(_, name, query)| (name.as_str(), query.as_str()))
            .collect();
        assert_eq!(told, [("apple", ""), ("Zebra", "group=goal")]);
    }
}
