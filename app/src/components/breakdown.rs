//! Instead of a backlog that breaks the program down whenever it is opened: what happened, its stored bytes as a file, and
//! the ways on. Nothing here reads the document.

use leptos::prelude::*;
use wasm_bindgen_futures::spawn_local;

use crate::{
    platform::{device, files},
    state::desk::Desk,
};

/// Says that the backlog does not open on this device.
#[component]
pub fn BreakdownNote(desk: Desk, words: String) -> impl IntoView {
    let saved = RwSignal::new(false);
    let wrong = RwSignal::new(None::<String>);
    let save = move |_| {
        spawn_local(async move {
            match device::raw_backup(desk.document).await {
                Ok(bytes) => {
                    files::download("rescued.cutline", "application/octet-stream", &bytes);
                    wrong.try_set(None);
                    saved.try_set(true);
                }
                Err(reason) => drop(wrong.try_set(Some(reason))),
            }
        });
    };
    let start_over = move |_| {
        spawn_local(async move {
            match device::start_over(desk.document).await {
                Ok(()) => desk.try_again(),
                Err(reason) => drop(wrong.try_set(Some(reason))),
            }
        });
    };
    view! {
        <section class="breakdown" aria-labelledby="breakdown-title">
            <div role="alert">
                <h2 id="breakdown-title">"This backlog does not open on this device"</h2>
                <p>
                    "Cutline broke down three times while opening it and has stopped trying. Nothing stored here was changed, and your other backlogs work as before."
                </p>
            </div>
            <p class="soft">{format!("What went wrong: {words}")}</p>
            <ol>
                <li>
                    <p>"Keep what this device holds, with every change that was not sent yet."</p>
                    <button class="primary" on:click=save>"Save a backup file"</button>
                    <span role="status">{move || saved.get().then_some(" Handed to your downloads.")}</span>
                </li>
                <li>
                    <p>"Then replace the copy on this device by the relay’s. Changes that were not sent are in the file alone."</p>
                    <button disabled=move || !saved.get() on:click=start_over>"Fetch it from the relay"</button>
                </li>
                <li>
                    <p>"Or open it once more as it is, for example after Cutline was updated."</p>
                    <button on:click=move |_| desk.try_again()>"Try again"</button>
                </li>
            </ol>
            <p class="wrong" role="alert">{move || wrong.get()}</p>
        </section>
    }
}
