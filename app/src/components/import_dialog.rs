//! Bringing a file in: what is recognised in it, what is left out and why, and only then the items. A backup is merged.

mod columns;
mod preview;
mod reading;

use std::{collections::BTreeMap, sync::Arc};

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    import::{FILE_BYTES_MAX, Known, Preview, Taken, Terms},
    intent::Target,
    model::Row,
    session::messages::{Level, ToSession},
};
use wasm_bindgen_futures::spawn_local;

use self::{
    columns::{Choice, Columns},
    preview::{PreviewTables, ambiguous, summary},
    reading::{Reading, Stage},
};
use crate::{
    platform::{
        device,
        page::{self, GivenFile},
    },
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
    words,
};

/// The keys that a backlog has, without the empty one.
type Keys = Arc<BTreeMap<String, ItemId>>;

/// Asks for a file, or takes the one that is there already, and shows what it holds. `on_done` gets what is to be done, or
/// nothing.
#[component]
pub fn ImportDialog(
    /// What was dropped or pasted, if anything.
    file: Option<GivenFile>,
    /// Where the items go, as the button says it.
    goes: &'static str,
    /// The keys of the backlog they go to; a new one has none.
    #[prop(optional)]
    keys: Keys,
    #[prop(into)] on_done: Callback<Option<Taken>>,
) -> impl IntoView {
    let terms = use_context::<Desk>().map(|desk| desk.things.with_untracked(Terms::of));
    let reading = Reading::new(terms.unwrap_or_default());
    let known = RwSignal::new(Known::Skip);
    if let Some(file) = file {
        reading.begin(file);
    }
    let counts = Memo::new({
        let keys = Arc::clone(&keys);
        move |_| match (reading.stage.get(), reading.preview.get()) {
            (Stage::Read, Some(preview)) => Counts::of(&preview, &keys),
            _ => Counts::default(),
        }
    });
    let take = move || {
        if let Some(preview) = reading.take() {
            let (now, mut rng) = (device::now(), device::random());
            on_done.run(Some(preview.take(
                &keys,
                known.get_untracked(),
                now,
                &mut rng,
            )));
        }
    };
    let does = move || counts.get().does(known.get(), goes);
    view! {
        <Dialog label="Import a file" shape=Shape::Sheet on_close=move |()| on_done.run(None)>
            <div class="import">
                <h2>"Import a file"</h2>
                <FileField on_file=move |file| reading.begin(file)/>
                {move || progress(&reading.stage.get())}
                {move || reading.preview.get().map(|preview| found(&preview, reading))}
                <AlreadyHere counts known/>
                <Columns columns=reading.columns on_choice=move |(at, field): Choice| reading.set_column(at, field)/>
                {move || reading.preview.get().map(|preview| view! { <PreviewTables preview/> })}
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| on_done.run(None)>"Cancel"</button>
                    <button type="button" class="primary" disabled=move || does().is_none() on:click=move |_| take()>
                        {move || does().unwrap_or_else(|| "Import".to_owned())}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

/// How many of a file's items a backlog has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Counts {
    new: usize,
    known: usize,
}

impl Counts {
    fn of(preview: &Preview, keys: &BTreeMap<String, ItemId>) -> Self {
        let known = preview.known(keys);
        Self {
            new: preview.items.len() - known,
            known,
        }
    }

    /// What importing does, as its button says it; `None` where that is nothing.
    fn does(self, known: Known, goes: &str) -> Option<String> {
        let items = |count| words::count(count, "item", "items");
        let (added, updated) = match known {
            Known::Skip => (self.new, 0),
            Known::Update => (self.new, self.known),
            Known::AddAgain => (self.new + self.known, 0),
        };
        match (added, updated) {
            (0, 0) => None,
            (0, updated) => Some(format!("Import: update {}", items(updated))),
            (added, 0) => Some(format!("Import {} {goes}", items(added))),
            (added, updated) => Some(format!(
                "Import {} {goes}, update {}",
                items(added),
                words::number(updated)
            )),
        }
    }
}

fn progress(stage: &Stage) -> AnyView {
    match stage {
        Stage::Choosing => view! {
            <p class="soft">
                "CSV from Jira, Linear or a spreadsheet, JSON from GitHub or Trello, a text with one item a line, or an export of Cutline. Nothing is changed before you have seen what is in it."
            </p>
        }
        .into_any(),
        Stage::Reading { done, of } => {
            let percent = done.saturating_mul(100).checked_div(*of).unwrap_or(0);
            view! {
                <p class="soft">{format!("Reading… {percent} %")}</p>
                <progress aria-label="Reading the file" max="100" prop:value=percent as f64></progress>
            }
            .into_any()
        }
        Stage::Failed(reason) => {
            view! { <p class="wrong" role="alert">{reason.clone()}</p> }.into_any()
        }
        Stage::Read => ().into_any(),
    }
}

fn found(preview: &Preview, reading: Reading) -> AnyView {
    let on_day_first = Callback::new(move |day_first| reading.set_day_first(day_first));
    view! {
        <p class="summary"><strong>{summary(use_context::<Desk>(), preview)}</strong></p>
        {preview.ambiguous_date.as_deref().map(|example| ambiguous(example, on_day_first))}
    }
    .into_any()
}

/// Asks what becomes of items whose keys the backlog has, where there are any.
#[component]
fn AlreadyHere(counts: Memo<Counts>, known: RwSignal<Known>) -> impl IntoView {
    // It stays while the file is read again.
    let asks = Memo::new(move |former: Option<&Option<usize>>| {
        let Counts { new, known } = counts.get();
        match former {
            Some(former) if new + known == 0 => *former,
            _ => (known > 0).then_some(known),
        }
    });
    move || {
        asks.get().map(|count| {
            let choices: Vec<AnyView> = [
                (Known::Skip, "Leave them as they are"),
                (
                    Known::Update,
                    "Update them from the file; what it leaves empty stays",
                ),
                (Known::AddAgain, "Add them again, as further items"),
            ]
            .into_iter()
            .map(|(choice, label)| choose(known, choice, label))
            .collect();
            view! {
                <fieldset class="already">
                    <legend>
                        {format!("{} already in this backlog, by their keys", words::count(count, "item is", "items are"))}
                    </legend>
                    {choices}
                </fieldset>
            }
        })
    }
}

fn choose(known: RwSignal<Known>, choice: Known, label: &'static str) -> AnyView {
    view! {
        <label class="choice">
            <input
                type="radio"
                name="already-here"
                prop:checked=move || known.get() == choice
                on:change=move |_| known.set(choice)
            />
            {label}
        </label>
    }
    .into_any()
}

#[component]
fn FileField(#[prop(into)] on_file: Callback<GivenFile>) -> impl IntoView {
    view! {
        <input
            type="file"
            class="file"
            data-focus=""
            aria-label="File to import"
            accept=".csv,.tsv,.tab,.txt,.json,.md,text/csv,text/plain,application/json"
            on:change=move |event| {
                spawn_local(async move {
                    if let Some(file) = page::chosen_file(&event, FILE_BYTES_MAX).await {
                        // The dialog may have been closed meanwhile.
                        on_file.try_run(file);
                    }
                });
            }
        />
    }
}

/// Asks for a file that becomes a new backlog, or takes the one that is there already.
pub(crate) fn into_new(file: Option<GivenFile>, on_done: Callback<Option<Taken>>) -> AnyView {
    view! { <ImportDialog file goes="into a new backlog" on_done/> }.into_any()
}

/// Reads a file into the open backlog: one step, which one undo takes back.
#[component]
pub fn ImportInto(desk: Desk) -> impl IntoView {
    let (file, at) = match desk.take_dropped() {
        Some((file, at)) => (Some(file), at),
        None => (None, Target::Bottom),
    };
    let keys: Keys = Arc::new(desk.rows.with_untracked(|rows| {
        // Open items come last: where a key is there twice, they are meant.
        let open = rows.places().flat_map(|(_, list)| list.iter().rev());
        let all = rows.closed().iter().chain(open);
        let name = |row: &Row| {
            if row.key.is_empty() {
                row.id.to_string()
            } else {
                row.key.clone()
            }
        };
        all.map(|row| (name(row), row.id)).collect()
    }));
    let done = move |taken: Option<Taken>| {
        desk.close_layer();
        let Some(taken) = taken else {
            return;
        };
        let intent = desk
            .things
            .with_untracked(|things| taken.into_intent(at, things));
        if let Some(intent) = intent {
            desk.intend_loudly(intent);
        }
    };
    let goes = if at == Target::Top {
        "at the top"
    } else {
        "at the bottom"
    };
    view! { <ImportDialog file goes keys on_done=done/> }
}

/// Chooses a backup file of this backlog.
#[component]
pub fn MergeDialog(desk: Desk) -> impl IntoView {
    let merge = move |file: GivenFile| match file.content {
        Ok(bytes) => desk.say(ToSession::Merge {
            bytes: Arc::unwrap_or_clone(bytes),
        }),
        Err(_) => desk.notices.tell(
            Level::Warning,
            "The browser could not read the backup file. Nothing was changed.",
            None,
        ),
    };
    view! {
        <Dialog label="Merge a backup" shape=Shape::Card on_close=move |()| desk.close_layer()>
            <div class="question">
                <h2>"Merge a backup"</h2>
                <p class="soft">
                    "Whatever a backup of this backlog holds and this copy does not is added. Nothing is overwritten."
                </p>
                <input
                    type="file"
                    class="file"
                    data-focus=""
                    accept=".cutline"
                    aria-label="Backup file"
                    on:change=move |event| {
                        spawn_local(async move {
                            if let Some(file) = page::chosen_file(&event, usize::MAX).await {
                                desk.close_layer();
                                merge(file);
                            }
                        });
                    }
                />
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| desk.close_layer()>"Cancel"</button>
                </div>
            </div>
        </Dialog>
    }
}
