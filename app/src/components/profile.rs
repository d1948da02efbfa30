//! Who one is, to the others: a name and a colour.

use leptos::prelude::*;
use shared::model::Person;

use crate::{
    ui::dialog::{Dialog, Shape},
    words,
};

/// The question, as a part of the app.
pub(crate) fn asked(profile: Person, on_done: Callback<Option<Person>>) -> AnyView {
    view! { <ProfileDialog profile on_done/> }.into_any()
}

/// The question. `on_done` gets the profile where it was changed.
#[component]
pub fn ProfileDialog(
    profile: Person,
    #[prop(into)] on_done: Callback<Option<Person>>,
) -> impl IntoView {
    let name = RwSignal::new(profile.name.clone());
    let colour = RwSignal::new(profile.colour);
    let save = move || {
        let typed =
            name.with_untracked(|name| name.split_whitespace().collect::<Vec<_>>().join(" "));
        if typed.is_empty() {
            return;
        }
        on_done.run(Some(Person {
            name: typed,
            colour: colour.get_untracked(),
        }));
    };
    view! {
        <Dialog label="Your name and colour" shape=Shape::Card on_close=move |()| on_done.run(None)>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <h2>"How do others see you?"</h2>
                <label>
                    "Name"
                    <input
                        class="field"
                        data-focus=""
                        aria-label="Name"
                        autocomplete="name"
                        maxlength="60"
                        prop:value=move || name.get()
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                </label>
                <fieldset class="colours">
                    <legend>"Colour"</legend>
                    {words::COLOURS
                        .iter()
                        .zip(0_u8..)
                        .map(|(word, index)| {
                            view! {
                                <label class=format!("swatch c{index}") title=*word>
                                    <input
                                        type="radio"
                                        name="colour"
                                        aria-label=*word
                                        prop:checked=move || colour.get() == index
                                        on:change=move |_| colour.set(index)
                                    />
                                </label>
                            }
                        })
                        .collect_view()}
                </fieldset>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| on_done.run(None)>"Cancel"</button>
                    <button type="submit" class="primary">"Save"</button>
                </div>
            </form>
        </Dialog>
    }
}
