//! Toasts, the banner for what is at risk, and the region that screen readers listen to.

use leptos::prelude::*;
use shared::session::messages::Level;

use crate::{
    state::notices::{Notices, Offer, Toast},
    ui::icon::{Icon, icon},
};

/// All notices. `on_offer` does what a notice offers.
#[component]
pub fn NoticesView(notices: Notices, #[prop(into)] on_offer: Callback<Offer>) -> impl IntoView {
    let of = move |danger: bool| {
        notices
            .shown()
            .into_iter()
            .filter(|toast| (toast.level == Level::Danger) == danger)
            .collect::<Vec<_>>()
    };
    view! {
        <div class="banners">
            <For each=move || of(true) key=|toast| toast.id let(toast)>
                <Notice notices toast on_offer/>
            </For>
        </div>
        <div class="toasts" role="region" aria-label="Notices">
            <For each=move || of(false) key=|toast| toast.id let(toast)>
                <Notice notices toast on_offer/>
            </For>
        </div>
        <p class="hidden" role="status" aria-live="polite" aria-label="Announcements">{move || notices.said()}</p>
    }
}

#[component]
fn Notice(notices: Notices, toast: Toast, on_offer: Callback<Offer>) -> impl IntoView {
    let Toast {
        id,
        level,
        text,
        offer,
    } = toast;
    let class = match level {
        Level::Info => "notice info",
        Level::Warning => "notice warning",
        Level::Danger => "notice danger",
    };
    view! {
        <div class=class>
            <span class="text">{text}</span>
            {offer
                .map(|offer| {
                    view! {
                        <button
                            class="quiet"
                            on:click=move |_| {
                                notices.dismiss(id);
                                on_offer.run(offer);
                            }
                        >
                            {offer.label()}
                        </button>
                    }
                })}
            <button class="quiet" aria-label="Dismiss" on:click=move |_| notices.dismiss(id)>
                {icon(Icon::Close)}
            </button>
        </div>
    }
}
