//! Bringing a file in: what is recognised in it, what is left out and why, and only then the items. A backup is merged.

mod preview;

use leptos::prelude::*;
use shared::{
    import::{Options, Preview},
    intent::{Intent, NewItem, Target},
    session::messages::ToSession,
};
use wasm_bindgen_futures::spawn_local;

use self::preview::PreviewTables;
use crate::{
    platform::{
        device, files,
        page::{self, GivenFile},
    },
    state::desk::Desk,
    ui::dialog::{Dialog, Shape},
    words,
};

/// How far the reading of a file has come.
#[derive(Clone, Debug)]
enum Stage {
    Choosing,
    Reading { done: u64, of: u64 },
    Read(Box<Preview>),
    Failed(String),
}

/// Asks for a file, or takes the one that was dropped, and shows what it holds. `on_done` gets its name and items, or
/// nothing.
#[component]
pub fn ImportDialog(
    /// What was dropped, if anything.
    file: Option<GivenFile>,
    /// Where the items go, as the button says it.
    goes: &'static str,
    #[prop(into)] on_done: Callback<Option<(String, Vec<NewItem>)>>,
) -> impl IntoView {
    let stage = RwSignal::new(Stage::Choosing);
    let chosen = StoredValue::new(None::<GivenFile>);
    let read = move |file: GivenFile, options: Options| {
        chosen.set_value(Some(file.clone()));
        spawn_local(read_file(stage, file, options));
    };
    if let Some(file) = file {
        read(file, first_options());
    }
    let day_first = move |day_first: bool| {
        if let Some(file) = chosen.get_value() {
            let options = Options {
                day_first: Some(day_first),
                ..first_options()
            };
            read(file, options);
        }
    };
    let take = move || {
        if let Stage::Read(preview) = stage.get_untracked() {
            let Preview { name, items, .. } = *preview;
            let mut rng = device::random();
            let now = device::now();
            let items = items
                .into_iter()
                .map(|item| item.into_new_item(now, &mut rng))
                .collect();
            on_done.run(Some((name, items)));
        }
    };
    let count = Memo::new(move |_| {
        stage.with(|stage| match stage {
            Stage::Read(preview) => preview.items.len(),
            Stage::Choosing | Stage::Reading { .. } | Stage::Failed(_) => 0,
        })
    });
    view! {
        <Dialog label="Import a file" shape=Shape::Sheet on_close=move |()| on_done.run(None)>
            <div class="import">
                <h2>"Import a file"</h2>
                <FileField on_file=move |file| read(file, first_options())/>
                {move || match stage.get() {
                    Stage::Choosing => view! {
                        <p class="soft">
                            "CSV from Jira, Linear or a spreadsheet, JSON from GitHub or Trello, a text with one item a line, or an export of Cutline. Nothing is changed before you have seen what is in it."
                        </p>
                    }
                    .into_any(),
                    Stage::Reading { done, of } => reading(done, of).into_any(),
                    Stage::Failed(reason) => view! { <p class="wrong" role="alert">{reason}</p> }.into_any(),
                    Stage::Read(preview) => view! { <PreviewTables preview=*preview on_day_first=day_first/> }.into_any(),
                }}
                <div class="buttons">
                    <button type="button" class="quiet" on:click=move |_| on_done.run(None)>"Cancel"</button>
                    <button type="button" class="primary" disabled=move || count.get() == 0 on:click=move |_| take()>
                        {move || match count.get() {
                            0 => "Import".to_owned(),
                            count => format!("Import {} {goes}", words::count(count, "item", "items")),
                        }}
                    </button>
                </div>
            </div>
        </Dialog>
    }
}

fn first_options() -> Options {
    Options {
        utc_offset_minutes: crate::platform::clock::utc_offset_minutes(),
        ..Options::default()
    }
}

async fn read_file(stage: RwSignal<Stage>, file: GivenFile, options: Options) {
    stage.try_set(Stage::Reading {
        done: 0,
        of: file.bytes.len() as u64,
    });
    let on_progress = move |done, of| {
        stage.try_set(Stage::Reading { done, of });
    };
    let read = files::parse_with(&file.name, file.bytes, options, on_progress).await;
    // The dialog may have been closed meanwhile.
    stage.try_set(match read {
        Ok(preview) => Stage::Read(Box::new(preview)),
        Err(reason) => Stage::Failed(reason),
    });
}

fn reading(done: u64, of: u64) -> impl IntoView {
    let percent = done.saturating_mul(100).checked_div(of).unwrap_or(0);
    view! {
        <p class="soft">{format!("Reading… {percent} %")}</p>
        <progress aria-label="Reading the file" max="100" prop:value=percent as f64></progress>
    }
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
                    if let Some(file) = page::chosen_file(&event).await {
                        on_file.run(file);
                    }
                });
            }
        />
    }
}

/// Reads a file into the open backlog: one step, which one undo takes back.
#[component]
pub fn ImportInto(desk: Desk) -> impl IntoView {
    let file = desk.take_dropped();
    let done = move |taken: Option<(String, Vec<NewItem>)>| {
        desk.close_layer();
        if let Some((_, items)) = taken {
            desk.intend_loudly(Intent::Add {
                items,
                at: Target::Bottom,
            });
        }
    };
    view! { <ImportDialog file goes="at the bottom" on_done=done/> }
}

/// Chooses a backup file of this backlog.
#[component]
pub fn MergeDialog(desk: Desk) -> impl IntoView {
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
                            if let Some(file) = page::chosen_file(&event).await {
                                desk.close_layer();
                                desk.say(ToSession::Merge { bytes: file.bytes });
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
