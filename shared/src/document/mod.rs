//! A backlog as one Automerge document: reading it, changing it, following the changes of others.
//!
//! Only this folder and the gate know Automerge. [`Backlog`] keeps the rows and their order beside the document, so that
//! an intent costs what it touches. `MODEL.md` states the rules.

mod authors;
mod changed;
mod edit;
mod history;
mod lens;
mod merged;
mod plan;
mod read;
mod reauthor;
mod recent;
mod schema;
mod text_edit;

use std::collections::{BTreeMap, BTreeSet};

use automerge::{
    ActorId, Author, Automerge, Change, ChangeHash, LoadOptions, ObjId, PatchLog, Prop, ReadDoc,
    ScalarValue,
    legacy::{Key, ObjectId, Op, OpId},
    transaction::CommitOptions,
};
use rand::Rng;

use self::{
    edit::{Edit, Slot, Writer},
    lens::Lens,
    plan::{Context, Edits},
    schema::{ENCODING, Roots, bucket},
};
pub(crate) use self::{
    history::Historian,
    plan::{takes_field, takes_mark, takes_register},
    schema::{CONTAINERS, SCHEMA_KEY},
    text_edit::Splice,
};
pub use self::{
    plan::{ESTIMATE_MAX, ITEMS_PER_INTENT_MAX, LINE_CHARS_MAX, TEXT_BYTES_MAX, TITLE_CHARS_MAX},
    reauthor::Reauthored,
    recent::{Recent, TAKEN_BACK},
    schema::{OpenError, SCHEMA},
};
use crate::{
    gate,
    ids::{ItemId, PersonId},
    intent::{Intent, TextEdit},
    model::{
        Collection, Conflict, Detail, Disputes, Doubted, Field, Person, Place, Row, Status, Thing,
        Things, View, ViewPatch, order, rank::RankKey, reference, view,
    },
    sync::{frame::Hash, standing::Unverified},
    time::Timestamp,
};

/// A change holds about this many bytes at most, well below what the relay takes.
const CHANGE_BYTES_MAX: usize = 48 * 1024;
/// A change makes this many items at most, so that its rows stay below what the relay takes.
const CREATES_PER_CHANGE_MAX: usize = 400;

/// Why nothing was changed, in words for the person.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The backlog has not been read yet.
    #[error("The backlog is still being read. Try again in a moment.")]
    NotReady,
    /// The item is not there.
    #[error("That is no longer in the backlog.")]
    Gone,
    /// An id was used before.
    #[error("That was added before.")]
    Exists,
    /// Nothing was typed.
    #[error("{0} can't be empty.")]
    Empty(&'static str),
    /// Too much was typed.
    #[error("{0} can't be longer than {1}.")]
    TooLong(&'static str, usize),
    /// Too many items.
    #[error("At most {0} items can be added at once. Split the file.")]
    TooMany(usize),
    /// A bad estimate.
    #[error("An estimate is a number from 0 to 1,000,000.")]
    Estimate,
    /// Something else than the register takes.
    #[error("{0} can't be set to that.")]
    Value(&'static str),
    /// A number that is too small or too large.
    #[error("{0} is a number from {1} to {2}.")]
    OutOfRange(&'static str, String, String),
    /// Not a day.
    #[error("{0} is a day like 2026-11-21.")]
    Day(&'static str),
    /// A status that has a verb of its own.
    #[error("Use Archive and Restore for that.")]
    Status,
    /// A move next to itself.
    #[error("It is there already.")]
    OntoItself,
    /// Nothing to do, and why.
    #[error("{0}")]
    Nothing(&'static str),
    /// The document refused; a fault of this program.
    #[error("The change could not be written: {0}. Load the page anew.")]
    Failed(String),
}

/// Why bytes are not a change of this backlog.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a change can't be applied: {0}")]
pub struct AbsorbError(String);

/// One change: its name and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeChange {
    /// Its hash.
    pub hash: Hash,
    /// The chunk.
    pub bytes: Vec<u8>,
}

/// A piece of work on the document that is carried out one change after the other.
#[derive(Clone, Debug)]
pub struct Plan {
    label: String,
    said: String,
    moved: Option<ItemId>,
    ahead: std::collections::VecDeque<Edit>,
    inverse: Vec<Edit>,
    skipped: usize,
}

/// What takes a finished plan back. Taking it back gives another one, which does it again.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    label: String,
    said: String,
    edits: Vec<Edit>,
}

impl Step {
    /// What it would take back, in the past tense.
    #[must_use]
    pub fn said(&self) -> &str {
        &self.said
    }

    /// Whether there is nothing to take back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The description that it edits, when that is all it does.
    #[must_use]
    pub fn only_describes(&self) -> Option<ItemId> {
        match self.edits.as_slice() {
            [Edit::Unsplice { item, .. }, rest @ ..]
                if rest.iter().all(
                    |edit| matches!(edit, Edit::Unsplice { item: other, .. } if other == item),
                ) =>
            {
                Some(*item)
            }
            _ => None,
        }
    }

    /// Puts a later step before this one: taking the result back takes both back.
    pub fn merge_later(&mut self, later: Self) {
        let earlier = std::mem::replace(&mut self.edits, later.edits);
        self.edits.extend(earlier);
    }
}

impl Plan {
    /// Whether every edit is carried out.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.ahead.is_empty()
    }

    /// How many edits are still to be carried out.
    #[must_use]
    pub fn ahead(&self) -> usize {
        self.ahead.len()
    }

    /// How many registers were left alone because somebody set them since.
    #[must_use]
    pub const fn skipped(&self) -> usize {
        self.skipped
    }

    /// The step that takes the plan back.
    #[must_use]
    pub fn into_step(self) -> Step {
        let mut edits = self.inverse;
        edits.reverse();
        Step {
            label: self.label,
            said: self.said,
            edits,
        }
    }
}

/// The edits of one description in this session, which give later ones their place.
#[derive(Clone, Debug, Default)]
struct TextLog {
    splices: Vec<Splice>,
}

/// A backlog.
#[derive(Debug)]
pub struct Backlog {
    doc: Automerge,
    author: PersonId,
    roots: Option<Roots>,
    name: String,
    rows: BTreeMap<ItemId, Row>,
    /// Every item with a rank, archived and finished ones too, in the order of each place.
    order: BTreeMap<Place, Vec<(ItemId, RankKey)>>,
    people: BTreeMap<PersonId, Person>,
    things: Things,
    disputes: Disputes,
    doubted: Doubted,
    unverified: Unverified,
    lens: Lens,
    texts: BTreeMap<ItemId, TextLog>,
    touched: Touched,
    stirred: Stirred,
}

/// Where a row stands: its place and its rank key there.
type Stand = (Place, String);

/// What has changed since the last patch was taken.
#[derive(Debug, Default)]
struct Touched {
    items: BTreeSet<ItemId>,
    people: BTreeSet<PersonId>,
    things: BTreeSet<Thing>,
    name: bool,
    everything: bool,
}

/// Whose past may have changed since somebody last asked.
#[derive(Debug, Default)]
pub(crate) struct Stirred {
    /// These items'.
    pub(crate) items: BTreeSet<ItemId>,
    /// Anybody's.
    pub(crate) everything: bool,
}

impl Backlog {
    /// A backlog that nothing is known of yet: its changes are to come.
    #[must_use]
    pub fn unknown(author: PersonId, actor: [u8; 16]) -> Self {
        Self::with(Automerge::new_with_encoding(ENCODING), author, actor)
    }

    /// A new backlog with its first change.
    ///
    /// # Panics
    /// Never: an empty document takes the containers.
    #[must_use]
    pub fn create(
        name: &str,
        author: PersonId,
        actor: [u8; 16],
        now: Timestamp,
    ) -> (Self, MadeChange) {
        let mut backlog = Self::unknown(author, actor);
        let message = message("create");
        backlog
            .doc
            .transact_with::<_, _, automerge::AutomergeError, _>(
                |_| {
                    CommitOptions::default()
                        .with_message(message)
                        .with_time(now.ms())
                },
                |tx| schema::create(tx, name),
            )
            .expect("an empty document takes the containers");
        backlog.read_all().expect("the containers were just made");
        let change = backlog
            .last_change()
            .expect("the first change was just made");
        (backlog, change)
    }

    /// A backlog from a snapshot.
    ///
    /// # Errors
    /// When the bytes are damaged, not a backlog, or of a newer version.
    pub fn load(snapshot: &[u8], author: PersonId, actor: [u8; 16]) -> Result<Self, OpenError> {
        let options = LoadOptions::new().text_encoding(ENCODING);
        let doc = Automerge::load_with_options(snapshot, options)
            .map_err(|e| OpenError::Unreadable(e.to_string()))?;
        let mut backlog = Self::with(doc, author, actor);
        backlog.roots = Some(schema::roots(&backlog.doc)?);
        Ok(backlog)
    }

    fn with(mut doc: Automerge, author: PersonId, actor: [u8; 16]) -> Self {
        doc.set_author(Some(Author::from(author.as_bytes().to_vec())));
        doc.set_actor(ActorId::from(actor));
        Self {
            doc,
            author,
            roots: None,
            name: String::new(),
            rows: BTreeMap::new(),
            order: BTreeMap::new(),
            people: BTreeMap::new(),
            things: Things::new(),
            disputes: Disputes::new(),
            doubted: Doubted::new(),
            unverified: Unverified::default(),
            lens: Lens::default(),
            texts: BTreeMap::new(),
            touched: Touched::default(),
            stirred: Stirred::default(),
        }
    }

    /// Goes on under another actor: an actor has one writer for ever.
    pub fn set_actor(&mut self, actor: [u8; 16]) {
        self.doc.set_actor(ActorId::from(actor));
    }

    /// Reads the rows from the document, after [`Self::load`] and the changes behind it.
    ///
    /// # Errors
    /// When the document is not a backlog this version can open.
    pub fn read_all(&mut self) -> Result<(), OpenError> {
        let roots = schema::roots(&self.doc)?;
        self.things = read::things(&self.doc, &roots);
        self.disputes = read::disputes(self.authors(), &roots, &self.things);
        self.doubted = read::doubted(self.authors(), &roots, &self.things);
        self.lens = Lens::of(&self.things);
        self.rows.clear();
        for bucket in &roots.buckets {
            for entry in self.doc.map_range(bucket, ..) {
                if let Ok(id) = entry.key.parse::<ItemId>()
                    && let Some(row) = read::row(self.authors(), id, &entry.id(), &self.lens)
                {
                    self.rows.insert(id, row);
                }
            }
        }
        merged::heal(&mut self.rows);
        let people: Vec<PersonId> = self
            .doc
            .keys(&roots.people)
            .filter_map(|key| key.parse().ok())
            .collect();
        self.people = people
            .into_iter()
            .filter_map(|id| Some((id, read::person(&self.doc, &roots.people, id)?)))
            .collect();
        self.name = name(&self.doc, &roots);
        self.roots = Some(roots);
        self.order_anew();
        self.touched = Touched::default();
        Ok(())
    }

    /// Takes the rows from a view that was made at these very heads, instead of reading them again.
    pub fn adopt(&mut self, view: View) {
        self.roots = schema::roots(&self.doc).ok();
        self.name = view.name;
        self.rows = view.rows.into_iter().map(|row| (row.id, row)).collect();
        self.people = view.people;
        self.lens = Lens::of(&view.things);
        self.things = view.things;
        self.disputes = view.disputes;
        self.doubted = view.doubted;
        self.order_anew();
        self.touched = Touched::default();
    }

    fn order_anew(&mut self) {
        self.order.clear();
        for row in self.rows.values() {
            if let Ok(key) = row.rank.parse() {
                self.order.entry(row.place).or_default().push((row.id, key));
            }
        }
        for order in self.order.values_mut() {
            order.sort_by(|(a, x), (b, y)| (x, a).cmp(&(y, b)));
        }
    }

    /// Whether the first change is there.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.roots.is_some()
    }

    pub(crate) const fn doc(&self) -> &Automerge {
        &self.doc
    }

    pub(crate) fn order(&self, place: Place) -> &[(ItemId, RankKey)] {
        self.order.get(&place).map_or(&[], Vec::as_slice)
    }

    pub(crate) const fn lens(&self) -> &Lens {
        &self.lens
    }

    /// The names under which a tag stands on an item: its own, and those it had before it was renamed.
    pub(crate) fn tag_names(&self, item: ItemId, tag: &str) -> Vec<String> {
        let object = self.item_object(item);
        let tags = object.and_then(|object| read::object(&self.doc, &object, "tags"));
        let Some((_, tags)) = tags else {
            return Vec::new();
        };
        let names = self.doc.keys(&tags);
        names.filter(|name| self.lens.tag(name) == tag).collect()
    }

    /// The registers of things that hold several values.
    #[must_use]
    pub const fn disputes(&self) -> &Disputes {
        &self.disputes
    }

    /// Settings, roles, goals, lists, releases, scorecards and the like.
    #[must_use]
    pub const fn things(&self) -> &Things {
        &self.things
    }

    pub(crate) fn item_object(&self, item: ItemId) -> Option<ObjId> {
        let bucket = &self.roots.as_ref()?.buckets[bucket(item)];
        read::object(&self.doc, bucket, item.as_str()).map(|(_, object)| object)
    }

    /// Whether an item with this id was ever made, also if that was taken back.
    pub(crate) fn knows(&self, item: ItemId) -> bool {
        self.rows.contains_key(&item) || self.item_object(item).is_some()
    }

    /// The row of an item.
    #[must_use]
    pub fn row(&self, item: ItemId) -> Option<&Row> {
        self.rows.get(&item)
    }

    /// Every row, by id.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.values()
    }

    /// The rows of the product backlog's ranked list: open items in their order (`MODEL.md` O1).
    pub fn ranked(&self) -> impl Iterator<Item = &Row> {
        self.ranked_in(Place::Product)
    }

    /// The open items of a place in their order.
    pub fn ranked_in(&self, place: Place) -> impl Iterator<Item = &Row> {
        self.order(place)
            .iter()
            .filter_map(|(id, _)| self.rows.get(id))
            .filter(|row| row.status.is_open())
    }

    /// The rank of an item in its place, from 1, if it is open, and how many are there.
    #[must_use]
    pub fn rank_of(&self, item: ItemId) -> (Option<usize>, usize) {
        let Some(row) = self.rows.get(&item).filter(|row| row.status.is_open()) else {
            return (None, 0);
        };
        let (mut before, mut total) = (0, 0);
        let in_place = |other: &&Row| other.status.is_open() && other.place == row.place;
        for other in self.rows.values().filter(in_place) {
            total += 1;
            before += usize::from(order::compare(other, row).is_lt());
        }
        (Some(before + 1), total)
    }

    /// All that the lists need.
    #[must_use]
    pub fn view(&self) -> View {
        View {
            name: self.name.clone(),
            rows: self.rows.values().cloned().collect(),
            people: self.people.clone(),
            things: self.things.clone(),
            disputes: self.disputes.clone(),
            doubted: self.doubted.clone(),
        }
    }

    /// The backlog's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How a person has introduced themselves.
    #[must_use]
    pub fn person(&self, id: PersonId) -> Option<&Person> {
        self.people.get(&id)
    }

    /// The short name by which people call an item.
    #[must_use]
    pub fn reference(&self, item: ItemId) -> String {
        match self.rows.get(&item) {
            Some(row) => reference::reference(row, self.rows.keys()),
            None => reference::short(item, self.rows.keys()),
        }
    }

    /// The detail of an item, but for the counters that belong to a session.
    #[must_use]
    pub fn detail(&self, item: ItemId) -> Option<Detail> {
        let row = self.rows.get(&item)?;
        let object = self.item_object(item)?;
        let map = |name: &str| read::object(&self.doc, &object, name).map(|(_, object)| object);
        let (trail, trail_by, trail_why) = read::trail(self.authors(), &object).collect();
        Some(Detail {
            id: item,
            description: read::description(&self.doc, &object),
            description_version: self.text_version(item),
            edits_included: 0,
            benefit: read::benefit(&self.doc, &object),
            criteria: map("criteria")
                .map(|criteria| read::criteria(&self.doc, &criteria))
                .unwrap_or_default(),
            comments: map("comments")
                .map(|comments| read::comments(self.authors(), &comments))
                .unwrap_or_default(),
            conflicts: self.conflicts(&object, row),
            created_by: self.authors().of(&object).0,
            trail,
            trail_by,
            trail_why,
            changed: changed::changed(self.authors(), &object),
        })
    }

    /// The fields of an item that hold several values, said so that people can choose.
    fn conflicts(&self, object: &ObjId, row: &Row) -> Vec<Conflict> {
        let mut conflicts = read::conflicts(self.authors(), object, &row.conflicts, row.place);
        for conflict in &mut conflicts {
            for value in &mut conflict.values {
                if let Some(shown) = self.shown(conflict.field, &value.shown) {
                    value.shown = shown;
                }
            }
        }
        conflicts
    }

    /// What people read where a register names something.
    fn shown(&self, field: Field, word: &str) -> Option<String> {
        match field {
            Field::Place => Some(self.place_name(Place::from_word(word)?)),
            Field::Parent | Field::SupersededBy | Field::MergedInto => {
                Some(self.reference(word.parse().ok()?))
            }
            Field::Assignee | Field::DeclinedBy | Field::WantedBy => {
                let person: PersonId = word.parse().ok()?;
                self.people.get(&person).map(|person| person.name.clone())
            }
            _ => None,
        }
    }

    /// What people call a place.
    #[must_use]
    pub fn place_name(&self, place: Place) -> String {
        view::place_name(&self.things, place)
    }

    /// The names of the latest changes.
    #[must_use]
    pub fn heads(&self) -> Vec<Hash> {
        self.doc
            .get_heads()
            .into_iter()
            .map(|hash| hash.0)
            .collect()
    }

    /// Every change's name, each after those it depends on.
    #[must_use]
    pub fn changes(&self) -> Vec<Hash> {
        self.doc
            .get_changes_meta(&[])
            .into_iter()
            .map(|meta| meta.hash.0)
            .collect()
    }

    /// The changes since a moment, the latest first.
    #[must_use]
    pub fn recent(&self, since: Timestamp) -> Vec<Recent> {
        recent::recent(self.authors(), since)
    }

    /// Whether a change is part of the document.
    #[must_use]
    pub fn contains(&self, hash: &Hash) -> bool {
        self.doc
            .get_change_meta_by_hash(&ChangeHash(*hash))
            .is_some()
    }

    /// A change's bytes.
    #[must_use]
    pub fn change(&self, hash: &Hash) -> Option<Vec<u8>> {
        self.doc
            .get_change_by_hash(&ChangeHash(*hash))
            .map(|change| change.raw_bytes().to_vec())
    }

    /// The whole document with its history as one chunk.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.doc.save()
    }

    /// Who writes here.
    #[must_use]
    pub const fn author(&self) -> PersonId {
        self.author
    }

    /// The changes of a snapshot or backup, each after those it depends on. Of changes that stand behind the document in
    /// the file, as a device stores them, those are left out that the gate does not take.
    ///
    /// # Errors
    /// When the bytes are damaged, not a backlog, or of a newer version.
    pub fn changes_of(file: &[u8]) -> Result<Vec<MadeChange>, OpenError> {
        let unreadable = |error: gate::Refusal| OpenError::Unreadable(error.to_string());
        gate::bounded_document(file).map_err(unreadable)?;
        let (document, behind) = gate::document_and_changes(file).map_err(unreadable)?;
        let mut doc = Automerge::new_with_encoding(ENCODING);
        if !document.is_empty() {
            let options = LoadOptions::new().text_encoding(ENCODING);
            doc = Automerge::load_with_options(document, options)
                .map_err(|e| OpenError::Unreadable(e.to_string()))?;
        }
        if !behind.is_empty() {
            let mut sieve = gate::Sieve::default();
            for change in doc.get_changes(&[]) {
                sieve.trust(change.raw_bytes()).map_err(unreadable)?;
            }
            for change in behind {
                if let Ok(sound) = sieve.pass(change)
                    && let Ok(change) = Change::from_bytes(sound)
                {
                    doc.apply_changes([change])
                        .map_err(|e| OpenError::Unreadable(e.to_string()))?;
                }
            }
        }
        schema::roots(&doc)?;
        Ok(doc.get_changes(&[]).iter().map(made).collect())
    }

    /// Applies one change of somebody else, or of an earlier session. Returns its hash, and whether it was new.
    /// Rows follow with [`Self::take_patch`].
    ///
    /// # Errors
    /// When it is not a change, or one that it depends on is missing. The document is unharmed.
    pub fn absorb(&mut self, bytes: &[u8], follow: bool) -> Result<(Hash, bool), AbsorbError> {
        let change = Change::from_bytes(bytes.to_vec()).map_err(|e| AbsorbError(e.to_string()))?;
        let hash = change.hash();
        if self.contains(&hash.0) {
            return Ok((hash.0, false));
        }
        if let Some(missing) = change.deps().iter().find(|dep| !self.contains(&dep.0)) {
            return Err(AbsorbError(format!(
                "it depends on {missing}, which is not here"
            )));
        }
        if !follow || self.roots.is_none() {
            self.doc
                .apply_changes([change])
                .map_err(|e| AbsorbError(e.to_string()))?;
            self.touched.everything = true;
            self.stirred.everything = true;
            return Ok((hash.0, true));
        }
        let is_concurrent = !covers(change.deps(), &self.doc.get_heads());
        let operations = is_concurrent.then(|| change.decode().operations);
        let mut log = PatchLog::active();
        self.doc
            .apply_changes_log_patches([change], &mut log)
            .map_err(|e| AbsorbError(e.to_string()))?;
        for patch in self.doc.make_patches(&mut log) {
            self.note_patch(&patch);
        }
        self.note_operations(&operations.unwrap_or_default());
        Ok((hash.0, true))
    }

    /// Notes what these operations write. A value that does not win comes without a patch where others have lost before
    /// it, and may begin or settle a dispute all the same.
    fn note_operations(&mut self, operations: &[Op]) {
        let mut here: Option<(&OpId, Vec<String>)> = None;
        for operation in operations {
            let (ObjectId::Id(id), Key::Map(key)) = (&operation.obj, &operation.key) else {
                continue;
            };
            let mut keys = match here.take() {
                Some((same, keys)) if same == id => keys,
                Some(_) | None => {
                    let OpId(number, actor) = id;
                    let parents = self.doc.parents(ObjId::Id(*number, actor.clone(), 0));
                    parents.map_or_else(|_| Vec::new(), |parents| keys_of(&parents.path()))
                }
            };
            keys.push(key.to_string());
            self.note_path(&keys);
            keys.pop();
            here = Some((id, keys));
        }
    }

    fn note_patch(&mut self, patch: &automerge::Patch) {
        let put_key = match &patch.action {
            automerge::PatchAction::PutMap { key, .. }
            | automerge::PatchAction::DeleteMap { key } => Some(key.clone()),
            automerge::PatchAction::Conflict { prop } => key_of(prop),
            _ => None,
        };
        let mut keys = keys_of(&patch.path);
        keys.extend(put_key);
        self.note_path(&keys);
        if let [items, _, item, field, ..] = keys.as_slice()
            && (items.as_str(), field.as_str()) == ("items", "description")
            && let Ok(item) = item.parse()
        {
            self.note_text_patch(item, &patch.action);
        }
    }

    /// Something was written at this path of keys.
    fn note_path(&mut self, keys: &[String]) {
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        match keys.as_slice() {
            ["items", _, item, below @ ..] => {
                let Ok(item) = item.parse() else { return };
                self.touched.items.insert(item);
                if below.is_empty() || below.first() == Some(&"trail") {
                    self.stirred.items.insert(item);
                }
            }
            ["people", person, ..] => {
                if let Ok(person) = person.parse() {
                    self.touched.people.insert(person);
                    self.touched.things.insert(Thing::Person(person));
                }
            }
            ["product", ..] => {
                self.touched.name = true;
                self.touched.things.insert(Thing::Product);
            }
            [collection, record, ..] => {
                if let (Some(collection), Ok(record)) =
                    (Collection::from_word(collection), record.parse())
                {
                    let thing = Thing::Record(collection, record);
                    self.touched.things.insert(thing);
                }
            }
            _ => {}
        }
    }

    fn note_text_patch(&mut self, item: ItemId, action: &automerge::PatchAction) {
        let log = self.texts.entry(item).or_default();
        match action {
            automerge::PatchAction::SpliceText { index, value, .. } => {
                let insert = value.make_string();
                log.splices.push(Splice {
                    at: *index,
                    insert,
                    deletes: vec![],
                });
            }
            automerge::PatchAction::DeleteSeq { index, length } => {
                log.splices.push(Splice {
                    at: *index,
                    insert: String::new(),
                    deletes: std::iter::once(*index..*index + *length).collect(),
                });
            }
            // The whole text is another one: what was typed on the former one goes to its end at the worst.
            _ => log.splices.push(Splice {
                at: 0,
                insert: String::new(),
                deletes: vec![],
            }),
        }
    }

    /// How many times a description has changed in this session.
    #[must_use]
    pub fn text_version(&self, item: ItemId) -> u64 {
        self.texts
            .get(&item)
            .map_or(0, |log| log.splices.len() as u64)
    }

    /// What has happened to a description since a version.
    pub(crate) fn text_since(&self, item: ItemId, version: u64) -> &[Splice] {
        let splices = self.texts.get(&item).map_or(&[][..], |log| &log.splices);
        &splices[usize::try_from(version)
            .unwrap_or(usize::MAX)
            .min(splices.len())..]
    }

    /// What the lists have to show anew since the last call.
    pub fn take_patch(&mut self) -> ViewPatch {
        let touched = std::mem::take(&mut self.touched);
        if touched.everything {
            return self.patch_everything();
        }
        let mut patch = ViewPatch::default();
        self.read_things(touched.things, &mut patch);
        let lens = Lens::of(&self.things);
        if lens != self.lens {
            // Where items are and what their tags are called hangs on it.
            return self.patch_everything();
        }
        let mut order_changed = Vec::new();
        let mut read: BTreeMap<ItemId, Option<Row>> = touched
            .items
            .into_iter()
            .map(|id| (id, self.read_row(id)))
            .collect();
        if merged::concerns(&self.rows, &read) {
            for id in merged::all(&self.rows) {
                let row = self.read_row(id);
                read.entry(id).or_insert(row);
            }
            merged::heal_some(&self.rows, &mut read);
        }
        for (id, row) in read {
            let before = match &row {
                Some(row) => self.rows.insert(id, row.clone()),
                None => self.rows.remove(&id),
            };
            let stands = |row: &Row| (row.place, row.rank.clone());
            let (was, is) = (before.as_ref().map(stands), row.as_ref().map(stands));
            if was != is {
                order_changed.push((id, was, is));
            }
            match row {
                // Also where the row is as it was: its detail is not.
                Some(row) => patch.rows.push(row),
                None => patch.gone.push(id),
            }
        }
        self.reorder(order_changed);
        if let Some(roots) = &self.roots {
            for id in touched.people {
                match read::person(&self.doc, &roots.people, id) {
                    Some(person) => {
                        self.people.insert(id, person.clone());
                        patch.people.insert(id, person);
                    }
                    None => drop(self.people.remove(&id)),
                }
            }
            if touched.name {
                self.name = name(&self.doc, roots);
                patch.name = Some(self.name.clone());
            }
        }
        patch
    }

    /// Whose past may have changed since the last call.
    pub(crate) fn take_stirred(&mut self) -> Stirred {
        std::mem::take(&mut self.stirred)
    }

    fn read_row(&self, id: ItemId) -> Option<Row> {
        let object = self.item_object(id)?;
        read::row(self.authors(), id, &object, &self.lens)
    }

    fn read_things(&mut self, things: BTreeSet<Thing>, patch: &mut ViewPatch) {
        let Some(roots) = &self.roots else { return };
        for thing in things {
            let facts = read::thing(&self.doc, roots, thing);
            let authors = authors::Authors::new(&self.doc, &self.unverified);
            let doubted = read::doubted_keys(authors, roots, thing, &facts);
            if self.things.get(&thing) != Some(&facts) {
                self.things.insert(thing, facts.clone());
                patch.things.insert(thing, facts);
            }
            let disputes = read::thing_disputes(authors, roots, thing);
            note_news(&mut self.disputes, &mut patch.disputes, thing, disputes);
            note_news(&mut self.doubted, &mut patch.doubted, thing, doubted);
        }
    }

    fn patch_everything(&mut self) -> ViewPatch {
        let before = std::mem::take(&mut self.rows);
        let (disputes, doubted) = (self.disputes.clone(), self.doubted.clone());
        if self.read_all().is_err() {
            self.rows = before;
            return ViewPatch::default();
        }
        ViewPatch {
            name: Some(self.name.clone()),
            rows: self
                .rows
                .values()
                .filter(|row| before.get(&row.id) != Some(row))
                .cloned()
                .collect(),
            gone: before
                .into_keys()
                .filter(|id| !self.rows.contains_key(id))
                .collect(),
            people: self.people.clone(),
            things: self.things.clone(),
            disputes: told_anew(disputes, &self.disputes),
            doubted: told_anew(doubted, &self.doubted),
        }
    }

    fn reorder(&mut self, changed: Vec<(ItemId, Option<Stand>, Option<Stand>)>) {
        if changed.len() > 64 {
            self.order_anew();
            return;
        }
        let place = |order: &[(ItemId, RankKey)], id: ItemId, key: &RankKey| {
            order.binary_search_by(|(other, other_key)| (other_key, other).cmp(&(key, &id)))
        };
        for (id, before, after) in changed {
            if let Some((scope, key)) = before
                && let Ok(key) = key.parse::<RankKey>()
                && let Some(order) = self.order.get_mut(&scope)
                && let Ok(at) = place(order, id, &key)
            {
                order.remove(at);
            }
            if let Some((scope, key)) = after
                && let Ok(key) = key.parse::<RankKey>()
                && let order = self.order.entry(scope).or_default()
                && let Err(at) = place(order, id, &key)
            {
                order.insert(at, (id, key));
            }
        }
    }

    /// What an intent would do. Nothing is changed yet: [`Self::perform`] does that, one change at a time.
    ///
    /// # Errors
    /// When the backlog's rules forbid it; says why in words for the person.
    pub fn plan(
        &self,
        intent: &Intent,
        now: Timestamp,
        rng: &mut impl Rng,
    ) -> Result<Plan, Rejection> {
        if !self.is_ready() {
            return Err(Rejection::NotReady);
        }
        let author_name = self
            .people
            .get(&self.author)
            .map_or("", |person| person.name.as_str());
        let mut ctx = Context {
            now,
            rng,
            author: self.author,
            author_name,
            made: std::collections::BTreeSet::new(),
        };
        let Edits {
            label,
            edits,
            said,
            moved,
        } = plan::plan(self, intent, &mut ctx)?;
        Ok(Plan {
            label,
            said,
            moved,
            ahead: edits.into(),
            inverse: Vec::new(),
            skipped: 0,
        })
    }

    /// What changing a description by an edit that was made on an older version would do: it is moved past what has
    /// happened since. Also returns the steps since then as they apply to the page's text, with this edit in it.
    ///
    /// # Errors
    /// As [`Self::plan`].
    pub(crate) fn plan_edit(
        &self,
        item: ItemId,
        splice: Splice,
        now: Timestamp,
        rng: &mut impl Rng,
    ) -> Result<Plan, Rejection> {
        let no_edit = TextEdit {
            at: 0,
            delete: 0,
            insert: splice.insert.clone(),
        };
        let mut plan = self.plan(
            &Intent::EditDescription {
                item,
                version: 0,
                edit: no_edit,
            },
            now,
            rng,
        )?;
        plan.ahead = if splice.is_empty() {
            [].into()
        } else {
            [
                Edit::Splice { item, splice },
                Edit::Note {
                    item,
                    register: "touched",
                },
            ]
            .into()
        };
        Ok(plan)
    }

    /// What taking a step back would do.
    ///
    /// # Errors
    /// When the backlog has not been read yet.
    pub fn plan_back(&self, step: Step) -> Result<Plan, Rejection> {
        if !self.is_ready() {
            return Err(Rejection::NotReady);
        }
        let Step { label, said, edits } = step;
        // Doing it again takes the taking back back.
        let label = match label.strip_prefix(TAKEN_BACK) {
            Some(label) => label.to_owned(),
            None => format!("{TAKEN_BACK}{label}"),
        };
        Ok(Plan {
            label,
            said,
            moved: None,
            ahead: edits.into(),
            inverse: Vec::new(),
            skipped: 0,
        })
    }

    /// Carries out the next change of a plan; `None` when nothing was left to change.
    ///
    /// # Errors
    /// When the document refuses, which would be a fault of this program; the document is unharmed.
    pub fn perform(
        &mut self,
        plan: &mut Plan,
        now: Timestamp,
        rng: &mut impl Rng,
    ) -> Result<Option<MadeChange>, Rejection> {
        let Some(roots) = self.roots.clone() else {
            return Err(Rejection::NotReady);
        };
        let edits = next_edits(&mut plan.ahead);
        let suffix: String = (0..4)
            .map(|_| char::from(b'a' + rng.random_range(0..26u8)))
            .collect();
        let commit = CommitOptions::default()
            .with_message(message(&plan.label))
            .with_time(now.ms());
        let edits: Vec<Edit> = edits.into_iter().map(|edit| self.rebased(edit)).collect();
        let befores: Vec<String> = edits.iter().map(|edit| self.text_before(edit)).collect();
        let mut versions: BTreeMap<ItemId, u64> = BTreeMap::new();
        let mut inverses = Vec::new();
        let mut spliced = Vec::new();
        let mut skipped = 0;
        self.doc
            .transact_with(
                |()| commit,
                |tx| {
                    let mut writer = Writer {
                        tx,
                        roots: &roots,
                        now,
                        trail_suffix: &suffix,
                        trail_count: 0,
                    };
                    for (edit, before) in edits.iter().zip(&befores) {
                        match edit {
                            Edit::Create { item, rank } => {
                                writer.create(item, rank)?;
                                let withdrawn: ScalarValue = Status::Withdrawn.word().into();
                                let slot = Slot::item(item.id, "status");
                                inverses.push(Edit::Put {
                                    slot,
                                    value: Some(withdrawn),
                                    only_if: None,
                                });
                            }
                            Edit::Put {
                                slot,
                                value,
                                only_if,
                            } => match writer.put(slot, value.as_ref(), only_if.as_ref())? {
                                Some(inverse) => inverses.push(inverse),
                                None => skipped += 1,
                            },
                            Edit::Note { item, register } => writer.note(*item, register)?,
                            Edit::Splice { item, splice } | Edit::Unsplice { item, splice, .. } => {
                                if let Some(done) = writer.splice(*item, splice)? {
                                    let version = versions.entry(*item).or_insert(0);
                                    *version += 1;
                                    let inverse = edit::inverse(&done, before);
                                    inverses.push(Edit::Unsplice {
                                        item: *item,
                                        splice: inverse,
                                        version: *version,
                                    });
                                    spliced.push((*item, done));
                                }
                            }
                        }
                    }
                    Ok::<_, automerge::AutomergeError>(())
                },
            )
            .map_err(|failure| Rejection::Failed(failure.error.to_string()))?;
        plan.skipped += skipped;
        for inverse in &mut inverses {
            if let Edit::Unsplice { item, version, .. } = inverse {
                *version += self.text_version(*item);
            }
        }
        for (item, splice) in spliced {
            self.texts.entry(item).or_default().splices.push(splice);
        }
        plan.inverse.extend(inverses);
        for edit in &edits {
            self.note_edit(edit);
        }
        Ok(self.last_change().filter(|_| !edits.is_empty()))
    }

    /// Only one splice of a text stands in a change, so its text before is the one of the document.
    fn text_before(&self, edit: &Edit) -> String {
        match edit {
            Edit::Splice { item, .. } | Edit::Unsplice { item, .. } => self
                .item_object(*item)
                .map(|object| read::description(&self.doc, &object))
                .unwrap_or_default(),
            Edit::Create { .. } | Edit::Put { .. } | Edit::Note { .. } => String::new(),
        }
    }

    /// An undo of a splice, moved past what has happened to the text since.
    fn rebased(&self, edit: Edit) -> Edit {
        match edit {
            Edit::Unsplice {
                item,
                mut splice,
                version,
            } => {
                for later in self.text_since(item, version) {
                    splice = Splice::bridge(&splice, later).0;
                }
                Edit::Splice { item, splice }
            }
            other => other,
        }
    }

    fn note_edit(&mut self, edit: &Edit) {
        if let Some(item) = edit.item() {
            self.touched.items.insert(item);
            self.stirred.items.insert(item);
        } else if let Edit::Put { slot, .. } = edit {
            self.touched.things.extend(slot.owner.thing());
            match slot.owner {
                edit::Owner::Person(person) => {
                    self.touched.people.insert(person);
                }
                edit::Owner::Product => self.touched.name = true,
                edit::Owner::Item(_) | edit::Owner::Record(..) => {}
            }
        }
    }

    /// What a finished plan did, in words: `Moved MESOS-12, now 3 of 1,680`.
    #[must_use]
    pub fn said(&self, plan: &Plan) -> String {
        let mut said = plan.said.clone();
        if let Some(item) = plan.moved {
            let (rank, total) = self.rank_of(item);
            if let Some(rank) = rank {
                said = format!(
                    "{said}, now {} of {}",
                    plan::grouped(rank),
                    plan::grouped(total)
                );
            }
        }
        match plan.skipped {
            0 => said,
            1 => format!("{said} (1 value was changed by somebody since and is kept)"),
            many => format!("{said} ({many} values were changed by somebody since and are kept)"),
        }
    }

    fn last_change(&self) -> Option<MadeChange> {
        self.doc.get_last_local_change().as_ref().map(made)
    }
}

fn made(change: &Change) -> MadeChange {
    MadeChange {
        hash: change.hash().0,
        bytes: change.raw_bytes().to_vec(),
    }
}

fn name(doc: &Automerge, roots: &Roots) -> String {
    read::scalar(doc, &roots.product, "name")
        .and_then(|value| value.as_str().map(str::to_owned))
        .unwrap_or_else(|| "Backlog".to_owned())
}

fn message(label: &str) -> String {
    serde_json::json!({ "intent": label }).to_string()
}

/// The edits of the next change: bounded in bytes and rows, and with one splice of a text at most.
fn next_edits(ahead: &mut std::collections::VecDeque<Edit>) -> Vec<Edit> {
    let mut edits = Vec::new();
    let mut weight = 0;
    let mut creates = 0;
    while let Some(edit) = ahead.front() {
        weight += edit.weight();
        creates += usize::from(matches!(edit, Edit::Create { .. }));
        let splices = matches!(edit, Edit::Splice { .. } | Edit::Unsplice { .. });
        if !edits.is_empty()
            && (weight > CHANGE_BYTES_MAX || creates > CREATES_PER_CHANGE_MAX || splices)
        {
            break;
        }
        edits.extend(ahead.pop_front());
        if splices {
            while let Some(Edit::Note { .. }) = ahead.front() {
                edits.extend(ahead.pop_front());
            }
            break;
        }
    }
    edits
}

/// Takes what holds of a thing now, and tells where that is new. What is empty is not kept.
fn note_news<T: Clone + Default + PartialEq>(
    known: &mut BTreeMap<Thing, T>,
    news: &mut BTreeMap<Thing, T>,
    thing: Thing,
    now: T,
) {
    let none = T::default();
    if *known.get(&thing).unwrap_or(&none) == now {
        return;
    }
    news.insert(thing, now.clone());
    if now == none {
        known.remove(&thing);
    } else {
        known.insert(thing, now);
    }
}

/// What holds of all things now; nothing of those of which something held before and does no more.
fn told_anew<T: Clone + Default>(
    before: BTreeMap<Thing, T>,
    now: &BTreeMap<Thing, T>,
) -> BTreeMap<Thing, T> {
    let mut all = now.clone();
    for thing in before.into_keys() {
        all.entry(thing).or_default();
    }
    all
}

fn key_of(prop: &Prop) -> Option<String> {
    match prop {
        Prop::Map(key) => Some(key.clone()),
        Prop::Seq(_) => None,
    }
}

fn keys_of(path: &[(ObjId, Prop)]) -> Vec<String> {
    path.iter().filter_map(|(_, prop)| key_of(prop)).collect()
}

/// Whether all heads are among what a change builds on: nothing was written beside it.
fn covers(deps: &[ChangeHash], heads: &[ChangeHash]) -> bool {
    heads.iter().all(|head| deps.contains(head))
}
