//! What people say about the item.

use leptos::prelude::*;
use shared::{
    ids::CommentId,
    intent::Intent,
    model::{Comment, Part},
};

use super::{Open, changed, markdown};
use crate::{
    components::{people_here::initials, unverified},
    platform::device,
    words,
};

/// All comments, and a field for the next.
#[component]
pub(super) fn Comments(open: Open) -> impl IntoView {
    let comments = Memo::new(move |_| {
        open.detail
            .with(|detail| detail.as_ref().map(|detail| detail.comments.clone()))
            .unwrap_or_default()
    });
    let ids = move || comments.with(|all| all.iter().map(|one| one.id).collect::<Vec<_>>());
    let text = RwSignal::new(String::new());
    let say = move || {
        let typed = text.with_untracked(|text| text.trim().to_owned());
        if !typed.is_empty() {
            let id = open.desk.draw(CommentId::random);
            open.intend(Intent::AddComment {
                item: open.id,
                id,
                text: typed,
            });
            text.set(String::new());
        }
    };
    view! {
        <section class="comments" aria-label="Comments">
            {changed::heading(open, "Comments", Part::Comments)}
            <ol>
                <For each=ids key=|id| *id let(id)>
                    <OneComment open comments id/>
                </For>
            </ol>
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    say();
                }
            >
                <textarea
                    class="field"
                    aria-label="Add a comment"
                    placeholder="Add a comment"
                    rows="2"
                    prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                    on:keydown=move |event| {
                        if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                            event.prevent_default();
                            say();
                        }
                    }
                ></textarea>
                <button type="submit" disabled=move || text.with(|text| text.trim().is_empty())>"Comment"</button>
            </form>
        </section>
    }
}

#[component]
fn OneComment(open: Open, comments: Memo<Vec<Comment>>, id: CommentId) -> impl IntoView {
    let item = open.id;
    let one = Memo::new(move |_| comments.with(|all| all.iter().find(|one| one.id == id).cloned()));
    let editing = RwSignal::new(None::<String>);
    let is_mine = Memo::new(move |_| {
        one.get()
            .is_some_and(|one| one.person() == Some(open.desk.me))
    });
    let author = Memo::new(move |_| {
        one.get().map(|one| {
            let person = one
                .person()
                .and_then(|by| open.desk.people.with(|people| people.get(&by).cloned()));
            match person {
                Some(person) => (person.name, person.colour),
                None => (one.name, 11),
            }
        })
    });
    let save = move || {
        if let Some(typed) = editing.get_untracked() {
            let text = typed.trim().to_owned();
            if !text.is_empty() {
                open.intend(Intent::SetComment { item, id, text });
            }
            editing.set(None);
        }
    };
    let when = move || one.get().map(|one| words::ago(device::now(), one.at));
    let body = move || {
        match editing.get() {
        Some(_) => view! {
            <form
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <textarea
                    class="field"
                    aria-label="Edit comment"
                    rows="3"
                    prop:value=untrack(move || editing.get()).unwrap_or_default()
                    on:input=move |event| editing.update_untracked(|text| *text = Some(event_target_value(&event)))
                ></textarea>
                <button type="submit">"Save"</button>
                <button type="button" class="quiet" on:click=move |_| editing.set(None)>"Cancel"</button>
            </form>
        }
        .into_any(),
        None => view! {
            <div class="prose">{one.get().map(|one| markdown::show(&one.text))}</div>
        }
        .into_any(),
    }
    };
    view! {
        <li class="comment">
            <div class="by">
                {move || {
                    author.get().map(|(name, colour)| {
                        let said = one.get().map(|one| match one.by {
                            Some(by) => unverified::mark(open.desk, Some(by)),
                            None => unverified::unsigned(open.desk),
                        });
                        view! {
                            <span class=format!("face small c{colour}") aria-hidden="true">{initials(&name)}</span>
                            <strong>{name}</strong>
                            {said}
                        }
                    })
                }}
                <span class="soft">{when}</span>
                <Show when=move || is_mine.get()>
                    <button class="quiet" on:click=move |_| editing.set(one.get_untracked().map(|one| one.text))>"Edit"</button>
                    <button
                        class="quiet"
                        on:click=move |_| {
                            open.desk.intend_loudly(Intent::RemoveComment { item, id });
                        }
                    >
                        "Remove"
                    </button>
                </Show>
            </div>
            {body}
        </li>
    }
}
