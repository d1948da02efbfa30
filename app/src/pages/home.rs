//! The start page: begin a backlog, or go on with one that this browser knows. No account.

use leptos::prelude::*;
use shared::{
    ids::DocumentId,
    import::{self, EXAMPLE_ATTRIBUTION, Taken},
    intent::{Intent, Target},
    model::{Person, Things},
};
use wasm_bindgen_futures::spawn_local;

use crate::{
    address::{self, Place},
    app::Begin,
    components::{notices_view::NoticesView, people_here::initials},
    parts,
    platform::{
        device::{self, Evicted, KnownBacklog},
        page::{self, GivenFile},
    },
    state::{address_bar::AddressBar, notices::Notices},
    theme,
    ui::{
        dialog::{Dialog, Shape},
        icon::{Icon, icon},
    },
    words,
};

/// The start page.
#[component]
pub fn HomePage(bar: AddressBar, notices: Notices, begin: Begin, lost: bool) -> impl IntoView {
    page::set_title("Cutline");
    // Whether a file is imported, and the one that was dropped.
    let importing = RwSignal::new(None::<Option<GivenFile>>);
    let imported = Callback::new(move |taken: Option<Taken>| {
        importing.set(None);
        if let Some(taken) = taken {
            let name = taken.name.clone();
            let first = taken.into_intent(Target::Bottom, &Things::new());
            begin.create(bar, name, first);
        }
    });
    view! {
        <NoticesView notices on_offer=|_| ()/>
        <div
            class="home"
            on:dragover=|event| event.prevent_default()
            on:drop=move |event| {
                event.prevent_default();
                spawn_local(async move {
                    if let Some(file) = page::dropped_file(&event).await {
                        importing.set(Some(Some(file)));
                    }
                });
            }
        >
            <header>
                <h1>"Cutline"</h1>
                <span class="grow"></span>
                <Me/>
                <button class="quiet" on:click=move |_| notices.say(theme::next())>"Theme"</button>
            </header>
            <main>
                <p class="lead">"A backlog your team ranks together. It works offline, and nothing needs an account."</p>
                {lost.then(|| view! { <p><span class="wrong" role="alert">"This address names no backlog."</span> " " <a href="/">"All backlogs"</a></p> })}
                <Beginnings bar notices begin importing/>
                <Known bar/>
            </main>
        </div>
        {move || {
            importing
                .get()
                .map(|file| parts::IMPORT.view(move |dialog| dialog(file.clone(), imported), move || importing.set(None)))
        }}
    }
}

#[component]
fn Beginnings(
    bar: AddressBar,
    notices: Notices,
    begin: Begin,
    importing: RwSignal<Option<Option<GivenFile>>>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let create = move || {
        let typed = name.with_untracked(|name| name.trim().to_owned());
        let typed = if typed.is_empty() {
            "New backlog".to_owned()
        } else {
            typed
        };
        begin.create(bar, typed, None);
    };
    let example = move || {
        spawn_local(async move {
            match parts::EXAMPLE.fetch().await {
                Ok(open) => open(bar, begin),
                Err(_) => notices.say("The example could not be loaded. Try again when online."),
            }
        });
    };
    let link = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let open = move || match link.with_untracked(|link| address::parse_link(link)) {
        Some((document, secret)) => {
            if let Some(secret) = secret {
                device::arrive(document, secret);
            }
            bar.go(Place::Backlog(document));
        }
        None => wrong.set(true),
    };
    view! {
        <section class="beginnings" aria-label="Begin">
            <form
                class="begin"
                on:submit=move |event| {
                    event.prevent_default();
                    create();
                }
            >
                <label>
                    "New backlog"
                    <input
                        class="field"
                        aria-label="Name of the new backlog"
                        placeholder="Name, such as the product’s"
                        autocomplete="off"
                        maxlength="200"
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </label>
                <button type="submit" class="primary">"New backlog"</button>
            </form>
            <div class="begin">
                <p class="label">"Bring what you have"</p>
                <p class="soft">"Jira, Linear, GitHub, Trello, a spreadsheet or plain lines. Or drop a file anywhere."</p>
                <button type="button" on:click=move |_| importing.set(Some(None))>"Import a file"</button>
            </div>
            <form
                class="begin"
                on:submit=move |event| {
                    event.prevent_default();
                    open();
                }
            >
                <label>
                    "Open a shared backlog"
                    <input
                        class="field"
                        aria-label="Link to a backlog"
                        placeholder="Paste its link"
                        autocomplete="off"
                        aria-invalid=move || wrong.get().to_string()
                        on:input=move |event| {
                            wrong.set(false);
                            link.set(event_target_value(&event));
                        }
                    />
                </label>
                <button type="submit">"Open link"</button>
                <p class="wrong" role="alert">{move || wrong.get().then_some("That is not a link to a backlog.")}</p>
            </form>
            <div class="begin">
                <p class="label">"Look around first"</p>
                <p class="soft attribution">{EXAMPLE_ATTRIBUTION}</p>
                <button type="button" on:click=move |_| example()>"Open the example"</button>
            </div>
        </section>
    }
}

/// The example is a backlog like any other: this browser's own copy, to play with.
pub(crate) fn open_example(bar: AddressBar, begin: Begin) {
    let (name, _, items) = import::example();
    let (now, mut rng) = (device::now(), device::random());
    let items = items
        .into_iter()
        .map(|item| item.into_new_item(now, &mut rng))
        .collect();
    let first = Intent::Add {
        items,
        at: Target::Bottom,
    };
    begin.create(bar, name.to_owned(), Some(first));
}

#[component]
fn Known(bar: AddressBar) -> impl IntoView {
    let known = RwSignal::new(None::<Vec<KnownBacklog>>);
    let evicted = RwSignal::new(Vec::<Evicted>::new());
    let forgetting = RwSignal::new(None::<(DocumentId, String)>);
    let load = move || {
        spawn_local(async move {
            // The page may be gone by the time the storage answers.
            known.try_set(Some(device::backlogs().await));
            evicted.try_set(device::canary().await);
        });
    };
    load();
    view! {
        <section class="known" aria-label="Your backlogs">
            <h2>"On this device"</h2>
            <For each=move || evicted.get() key=|lost| lost.document let(lost)>
                <Lost bar lost evicted/>
            </For>
            {move || {
                known
                    .get()
                    .filter(Vec::is_empty)
                    .map(|_| view! { <p class="soft">"Nothing yet. What you open here stays here."</p> })
            }}
            <ul aria-label="Backlogs">
                <For each=move || known.get().unwrap_or_default() key=|one| one.document let(one)>
                    <KnownLine bar one forgetting/>
                </For>
            </ul>
        </section>
        {move || {
            forgetting
                .get()
                .map(|(document, name)| view! { <Forget document name forgetting on_done=move |()| load()/> })
        }}
    }
}

#[component]
fn KnownLine(
    bar: AddressBar,
    one: KnownBacklog,
    forgetting: RwSignal<Option<(DocumentId, String)>>,
) -> impl IntoView {
    let KnownBacklog { document, summary } = one;
    let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let items = words::count(count(summary.items), "item", "items");
    let opened = words::ago(device::now(), summary.opened);
    let unsent = (summary.unsent > 0).then(|| {
        let changes = words::count(count(summary.unsent), "change", "changes");
        view! { <span class="unsent">{format!("{changes} to send")}</span> }
    });
    let name = summary.name.clone();
    let forget_label = format!("Forget {name}");
    view! {
        <li>
            <a
                href=format!("/b/{document}")
                on:click=move |event| {
                    if !(event.ctrl_key() || event.meta_key() || event.shift_key()) {
                        event.prevent_default();
                        bar.go(Place::Backlog(document));
                    }
                }
            >
                <strong>{summary.name}</strong>
                <span class="soft">{format!("{items} · opened {opened}")}</span>
                {unsent}
            </a>
            <button class="quiet" aria-label=forget_label title="Forget" on:click=move |_| forgetting.set(Some((document, name.clone())))>
                {icon(Icon::Trash)}
            </button>
        </li>
    }
}

#[component]
fn Lost(bar: AddressBar, lost: Evicted, evicted: RwSignal<Vec<Evicted>>) -> impl IntoView {
    let Evicted { document, name } = lost;
    view! {
        <div class="notice warning" role="alert">
            <span class="text">
                {format!("This browser has cleared its copy of “{name}”. Opening it fetches what the relay has.")}
            </span>
            <button class="quiet" on:click=move |_| bar.go(Place::Backlog(document))>"Open"</button>
            <button
                class="quiet"
                aria-label="Dismiss"
                on:click=move |_| {
                    device::dismiss_evicted(document);
                    evicted.update(|all| all.retain(|one| one.document != document));
                }
            >
                {icon(Icon::Close)}
            </button>
        </div>
    }
}

#[component]
fn Forget(
    document: DocumentId,
    name: String,
    forgetting: RwSignal<Option<(DocumentId, String)>>,
    #[prop(into)] on_done: Callback<()>,
) -> impl IntoView {
    let failed = RwSignal::new(None::<String>);
    let forget = move |_| {
        spawn_local(async move {
            match device::forget(document).await {
                Ok(()) => {
                    forgetting.set(None);
                    on_done.run(());
                }
                Err(reason) => failed.set(Some(reason)),
            }
        });
    };
    view! {
        <Dialog label="Forget this backlog" shape=Shape::Card on_close=move |()| forgetting.set(None)>
            <div class="question">
                <h2>{format!("Forget “{name}”?")}</h2>
                <p>
                    "Its copy on this device is removed, with any change that was not sent. What the relay and others have stays; the link opens it again."
                </p>
                <p class="wrong" role="alert">{move || failed.get()}</p>
                <div class="buttons">
                    <button class="quiet" data-focus="" on:click=move |_| forgetting.set(None)>"Keep"</button>
                    <button class="primary danger" on:click=forget>"Forget"</button>
                </div>
            </div>
        </Dialog>
    }
}

/// Who sits here, as others see them.
#[component]
fn Me() -> impl IntoView {
    let me = RwSignal::new(device::person().1);
    let asks = RwSignal::new(false);
    let done = Callback::new(move |changed: Option<Person>| {
        asks.set(false);
        if let Some(profile) = changed {
            device::set_profile(&profile);
            me.set(profile);
        }
    });
    view! {
        <button class="quiet me" title="Your name and colour" on:click=move |_| asks.set(true)>
            <span class=move || format!("face small c{}", me.get().colour) aria-hidden="true">
                {move || initials(&me.get().name)}
            </span>
            <span class="hidden">"Your name and colour: "</span>
            <span>{move || me.get().name}</span>
        </button>
        {move || asks.get().then(|| parts::PROFILE.view(move |dialog| dialog(me.get_untracked(), done), move || asks.set(false)))}
    }
}
