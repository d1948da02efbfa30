//! What a list or release is called, what it is for, whose it is (PB-27, BT-37).

use leptos::prelude::*;
use shared::{
    ids::RecordId,
    intent::Intent,
    model::{Collection, Facts, Place, Scalar, Thing, thing},
};

use crate::{
    state::{board, desk::Desk},
    ui::dialog::{Dialog, Shape},
    words,
};

const STAGES: &[(&str, &str)] = &[
    ("", "None"),
    ("now", "Now"),
    ("next", "Next"),
    ("later", "Later"),
    ("parking", "Parking lot"),
];

/// What the form holds.
#[derive(Clone, Debug, Default, PartialEq)]
struct Form {
    name: String,
    description: String,
    colour: Option<u8>,
    owner: String,
    stage: String,
}

impl Form {
    fn of(facts: &Facts) -> Self {
        let text = |key| thing::text(facts, key).to_owned();
        Self {
            name: text("name"),
            description: text("description"),
            colour: board::colour(facts),
            owner: text("owner"),
            stage: text("stage"),
        }
    }

    /// The registers that differ.
    fn changes(&self, before: &Self, collection: Collection) -> Vec<(String, Option<Scalar>)> {
        let text = |text: &String| (!text.is_empty()).then(|| Scalar::from(text.as_str()));
        let mut all = vec![
            ("name", text(&self.name), text(&before.name)),
            (
                "description",
                text(&self.description),
                text(&before.description),
            ),
            (
                "colour",
                self.colour.map(|colour| f64::from(colour).into()),
                before.colour.map(|colour| f64::from(colour).into()),
            ),
            ("owner", text(&self.owner), text(&before.owner)),
        ];
        if collection == Collection::Lists {
            all.push(("stage", text(&self.stage), text(&before.stage)));
        }
        all.into_iter()
            .filter(|(_, now, before)| now != before)
            .map(|(key, now, _)| (key.to_owned(), now))
            .collect()
    }
}

/// A list or release that there is.
#[component]
pub fn EditColumn(desk: Desk, place: Place) -> impl IntoView {
    let Some(Thing::Record(collection, id)) = place.record() else {
        return ().into_any();
    };
    let before = desk.things.with_untracked(|things| {
        things
            .get(&Thing::Record(collection, id))
            .map(Form::of)
            .unwrap_or_default()
    });
    let save = {
        let before = before.clone();
        move |form: Form| {
            let values = form.changes(&before, collection);
            if !values.is_empty() {
                let thing = Thing::Record(collection, id);
                desk.intend(Intent::Put { thing, values });
            }
        }
    };
    let title = format!(
        "Edit {}",
        untrack(|| words::collection(desk, collection)).to_lowercase()
    );
    view! { <ColumnForm desk collection title before on_save=save/> }.into_any()
}

/// A list or release to be.
#[component]
pub fn NewColumn(desk: Desk, collection: Collection) -> impl IntoView {
    let wanted = match collection {
        Collection::Releases => untrack(|| words::collection(desk, collection)),
        _ => "Parking lot".to_owned(),
    };
    let before = Form {
        name: desk
            .things
            .with_untracked(|things| board::free_name(things, collection, &wanted)),
        ..Form::default()
    };
    let save = move |form: Form| {
        let id = desk.draw(RecordId::random);
        let new = desk.things.with_untracked(|things| {
            desk.draw(|rng| board::add(things, collection, id, &form.name, rng))
        });
        let bare = Form {
            name: form.name.clone(),
            ..Form::default()
        };
        desk.intend(with_more(
            new,
            collection,
            id,
            form.changes(&bare, collection),
        ));
    };
    let title = format!(
        "New {}",
        untrack(|| words::collection(desk, collection)).to_lowercase()
    );
    view! { <ColumnForm desk collection title before on_save=save/> }
}

/// The further registers go into the change that makes the record, which is the last of its step.
fn with_more(
    new: Intent,
    collection: Collection,
    id: RecordId,
    more: Vec<(String, Option<Scalar>)>,
) -> Intent {
    let own = Thing::Record(collection, id);
    match new {
        Intent::Put { thing, mut values } if thing == own => {
            values.extend(more);
            Intent::Put { thing, values }
        }
        Intent::Together { name, said, parts } => {
            let parts = parts
                .into_iter()
                .map(|part| match part {
                    Intent::Put { thing, mut values } if thing == own => {
                        values.extend(more.iter().cloned());
                        Intent::Put { thing, values }
                    }
                    other => other,
                })
                .collect();
            Intent::Together { name, said, parts }
        }
        other => other,
    }
}

#[component]
fn ColumnForm(
    desk: Desk,
    collection: Collection,
    title: String,
    before: Form,
    #[prop(into)] on_save: Callback<Form>,
) -> impl IntoView {
    let form = RwSignal::new(before.clone());
    let submit = move || {
        let mut form = form.get_untracked();
        form.name = form.name.split_whitespace().collect::<Vec<_>>().join(" ");
        form.description = form.description.trim().to_owned();
        if form.name.is_empty() {
            return;
        }
        desk.close_layer();
        on_save.run(form);
    };
    let people = people(desk);
    let owner = before.owner.clone();
    let stage = before.stage.clone();
    view! {
        <Dialog label=title.clone() shape=Shape::Card on_close=move |()| desk.close_layer()>
            <form
                class="question"
                on:submit=move |event| {
                    event.prevent_default();
                    submit();
                }
            >
                <h2>{title}</h2>
                <label>
                    "Name"
                    <input
                        class="field"
                        data-focus=""
                        aria-label="Name"
                        autocomplete="off"
                        maxlength="100"
                        required
                        prop:value=before.name.clone()
                        on:focus=crate::ui::field::select_all
                        on:input=move |event| form.update(|form| form.name = event_target_value(&event))
                    />
                </label>
                <label>
                    "What it is for"
                    <textarea
                        class="field"
                        rows="2"
                        aria-label="What it is for"
                        maxlength="2000"
                        prop:value=before.description.clone()
                        on:input=move |event| form.update(|form| form.description = event_target_value(&event))
                    ></textarea>
                </label>
                <label>
                    "Owner"
                    <select
                        aria-label="Owner"
                        on:change=move |event| form.update(|form| form.owner = event_target_value(&event))
                    >
                        <option value="" selected=owner.is_empty()>"Nobody"</option>
                        {people
                            .into_iter()
                            .map(|(id, name)| {
                                let selected = id == owner;
                                view! { <option value=id selected=selected>{name}</option> }
                            })
                            .collect_view()}
                    </select>
                </label>
                {(collection == Collection::Lists)
                    .then(|| {
                        view! {
                            <label>
                                "Planning stage"
                                <select
                                    aria-label="Planning stage"
                                    on:change=move |event| form.update(|form| form.stage = event_target_value(&event))
                                >
                                    {STAGES
                                        .iter()
                                        .map(|(word, label)| {
                                            view! { <option value=*word selected=*word == stage>{*label}</option> }
                                        })
                                        .collect_view()}
                                </select>
                            </label>
                        }
                    })}
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
                                        prop:checked=move || form.with(|form| form.colour == Some(index))
                                        on:change=move |_| form.update(|form| form.colour = Some(index))
                                    />
                                </label>
                            }
                        })
                        .collect_view()}
                </fieldset>
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                    <button type="submit" class="primary">"Save"</button>
                </div>
            </form>
        </Dialog>
    }
}

/// Everybody who can own a list: (id, name).
fn people(desk: Desk) -> Vec<(String, String)> {
    desk.people.with_untracked(|people| {
        people
            .iter()
            .map(|(id, person)| (id.to_string(), person.name.clone()))
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_27_only_what_differs_is_written() {
        let before = Form {
            name: "Now".to_owned(),
            colour: Some(3),
            stage: "now".to_owned(),
            ..Form::default()
        };
        let after = Form {
            description: "This quarter".to_owned(),
            colour: None,
            stage: "next".to_owned(),
            ..before.clone()
        };
        assert_eq!(
            after.changes(&before, Collection::Lists),
            [
                ("description".to_owned(), Some("This quarter".into())),
                ("colour".to_owned(), None),
                ("stage".to_owned(), Some("next".into())),
            ]
        );
        // Releases have no stage.
        assert_eq!(after.changes(&before, Collection::Releases).len(), 2);
        assert_eq!(before.changes(&before, Collection::Lists), []);
    }
}
