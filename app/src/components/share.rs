//! Who may do what here: the link of this browser, the links that owners make, and changes that the relay did not take.

mod made;
mod new_link;

use leptos::prelude::*;
use shared::{
    session::messages::{RelayState, ToSession},
    sync::access::{Role, Secret},
};
use wasm_bindgen_futures::spawn_local;

use self::{made::MadeLink, new_link::NewLinkForm};
use crate::{
    platform::{
        device,
        door::{self, ListedLink, NewLink},
        page,
    },
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
    words,
};

/// The links of the backlog as the dialog knows them.
#[derive(Clone, Copy, Debug)]
struct Links {
    desk: Desk,
    /// `None` while they are fetched.
    listed: RwSignal<Option<Vec<ListedLink>>>,
    wrong: RwSignal<Option<String>>,
}

impl Links {
    fn of(desk: Desk) -> Self {
        let links = Self {
            desk,
            listed: RwSignal::new(None),
            wrong: RwSignal::new(None),
        };
        links.ask(async move { door::links(&page::relay_url(), desk.document).await });
        links
    }

    /// Performs a request and shows the list after it. The dialog may be gone by then.
    fn ask(self, request: impl Future<Output = Result<Vec<ListedLink>, String>> + 'static) {
        spawn_local(async move {
            match request.await {
                Ok(listed) => {
                    self.wrong.try_set(None);
                    self.listed.try_set(Some(listed));
                }
                Err(words) => drop(self.wrong.try_set(Some(words))),
            }
        });
    }

    /// Makes a link, keeps its secret on this device and puts it on the clipboard.
    fn make(self, role: Role, label: String, expires_in_days: Option<i64>) {
        let desk = self.desk;
        let mut rng = device::random();
        let secret = Secret::random(&mut rng);
        let new = NewLink {
            id: shared::ids::LinkId::random(&mut rng),
            verifier: secret.verifier(),
            role,
            label,
            expires: expires_in_days.map(|days| device::now().plus_ms(days * DAY_MS)),
        };
        let secures = self
            .listed
            .with_untracked(|listed| listed.as_ref().is_some_and(Vec::is_empty));
        self.ask(async move {
            let listed = door::make_link(&page::relay_url(), desk.document, &new).await?;
            device::keep_made_link(desk.document, new.id, secret);
            if secures {
                desk.say(ToSession::UseLink { secret });
                desk.notices.say("The backlog is secured");
                desk.close_layer();
                return Ok(listed);
            }
            copy(desk, secret).await;
            Ok(listed)
        });
    }
}

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Puts a link on the clipboard, or shows it.
async fn copy(desk: Desk, secret: Secret) {
    let link = door::link_to(&page::origin(), desk.document, Some(secret));
    if page::copy(&link).await {
        desk.notices.say("Link copied");
    } else {
        let text = format!("Copy this link: {link}");
        desk.notices
            .tell(shared::session::messages::Level::Info, text, None);
    }
}

/// The dialog.
#[component]
pub fn AccessDialog(desk: Desk) -> impl IntoView {
    view! {
        <Dialog label="Links and access" shape=Shape::Sheet on_close=move |()| desk.close_layer()>
            <div class="access">
                <div class="access-head">
                    <h2>"Links and access"</h2>
                    <button class="quiet" on:click=move |_| desk.close_layer()>"Close"</button>
                </div>
                <section aria-label="Your link">
                    <p>{move || words::may_here(desk.access.with(|access| access.role))}</p>
                    <button
                        class="primary"
                        data-focus=""
                        on:click=move |_| crate::commands::run("share", desk)
                    >"Copy your link"</button>
                    <p class="soft">"Whoever has a link may do what it allows, and pass it on. What stands behind the # never reaches a server’s log."</p>
                </section>
                <Refused desk/>
                {move || (desk.role() == Role::Owner).then(|| view! { <OwnersLinks desk/> })}
            </div>
        </Dialog>
    }
}

/// What the relay did not take.
#[component]
fn Refused(desk: Desk) -> impl IntoView {
    let count = Memo::new(move |_| desk.status.with(|status| status.refused));
    move || {
        let refused = usize::try_from(count.get()).unwrap_or(usize::MAX);
        (refused > 0).then(|| {
            let changes = words::count(refused, "change was", "changes were");
            view! {
                <section aria-label="Refused changes">
                    <h3>{format!("{changes} not taken")}</h3>
                    <p>"They are kept aside on this device and nobody else sees them. An owner or editor can merge the file."</p>
                    <div class="buttons">
                        <button class="quiet" on:click=move |_| desk.say(ToSession::DiscardRefused)>"Discard them"</button>
                        <button on:click=move |_| desk.say(ToSession::HandOutRefused)>"Download with them"</button>
                    </div>
                </section>
            }
        })
    }
}

#[component]
fn OwnersLinks(desk: Desk) -> impl IntoView {
    let links = Links::of(desk);
    let secured = Memo::new(move |_| {
        links
            .listed
            .with(|listed| listed.as_ref().map(|all| !all.is_empty()))
    });
    view! {
        <p class="wrong" role="alert">{move || links.wrong.get()}</p>
        {move || match secured.get() {
            None => view! { <p class="soft">"Asking the relay…"</p> }.into_any(),
            Some(false) => view! { <Unsecured links/> }.into_any(),
            Some(true) => view! {
                <NewLinkForm links/>
                <section aria-label="Links">
                    <h3>"Links"</h3>
                    <ul class="made-links" aria-label="Links">
                        <For
                            each=move || links.listed.get().unwrap_or_default()
                            key=|link| (link.id, link.revoked, link.expires)
                            let(link)
                        >
                            <MadeLink links link/>
                        </For>
                    </ul>
                </section>
            }.into_any(),
        }}
    }
}

/// A backlog from before there were links: its id alone opens it.
#[component]
fn Unsecured(links: Links) -> impl IntoView {
    view! {
        <section aria-label="Not secured">
            <h3>"Anyone with the address can open this backlog"</h3>
            <p>"It has no links yet. Secure it, and only links open it: yours first, then those that you make. Others who have it open need one."</p>
            <button on:click=move |_| links.make(Role::Owner, "First owner".to_owned(), None)>"Secure this backlog"</button>
        </section>
    }
}

/// Says above the list what keeps changes from the relay: its own trouble, or what this link does not let people do.
#[component]
pub fn RoleNote(desk: Desk) -> impl IntoView {
    move || {
        if let RelayState::Troubled(reason) = desk.status.with(|status| status.relay.clone()) {
            return Some(view! { <p class="role-note" role="alert">{reason}</p> }.into_any());
        }
        let note = match desk.role() {
            Role::Viewer => {
                "You can read this backlog. To change it, ask an owner for another link."
            }
            Role::Commenter => {
                "You can read this backlog and comment. To change it, ask an owner for another link."
            }
            Role::Editor | Role::Owner => return None,
        };
        Some(view! { <p class="role-note" role="note">{note}</p> }.into_any())
    }
}
