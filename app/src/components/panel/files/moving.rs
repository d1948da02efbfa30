//! Files on their way: from the person to this device and into the document, from this device to the relay, from there to
//! the person. The bytes are on this device before anybody hears of the file (`MODEL.md` K1).

use std::sync::Arc;

use leptos::prelude::*;
use shared::{
    ids::{FileHash, ItemId, RecordId},
    intent::Intent,
    limits::FILE_BYTES_MAX,
    model::{
        Attachment,
        attachment::{self, MARK},
    },
    session::messages::{AccessStatus, Level, RelayState},
    sync::access::{Deed, Verdict, authorize},
};
use wasm_bindgen_futures::spawn_local;

use super::words;
use crate::{
    platform::{
        attached::{self, Content, Given, NotMoved},
        device,
        locks::{self, Want},
        timer,
    },
    state::{desk::Desk, files::Known},
    words::person,
};

/// What did not go through for the moment is tried again after this long, in milliseconds.
const AGAIN_MS: i32 = 15_000;

/// Changes what is known of files, unless the backlog was left meanwhile.
fn note(desk: Desk, change: impl FnOnce(&mut Known)) {
    let known = desk.files.try_get_untracked();
    if let Some(mut known) = known {
        change(Arc::make_mut(&mut known));
        desk.files.try_set(known);
    }
}

fn tell(desk: Desk, said: String) {
    desk.notices.tell(Level::Warning, said, None);
}

fn is_live(desk: Desk) -> bool {
    let live = desk
        .status
        .try_with_untracked(|status| status.relay == RelayState::Live);
    live.unwrap_or(false)
}

/// Attaches files to an item in one step.
pub(super) fn attach(desk: Desk, item: ItemId, given: Vec<Given>) {
    if given.is_empty() {
        return;
    }
    if !untrack(|| desk.may_edit()) {
        return tell(desk, words::MAY_NOT_ATTACH.to_owned());
    }
    spawn_local(async move {
        let mut parts = Vec::new();
        for one in given {
            match take_in(desk, &one).await {
                Ok(file) => parts.push(file),
                Err(said) => tell(desk, said),
            }
        }
        // The page may show another backlog by now.
        if desk.files.try_get_untracked().is_none() {
            return;
        }
        let names: Vec<String> = parts.iter().map(|file| file.name.clone()).collect();
        let mut parts: Vec<Intent> = parts
            .into_iter()
            .map(|file| {
                let file = file.by(desk.me, device::now());
                Intent::Mark {
                    items: vec![item],
                    key: format!("{MARK}{}", desk.draw(RecordId::random)),
                    value: Some(file.to_string().into()),
                }
            })
            .collect();
        let intent = match parts.len() {
            0 => return,
            1 => parts.swap_remove(0),
            _ => Intent::Together {
                name: "attach".to_owned(),
                said: words::attached(&names),
                parts,
            },
        };
        desk.intend_loudly(intent);
        send(desk);
    });
}

/// Brings what the person gave onto this device.
async fn take_in(desk: Desk, given: &Given) -> Result<Attachment, String> {
    if given.bytes > FILE_BYTES_MAX {
        return Err(words::too_large(&given.name));
    }
    let content = given.read().await;
    let content = content.ok_or_else(|| words::unreadable(&given.name))?;
    // It may have grown since it was chosen.
    if content.bytes() > FILE_BYTES_MAX {
        return Err(words::too_large(&given.name));
    }
    let hash = content.hash().await;
    let kept = content.keep(desk.document, hash, false).await;
    kept.map_err(|why| words::not_kept(&given.name, &why))?;
    note(desk, |known| {
        known.hold(hash, known.is_there(hash) == Some(true));
    });
    let named = (given.name.as_str(), given.media_type.as_str());
    Ok(Attachment::new(hash, content.bytes(), named))
}

/// Brings to the relay what this device holds and the relay lacks, now and whenever it is asked for again.
pub(crate) fn send(desk: Desk) {
    let mut begins = false;
    note(desk, |known| {
        begins = !known.is_sending;
        known.is_sending = true;
        known.has_more = true;
    });
    if begins {
        spawn_local(async move {
            // Of several tabs one brings a file. Without locks all of them do, and it is stored once.
            let name = format!("cutline-files:{}", desk.document);
            let _alone = locks::hold(&name, Want::Wait, || {}).await;
            while take_turn(desk) {
                bring_all(desk).await;
            }
        });
    }
}

/// Whether there may be something to bring; nobody brings anything where there is not.
fn take_turn(desk: Desk) -> bool {
    let mut again = false;
    note(desk, |known| {
        again = std::mem::take(&mut known.has_more);
        known.is_sending = again;
    });
    again
}

async fn bring_all(desk: Desk) {
    let held = attached::held(desk.document).await;
    note(desk, |known| known.held = held);
    if !is_live(desk) {
        return;
    }
    if look(desk).await.is_err() {
        return again_later(desk);
    }
    let mut pending = Vec::new();
    let named = named(desk);
    note(desk, |known| pending = known.to_bring(&named));
    for hash in pending {
        if !may_bring(desk) {
            note(desk, |known| {
                known.fails(hash, words::MAY_NOT_SEND.to_owned())
            });
            continue;
        }
        match bring(desk, hash).await {
            Ok(()) => {}
            Err(NotMoved::Refused(said)) => {
                note(desk, |known| known.fails(hash, words::refused(&said)));
            }
            Err(NotMoved::Later | NotMoved::Missing) => return again_later(desk),
        }
    }
}

fn may_bring(desk: Desk) -> bool {
    let role = desk.access.try_with_untracked(AccessStatus::presumed);
    role.is_some_and(|role| authorize(role, Deed::PutFile) == Verdict::Allowed)
}

async fn bring(desk: Desk, hash: FileHash) -> Result<(), NotMoved> {
    let Some(content) = Content::held(desk.document, hash).await else {
        return Ok(());
    };
    note(desk, |known| known.moves(hash, true));
    let put = attached::put(desk.document, hash, &content).await;
    if put.is_ok() {
        attached::note_sent(desk.document, hash, true).await;
    }
    note(desk, |known| {
        known.moves(hash, false);
        if put.is_ok() {
            known.arrived(hash);
        }
    });
    put
}

fn again_later(desk: Desk) {
    spawn_local(async move {
        timer::sleep(AGAIN_MS).await;
        if is_live(desk) {
            send(desk);
        }
    });
}

/// The files that items name.
fn named(desk: Desk) -> Vec<FileHash> {
    let named = desk.rows.try_with_untracked(|rows| {
        let marks = rows.all().flat_map(|row| row.marks.iter());
        marks
            .filter(|(key, _)| key.starts_with(MARK))
            .filter_map(|(_, value)| Some(attachment::read(value)?.hash))
            .collect()
    });
    named.unwrap_or_default()
}

/// Asks the relay which files it has.
async fn look(desk: Desk) -> Result<(), NotMoved> {
    let there = attached::on_relay(desk.document).await?;
    let mut news = Vec::new();
    note(desk, |known| news = known.hear(there));
    for (hash, sent) in news {
        attached::note_sent(desk.document, hash, sent).await;
    }
    Ok(())
}

/// Keeps an eye on files that somebody attached and has not brought, while `goes_on` says so.
pub(super) fn follow(desk: Desk, goes_on: impl Fn() -> bool + 'static) {
    spawn_local(async move {
        while goes_on() {
            if is_live(desk) {
                // The next look may work.
                drop(look(desk).await);
            }
            timer::sleep(AGAIN_MS).await;
        }
    });
}

/// A file's bytes: from this device, else from the relay, and then they are on this device as well.
pub(super) async fn fetch(desk: Desk, file: &Attachment) -> Result<Content, NotMoved> {
    let hash = file.hash;
    if let Some(content) = Content::held(desk.document, hash).await {
        return Ok(content);
    }
    note(desk, |known| known.moves(hash, true));
    let got = attached::get(desk.document, hash).await;
    let kept = match &got {
        Ok(content) => content.keep(desk.document, hash, true).await.is_ok(),
        Err(_) => false,
    };
    note(desk, |known| {
        known.moves(hash, false);
        if kept {
            known.arrived(hash);
        }
    });
    got
}

/// Hands a file to the person.
pub(super) fn download(desk: Desk, file: Attachment) {
    let who = untrack(|| person(desk, file.by));
    spawn_local(async move {
        match fetch(desk, &file).await {
            Ok(content) => content.hand_out(&file.name),
            Err(why) => tell(desk, words::not_here(&file.name, &who, &why)),
        }
    });
}
