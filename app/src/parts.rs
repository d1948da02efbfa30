//! The parts that the app's module is taken apart into: what a first visit does not need is fetched when it is first used.
//!
//! A release build cuts the module along the functions named here (`xtask/src/split.rs`, feature `split`); a developer's
//! build keeps it whole, and then every part is there at once. What only one part uses goes into that part's file, what
//! several use into files that they share, and all that the page needs to show a backlog stays in the main module. The
//! service worker keeps every file, so that a part opens without a network too. A part offers one function, and nothing
//! else of it should be named outside of it: whatever is, goes into the main module.

use std::{cell::Cell, pin::Pin, thread::LocalKey};

use leptos::{prelude::*, wasm_split::SplitLoaderError};
use shared::{
    import::{Options, Taken},
    model::Person,
    session::messages::Open,
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    app::Begin,
    components,
    pages::home,
    platform::page::{self, GivenFile},
    state::{address_bar::AddressBar, desk::Desk, layer::Layer},
    views,
    worker::{self, Hearing},
};

type Coming<T> = Pin<Box<dyn Future<Output = Result<T, SplitLoaderError>>>>;

/// What a part of the page offers: the view of a screen, or of the open item.
pub(crate) type View = fn(Desk) -> AnyView;

/// One part, known by the function that it offers.
pub(crate) struct Part<T: Copy + 'static> {
    here: &'static LocalKey<Cell<Option<T>>>,
    fetch: fn() -> Coming<T>,
}

/// `NAME: type of the function = the function, in the part's file;`
macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident: $offers:ty = $offered:expr, in $file:ident;)*) => {$(
        $(#[$doc])*
        pub(crate) static $name: Part<$offers> = {
            #[cfg(feature = "split")]
            #[leptos::wasm_split::wasm_split($file, fallible, wasm_split_path = leptos::wasm_split)]
            #[allow(non_snake_case, reason = "the linker finds a part by this name, so no other has it")]
            fn $name() -> Result<$offers, SplitLoaderError> {
                Ok($offered)
            }
            #[cfg(not(feature = "split"))]
            #[allow(non_snake_case, reason = "as above")]
            async fn $name() -> Result<$offers, SplitLoaderError> {
                Ok($offered)
            }
            thread_local! {
                static HERE: Cell<Option<$offers>> = const { Cell::new(None) };
            }
            Part { here: &HERE, fetch: || Box::pin($name()) }
        };
    )*};
}

parts! {
    /// The scores.
    SCORES: View = views::scores, in screens;
    /// The weekly review.
    REVIEW: View = views::review, in screens;
    /// Lists and releases as columns.
    BOARD: View = views::board, in screens;
    /// Releases.
    RELEASES: View = views::releases, in screens;
    /// Reports.
    REPORTS: View = views::reports, in screens;
    /// Sprints.
    SPRINTS: View = views::sprints, in screens;
    /// What waits for a decision.
    INBOX: View = views::inbox, in screens;
    /// Goals, initiatives and themes.
    STRATEGY: View = views::strategy, in screens;
    /// How well the backlog is kept.
    HEALTH: View = views::health, in screens;
    /// The settings.
    SETTINGS: View = views::settings, in screens;
    /// The open item.
    PANEL: View = components::panel::item_panel, in aside;
    /// Brings the files of items to the relay.
    FILES: fn(Desk) = components::panel::files::send, in aside;
    /// Dialogs and menus of a backlog.
    LAYERS: fn(Desk, Layer) -> AnyView = components::layers::layer_view, in aside;
    /// The question who one is.
    PROFILE: fn(Person, Callback<Option<Person>>) -> AnyView = components::profile::asked, in aside;
    /// A file that becomes a new backlog.
    IMPORT: fn(Option<GivenFile>, Callback<Option<Taken>>) -> AnyView = components::import_dialog::into_new, in aside;
    /// The example as a new backlog.
    EXAMPLE: fn(AddressBar, Begin) = home::open_example, in aside;
    /// In the worker: a backlog's document.
    SESSION: fn(Open) -> Result<Hearing, String> = worker::session, in session;
    /// In the worker: reading a file.
    READING: fn(&str, Vec<u8>, Options) = worker::import::run, in reading;
}

impl<T: Copy + 'static> Part<T> {
    /// Its function, where it was fetched before.
    fn here(&self) -> Option<T> {
        self.here.with(Cell::get)
    }

    /// Fetches it, unless it is there. One that could not be fetched is tried anew by the next call.
    pub(crate) async fn fetch(&self) -> Result<T, SplitLoaderError> {
        if let Some(here) = self.here() {
            return Ok(here);
        }
        let fetched = (self.fetch)().await?;
        self.here.set(Some(fetched));
        Ok(fetched)
    }

    /// Does something once the part is there and what it shows is on the screen; nothing if it can't be fetched.
    pub(crate) fn after_paint(&'static self, act: impl FnOnce() + 'static) {
        spawn_local(async move {
            if self.fetch().await.is_ok() {
                page::after_paint(act);
            }
        });
    }

    /// What `draw` makes of the part: at once where it is there. Until then a word about what is going on, and where it
    /// can't be had, a way to try again or to `give_up`.
    pub(crate) fn view(
        &'static self,
        draw: impl Fn(T) -> AnyView + Send + 'static,
        give_up: impl Fn() + Send + Sync + 'static,
    ) -> AnyView {
        if let Some(here) = self.here() {
            return draw(here);
        }
        let (state, give_up) = (
            RwSignal::new(State::Coming),
            Callback::new(move |()| give_up()),
        );
        let ask = move || {
            state.set(State::Coming);
            spawn_local(async move {
                let next = match self.fetch().await {
                    Ok(_) => State::Here,
                    Err(_) => State::Missing,
                };
                // The view may be gone by now.
                state.try_set(next);
            });
        };
        ask();
        (move || match (state.get(), self.here()) {
            (State::Here, Some(here)) => draw(here),
            (State::Missing, _) => missing(Callback::new(move |()| ask()), give_up),
            _ => view! { <p class="coming" role="status">"Loading…"</p> }.into_any(),
        })
        .into_any()
    }
}

/// How far a view's part is.
#[derive(Clone, Copy, PartialEq)]
enum State {
    Coming,
    Here,
    Missing,
}

fn missing(try_again: Callback<()>, give_up: Callback<()>) -> AnyView {
    view! {
        <div class="notice warning missing" role="alert">
            <span class="text">"This part of Cutline could not be loaded. Your work is safe."</span>
            <button on:click=move |_| try_again.run(())>"Try again"</button>
            <button class="quiet" on:click=move |_| give_up.run(())>"Close"</button>
        </div>
    }
    .into_any()
}
