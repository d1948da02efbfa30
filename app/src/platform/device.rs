//! What the page asks of this browser: who sits here, what it holds, whether it will keep it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use js_sys::{Function, Promise, Uint8Array};
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use shared::{
    ids::{DocumentId, LinkId, PersonId},
    model::{Person, View},
    session::{self, CachedView, Summary},
    sync::access::Secret,
    time::Timestamp,
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::{
    attached, clock, global,
    indexed_db::backlogs as held,
    locks::{self, Refusal, Want},
    property,
};

thread_local! {
    static READ_AHEAD: RefCell<Option<(DocumentId, Vec<u8>)>> = const { RefCell::new(None) };
}

/// A backlog that this browser holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownBacklog {
    /// Which.
    pub document: DocumentId,
    /// What a list shows of it.
    pub summary: Summary,
}

/// A backlog that this browser held and lost: it cleared its storage, or somebody did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evicted {
    /// Which.
    pub document: DocumentId,
    /// Its name when it was last saved here.
    pub name: String,
}

/// Whether the browser promises to keep what is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Persistence {
    /// It does.
    Granted,
    /// It may clear it when room gets short, or after a week without a visit.
    Refused,
    /// It doesn't say.
    Unknown,
}

/// The name of the lock that the tab holds which may write to a backlog.
#[must_use]
pub fn lock_of(document: DocumentId) -> String {
    format!("cutline-backlog-{document}")
}

/// The backlogs that this browser holds, the one last opened first. None where the storage can't be read.
pub async fn backlogs() -> Vec<KnownBacklog> {
    let mut known: Vec<KnownBacklog> = held::list()
        .await
        .unwrap_or_default()
        .into_iter()
        .map(|(document, summary)| KnownBacklog { document, summary })
        .collect();
    known.sort_by_key(|backlog| std::cmp::Reverse(backlog.summary.opened));
    known
}

/// Keeps what was read of a backlog before the app ran, until that backlog is opened.
pub fn came_with(document: DocumentId, view: Vec<u8>) {
    READ_AHEAD.set(Some((document, view)));
}

/// The view that was read ahead, where it is of this backlog. Once.
#[must_use]
pub fn view_at_hand(document: DocumentId) -> Option<View> {
    let (of, bytes) = READ_AHEAD.take()?;
    let cached = (of == document).then(|| CachedView::read(&bytes))??;
    Some(cached.view)
}

/// What a backlog looked like when it was last open here, to be on the screen before the document is there.
pub async fn cached_view(document: DocumentId) -> Option<View> {
    let bytes = held::view(document).await.ok()??;
    CachedView::read(&bytes).map(|cached| cached.view)
}

/// Removes a backlog from this browser. Refused while a tab has it open; says why in a sentence.
pub async fn forget(document: DocumentId) -> Result<(), String> {
    let lock = locks::hold(&lock_of(document), Want::IfFree, || {}).await;
    if matches!(lock, Err(Refusal::Taken)) {
        return Err("This backlog is open in a tab. Close it there first.".to_owned());
    }
    held::forget(document)
        .await
        .map_err(|error| format!("The backlog could not be removed: {error}."))?;
    attached::forget(document).await;
    strike(document);
    Ok(())
}

/// What this device holds of a backlog as a backup file, though it does not open; says why not in a sentence.
pub async fn raw_backup(document: DocumentId) -> Result<Vec<u8>, String> {
    let stored = held::held(document)
        .await
        .map_err(|error| format!("The copy on this device could not be read: {error}."))?;
    Ok(session::raw_backup(document, &stored))
}

/// Gives up this device's copy of a backlog, so that the next opening fetches it from the relay. Refused while another tab
/// has it open; says why in a sentence.
pub async fn start_over(document: DocumentId) -> Result<(), String> {
    let lock = locks::hold(&lock_of(document), Want::IfFree, || {}).await;
    if matches!(lock, Err(Refusal::Taken)) {
        return Err("This backlog is open in another tab. Close it there first.".to_owned());
    }
    let failed = |error| format!("The copy on this device could not be replaced: {error}.");
    let stored = held::held(document).await.map_err(failed)?;
    let meta = stored.meta.as_deref().and_then(session::reached_alone);
    held::start_over(document, &meta.unwrap_or_default())
        .await
        .map_err(failed)
}

/// How often in a row the opening of a backlog has broken down here.
#[must_use]
pub fn breakdowns(document: DocumentId) -> u32 {
    let kept = read(&broken(document)).and_then(|count| count.parse().ok());
    kept.unwrap_or(0)
}

/// The opening of a backlog has broken down once more.
pub fn note_breakdown(document: DocumentId) {
    let count = breakdowns(document).saturating_add(1);
    store(&broken(document), &count.to_string());
}

/// A backlog has opened, or is tried as if it never failed.
pub fn forgive_breakdowns(document: DocumentId) {
    erase(&broken(document));
}

fn broken(document: DocumentId) -> String {
    format!("cutline-breakdowns-{document}")
}

/// Backlogs that this browser held and no longer has. Opening one again fetches it from the relay.
pub async fn canary() -> Vec<Evicted> {
    let Ok(list) = held::list().await else {
        return Vec::new();
    };
    let there: BTreeSet<DocumentId> = list.into_iter().map(|(document, _)| document).collect();
    remembered()
        .into_iter()
        .filter(|(document, _)| !there.contains(document))
        .map(|(document, name)| Evicted { document, name })
        .collect()
}

/// The person has read that a backlog was evicted: say it no more.
pub fn dismiss_evicted(document: DocumentId) {
    strike(document);
}

/// Who sits here. The first call makes an id and a profile, which are kept from then on.
#[must_use]
pub fn person() -> (PersonId, Person) {
    if let Some(known) = read(PERSON).as_deref().and_then(parse_person) {
        return known;
    }
    let mut rng = random();
    let id = PersonId::random(&mut rng);
    let person = Person {
        name: "Guest".to_owned(),
        colour: id.as_bytes()[0] % COLOURS,
    };
    store(PERSON, &person_text(id, &person));
    (id, person)
}

/// Changes name and colour of who sits here.
pub fn set_profile(profile: &Person) {
    let (id, _) = person();
    store(PERSON, &person_text(id, profile));
}

/// What proves to the relay that this device speaks for its person; made when there is none.
#[must_use]
pub fn person_key() -> Secret {
    if let Some(key) = read(PERSON_KEY).and_then(|key| key.parse().ok()) {
        return key;
    }
    let key = Secret::random(&mut random());
    store(PERSON_KEY, &key.to_string());
    key
}

/// The secret of the link by which a backlog was opened, until the backlog itself keeps it.
#[must_use]
pub fn arrived_with(document: DocumentId) -> Option<Secret> {
    read(&arrival(document))?.parse().ok()
}

/// Keeps the secret of the link by which a backlog is about to be opened: a reload must not lose it.
pub fn arrive(document: DocumentId, secret: Secret) {
    store(&arrival(document), &secret.to_string());
}

/// The backlog keeps its secret itself now.
pub fn has_arrived(document: DocumentId) {
    erase(&arrival(document));
}

fn arrival(document: DocumentId) -> String {
    format!("cutline-link-{document}")
}

/// The relay's invitation to put new backlogs on it, if somebody gave it to this browser.
#[must_use]
pub fn invite() -> Option<String> {
    read(INVITE)
}

/// Keeps the relay's invitation.
pub fn set_invite(invite: &str) {
    store(INVITE, invite);
}

/// The secrets of the links that were made on this device, which the relay does not know.
#[must_use]
pub fn made_links(document: DocumentId) -> BTreeMap<LinkId, Secret> {
    read(&made(document))
        .unwrap_or_default()
        .lines()
        .filter_map(|line| {
            let (link, secret) = line.split_once(' ')?;
            Some((link.parse().ok()?, secret.parse().ok()?))
        })
        .collect()
}

/// Keeps the secret of a link that was made on this device.
pub fn keep_made_link(document: DocumentId, link: LinkId, secret: Secret) {
    let mut links = made_links(document);
    links.insert(link, secret);
    let lines: String = links
        .iter()
        .map(|(link, secret)| format!("{link} {secret}\n"))
        .collect();
    store(&made(document), &lines);
}

fn made(document: DocumentId) -> String {
    format!("cutline-made-links-{document}")
}

/// Asks the browser to keep what is stored.
pub async fn persist() -> Persistence {
    match ask_to_persist().await {
        Ok(answer) => match answer.as_bool() {
            Some(true) => Persistence::Granted,
            Some(false) => Persistence::Refused,
            None => Persistence::Unknown,
        },
        Err(_) => Persistence::Unknown,
    }
}

/// A fresh generator, seeded by the browser's source of randomness.
#[must_use]
pub fn random() -> ChaCha8Rng {
    ChaCha8Rng::from_seed(seed())
}

/// 32 random bytes from the browser.
#[must_use]
pub fn seed() -> [u8; 32] {
    let bytes = Uint8Array::new_with_length(32);
    let crypto = global("crypto");
    let fill: Function = property(&crypto, "getRandomValues").unchecked_into();
    fill.call1(&crypto, &bytes)
        .expect("every browser with WebAssembly fills 32 bytes with randomness");
    let mut seed = [0; 32];
    bytes.copy_to(&mut seed);
    seed
}

/// How far a time zone is ahead of UTC now, in minutes; this machine's own where it is empty or unknown.
#[must_use]
pub fn offset_minutes(zone: &str) -> i32 {
    clock::offset_minutes(zone)
}

/// The moment by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    clock::now()
}

/// Notes that this browser holds a backlog, where an eviction of the database leaves it.
pub(super) fn remember(document: DocumentId, name: &str) {
    let mut known = remembered();
    known.insert(document, name.to_owned());
    store_remembered(&known);
}

fn strike(document: DocumentId) {
    let mut known = remembered();
    known.remove(&document);
    store_remembered(&known);
}

const PERSON: &str = "cutline-person";
const PERSON_KEY: &str = "cutline-person-key";
const INVITE: &str = "cutline-invite";
const REMEMBERED: &str = "cutline-backlogs";
/// How many colours the palette has.
const COLOURS: u8 = 12;

fn person_text(id: PersonId, person: &Person) -> String {
    format!("{id} {} {}", person.colour, person.name)
}

fn parse_person(text: &str) -> Option<(PersonId, Person)> {
    let (id, rest) = text.split_once(' ')?;
    let (colour, name) = rest.split_once(' ')?;
    let person = Person {
        name: name.to_owned(),
        colour: colour.parse::<u8>().ok()? % COLOURS,
    };
    Some((id.parse().ok()?, person))
}

/// A line for each: the id and the name, which is one line.
fn remembered() -> BTreeMap<DocumentId, String> {
    parse_remembered(&read(REMEMBERED).unwrap_or_default())
}

fn parse_remembered(text: &str) -> BTreeMap<DocumentId, String> {
    text.lines()
        .filter_map(|line| {
            let (document, name) = line.split_once(' ')?;
            Some((document.parse().ok()?, name.to_owned()))
        })
        .collect()
}

fn store_remembered(known: &BTreeMap<DocumentId, String>) {
    store(REMEMBERED, &remembered_text(known));
}

fn remembered_text(known: &BTreeMap<DocumentId, String>) -> String {
    known
        .iter()
        .map(|(document, name)| format!("{document} {}\n", name.replace(['\n', '\r'], " ")))
        .collect()
}

async fn ask_to_persist() -> Result<JsValue, JsValue> {
    let storage = property(&global("navigator"), "storage");
    let persist: Function = property(&storage, "persist").dyn_into()?;
    let answer: Promise = persist.call0(&storage)?.dyn_into()?;
    JsFuture::from(answer).await
}

thread_local! {
    /// Stands in where the browser has no local storage for this page: the person is the same until the tab closes.
    static FALLBACK: RefCell<BTreeMap<String, String>> = const { RefCell::new(BTreeMap::new()) };
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}

fn read(name: &str) -> Option<String> {
    let stored = local_storage().and_then(|storage| storage.get_item(name).ok()?);
    stored.or_else(|| FALLBACK.with_borrow(|kept| kept.get(name).cloned()))
}

fn erase(name: &str) {
    if let Some(storage) = local_storage() {
        drop(storage.remove_item(name));
    }
    FALLBACK.with_borrow_mut(|kept| kept.remove(name));
}

fn store(name: &str, value: &str) {
    let stored = local_storage().is_some_and(|storage| storage.set_item(name, value).is_ok());
    if !stored {
        FALLBACK.with_borrow_mut(|kept| kept.insert(name.to_owned(), value.to_owned()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_survives_local_storage() {
        let id = PersonId::from_bytes([7; 16]);
        let person = Person {
            name: "Ada van  Dyke".to_owned(),
            colour: 11,
        };
        assert_eq!(
            parse_person(&person_text(id, &person)),
            Some((id, person.clone()))
        );
        assert_eq!(parse_person("nonsense 1 Ada"), None);
        assert_eq!(parse_person(""), None);
    }

    #[test]
    fn remembered_backlogs_survive_local_storage_and_bad_lines_are_skipped() {
        let known = BTreeMap::from([
            (DocumentId::from_bytes([1; 16]), "Mesos".to_owned()),
            (DocumentId::from_bytes([2; 16]), String::new()),
        ]);
        let text = format!("garbage\n{}", remembered_text(&known));
        assert_eq!(parse_remembered(&text), known);
    }
}
