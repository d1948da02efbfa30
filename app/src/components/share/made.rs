//! One link in the owners' list.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use super::{DAY_MS, Links, copy};
use crate::{
    platform::{
        device,
        door::{self, ListedLink},
        page,
    },
    words,
};

/// What it allows, what it is for, and what can be done about it.
#[component]
pub(super) fn MadeLink(links: Links, link: ListedLink) -> impl IntoView {
    let desk = links.desk;
    let name = match (link.label.is_empty(), words::role(link.role)) {
        (true, role) => role.to_owned(),
        (false, _) => link.label.clone(),
    };
    let now = device::now();
    let has_ended = link.expires.is_some_and(|expires| expires <= now);
    let opens = !link.revoked && !has_ended;
    let state = if link.revoked {
        "revoked".to_owned()
    } else if has_ended {
        "ended".to_owned()
    } else {
        let end = link.expires.map(|expires| {
            let days = (expires.ms_since(now) + DAY_MS - 1) / DAY_MS;
            let days = usize::try_from(days).unwrap_or(0);
            format!("ends in {}", words::count(days, "day", "days"))
        });
        let own = link.own.then(|| "yours".to_owned());
        own.into_iter().chain(end).collect::<Vec<_>>().join(", ")
    };
    let secret = device::made_links(desk.document).get(&link.id).copied();
    let secret = secret.or_else(|| {
        link.own
            .then(|| desk.access.with_untracked(|access| access.secret))
            .flatten()
    });
    let id = link.id;
    let sure = RwSignal::new(false);
    let revoke = move |_| {
        if !sure.get_untracked() {
            sure.set(true);
            return;
        }
        links.ask(async move { door::revoke_link(&page::relay_url(), desk.document, id).await });
    };
    let (ends, never_ends) = (link.expires.is_none(), link.expires.is_some());
    let expire = move |days: Option<i64>| {
        let expires = days.map(|days| device::now().plus_ms(days * DAY_MS));
        links.ask(async move {
            door::expire_link(&page::relay_url(), desk.document, id, expires).await
        });
    };
    let said = name.clone();
    let revoke_name = format!("Revoke {name}");
    let copy_name = format!("Copy {name}");
    let end_name = format!("End {name} in a week");
    let last_name = format!("Let {name} never end");
    view! {
        <li class:gone=!opens aria-label=said>
            <span class="link-name">
                <strong>{name}</strong>
                <span class="soft">{words::role(link.role)}{(!state.is_empty()).then(|| format!(" · {state}"))}</span>
            </span>
            {opens.then(|| view! {
                {secret.map(|secret| view! {
                    <button class="quiet" aria-label=copy_name on:click=move |_| spawn_local(copy(desk, secret))>"Copy"</button>
                })}
                {ends.then(|| view! {
                    <button class="quiet" aria-label=end_name on:click=move |_| expire(Some(7))>"End in a week"</button>
                })}
                {never_ends.then(|| view! {
                    <button class="quiet" aria-label=last_name on:click=move |_| expire(None)>"Never end"</button>
                })}
                <button class="quiet danger" aria-label=revoke_name on:click=revoke>
                    {move || if sure.get() { "Revoke now: whoever uses it leaves" } else { "Revoke" }}
                </button>
            })}
        </li>
    }
}
