//! The few things that an intent is made of: plain data that is carried out in a transaction and has an inverse.

use std::borrow::Cow;

use automerge::{ObjId, ObjType, ROOT, ReadDoc, ScalarValue, transaction::Transactable};

use crate::{
    document::{
        changed::emptied,
        schema::{ITEM_MAPS, Roots, bucket},
        text_edit::{Splice, width},
    },
    ids::{ItemId, PersonId, RecordId},
    intent::NewItem,
    model::{
        Collection, Field, Place, Scalar, Status, Thing,
        thing::{Spec, spec},
    },
    time::Timestamp,
};

/// One register: a key below an item, below the product, or below a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Slot {
    pub(crate) owner: Owner,
    /// The keys from the owner down; the last one is the register.
    pub(crate) path: Vec<Cow<'static, str>>,
}

/// What a register belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Owner {
    Item(ItemId),
    Product,
    Person(PersonId),
    Record(Collection, RecordId),
}

impl From<Thing> for Owner {
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Product => Self::Product,
            Thing::Person(person) => Self::Person(person),
            Thing::Record(collection, id) => Self::Record(collection, id),
        }
    }
}

impl Owner {
    /// The thing that it is, unless it is an item.
    pub(crate) const fn thing(self) -> Option<Thing> {
        match self {
            Self::Item(_) => None,
            Self::Product => Some(Thing::Product),
            Self::Person(person) => Some(Thing::Person(person)),
            Self::Record(collection, id) => Some(Thing::Record(collection, id)),
        }
    }
}

/// A scalar of the document from a plain one.
pub(crate) fn stored(value: &Scalar) -> ScalarValue {
    match value {
        Scalar::Text(text) => text.as_str().into(),
        Scalar::Number(number) => ScalarValue::F64(*number),
        Scalar::Flag(on) => ScalarValue::Boolean(*on),
    }
}

impl Slot {
    pub(crate) fn of(owner: impl Into<Owner>, register: &str) -> Self {
        Self {
            owner: owner.into(),
            path: vec![register.to_owned().into()],
        }
    }

    pub(crate) fn item(item: ItemId, register: &'static str) -> Self {
        Self {
            owner: Owner::Item(item),
            path: vec![register.into()],
        }
    }

    pub(crate) fn rank(item: ItemId, place: Place) -> Self {
        Self {
            owner: Owner::Item(item),
            path: vec!["rank".into(), place.word().into()],
        }
    }

    pub(crate) fn below(item: ItemId, map: &'static str, id: &str, register: &'static str) -> Self {
        Self {
            owner: Owner::Item(item),
            path: vec![map.into(), id.to_owned().into(), register.into()],
        }
    }
}

impl Slot {
    /// Whether it says who did something: who writes it says so of themselves (`PROTOCOL.md` A14).
    fn names_its_writer(&self) -> bool {
        let [register] = self.path.as_slice() else {
            return false;
        };
        let spec = match self.owner.thing() {
            Some(thing) => spec(thing, register),
            None => Field::from_word(register).and_then(Field::spec),
        };
        matches!(spec, Some(Spec::Doer | Spec::Signature))
    }
}

/// One step of a change.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Edit {
    /// Make an item.
    Create { item: Box<NewItem>, rank: String },
    /// Set a register, or remove it.
    Put {
        slot: Slot,
        value: Option<ScalarValue>,
        /// Only while the register holds this: an undo does not overwrite what somebody set since.
        only_if: Option<Option<ScalarValue>>,
    },
    /// Write the present moment into a register that nobody sets by hand; has no inverse.
    Note {
        item: ItemId,
        register: &'static str,
    },
    /// Change a description, in the coordinates of the document as it is.
    Splice { item: ItemId, splice: Splice },
    /// Undo a splice: in the coordinates of the description's version with this number.
    Unsplice {
        item: ItemId,
        splice: Splice,
        version: u64,
    },
}

impl Edit {
    pub(crate) fn put(slot: Slot, value: impl Into<ScalarValue>) -> Self {
        Self::Put {
            slot,
            value: Some(value.into()),
            only_if: None,
        }
    }

    /// Empties a register.
    pub(crate) const fn take_away(slot: Slot) -> Self {
        Self::Put {
            slot,
            value: None,
            only_if: None,
        }
    }

    /// About how many bytes the edit takes in a change.
    pub(crate) fn weight(&self) -> usize {
        match self {
            Self::Create { item, .. } => {
                let comments: usize = item
                    .comments
                    .iter()
                    .map(|(_, name, _, text)| name.len() + text.len() + 80)
                    .sum();
                let criteria: usize = item
                    .criteria
                    .iter()
                    .chain(&item.requirements)
                    .map(|(_, text, _)| text.len() + 60)
                    .sum();
                let values = item.more.iter().map(|(_, value)| value);
                let registers: usize = values
                    .chain(item.marks.iter().map(|(_, value)| value))
                    .map(|value| 60 + value.text().map_or(8, str::len))
                    .sum();
                250 + item.title.len()
                    + item.description.len()
                    + item.for_whom.len()
                    + item.benefit.len()
                    + comments
                    + criteria
                    + registers
            }
            Self::Put { value, .. } => {
                40 + value
                    .as_ref()
                    .and_then(ScalarValue::as_str)
                    .map_or(8, str::len)
            }
            Self::Note { .. } => 20,
            Self::Splice { splice, .. } | Self::Unsplice { splice, .. } => {
                40 + 4 * splice.insert.len()
            }
        }
    }

    /// The item whose row it changes.
    pub(crate) fn item(&self) -> Option<ItemId> {
        match self {
            Self::Create { item, .. } => Some(item.id),
            Self::Put {
                slot:
                    Slot {
                        owner: Owner::Item(item),
                        ..
                    },
                ..
            }
            | Self::Note { item, .. }
            | Self::Splice { item, .. }
            | Self::Unsplice { item, .. } => Some(*item),
            Self::Put { .. } => None,
        }
    }
}

/// A transaction with what it needs to know of the document.
pub(crate) struct Writer<'a, T> {
    pub(crate) tx: &'a mut T,
    pub(crate) roots: &'a Roots,
    pub(crate) now: Timestamp,
    /// Makes the keys of one millisecond's trail entries differ between people.
    pub(crate) trail_suffix: &'a str,
    /// How many entries this change has written so far.
    pub(crate) trail_count: u32,
}

type Done<T> = Result<T, automerge::AutomergeError>;

impl<T: Transactable + ReadDoc> Writer<'_, T> {
    /// Makes an item with all its maps.
    pub(crate) fn create(&mut self, item: &NewItem, rank: &str) -> Done<()> {
        let object = self.tx.put_object(
            &self.roots.buckets[bucket(item.id)],
            item.id.as_str(),
            ObjType::Map,
        )?;
        let [ranks, tags, criteria, comments, trail] = {
            let mut maps = [ROOT; 5];
            for (slot, name) in maps.iter_mut().zip(ITEM_MAPS) {
                *slot = self.tx.put_object(&object, name, ObjType::Map)?;
            }
            maps
        };
        self.tx.put(&object, "title", item.title.as_str())?;
        self.tx.put(&object, "kind", item.kind.word())?;
        self.tx.put(&object, "status", item.status.word())?;
        let place = item.place.word();
        self.tx.put(&object, "place", place.as_str())?;
        self.tx
            .put(&object, "created", item.created.unwrap_or(self.now).ms())?;
        for (key, text) in [
            ("key", &item.key),
            ("for_whom", &item.for_whom),
            ("benefit", &item.benefit),
            ("description", &item.description),
        ] {
            if !text.is_empty() {
                self.tx.put(&object, key, text.as_str())?;
            }
        }
        if let Some(estimate) = item.estimate {
            self.tx.put(&object, "estimate", estimate)?;
        }
        let registers = item.more.iter().map(|(field, value)| (field.word(), value));
        let marks = item.marks.iter().map(|(key, value)| (key.as_str(), value));
        for (key, value) in registers.chain(marks) {
            self.tx.put(&object, key, stored(value))?;
        }
        self.tx.put(&ranks, place.as_str(), rank)?;
        for tag in &item.tags {
            self.tx.put(&tags, tag.as_str(), true)?;
        }
        let asked = item.criteria.iter().map(|criterion| (criterion, false));
        let required = item.requirements.iter().map(|criterion| (criterion, true));
        for (place, ((id, text, met), requirement)) in asked.chain(required).enumerate() {
            let fields = self.tx.put_object(&criteria, id.as_str(), ObjType::Map)?;
            self.tx.put(&fields, "text", text.as_str())?;
            self.tx.put(&fields, "order", format!("a{place:05}V"))?;
            if *met {
                self.tx.put(&fields, "met", true)?;
            }
            if requirement {
                self.tx.put(&fields, "requirement", true)?;
            }
        }
        for (id, name, at, text) in &item.comments {
            let fields = self.tx.put_object(&comments, id.as_str(), ObjType::Map)?;
            self.tx.put(&fields, "name", name.as_str())?;
            self.tx.put(&fields, "at", at.ms())?;
            self.tx.put(&fields, "text", text.as_str())?;
        }
        let status = Some(format!("status={}", item.status.word()));
        let place = (item.place != Place::Product).then(|| format!("place={place}"));
        let estimate = item.estimate.map(|estimate| format!("estimate={estimate}"));
        for entry in [status, place, estimate].into_iter().flatten() {
            let key = self.trail_key();
            self.tx.put(&trail, key, entry)?;
        }
        Ok(())
    }

    /// A key that no other entry of this change has, nor of anybody else's.
    fn trail_key(&mut self) -> String {
        self.trail_count += 1;
        format!(
            "{:013}~{}{}",
            self.now.ms(),
            self.trail_suffix,
            self.trail_count
        )
    }

    pub(crate) fn item(&self, item: ItemId) -> Done<Option<ObjId>> {
        Ok(self
            .tx
            .get(&self.roots.buckets[bucket(item)], item.as_str())?
            .map(|(_, object)| object))
    }

    /// The map that holds a register; made where it is missing and `make` is set.
    fn holder(&mut self, slot: &Slot, make: bool) -> Done<Option<(ObjId, String)>> {
        let mut path: Vec<String> = slot.path.iter().map(|key| key.to_string()).collect();
        let mut object = match slot.owner {
            Owner::Product => self.roots.product.clone(),
            Owner::Person(person) => {
                path.insert(0, person.to_string());
                self.roots.people.clone()
            }
            Owner::Record(collection, id) => {
                path.insert(0, id.to_string());
                match self.roots.records.get(&collection) {
                    Some(object) => object.clone(),
                    None => return Ok(None),
                }
            }
            Owner::Item(item) => match self.item(item)? {
                Some(object) => object,
                None => return Ok(None),
            },
        };
        let Some(last) = path.pop() else {
            return Ok(None);
        };
        for key in path {
            object = match self.tx.get(&object, key.as_str())? {
                Some((value, below)) if value.is_object() => below,
                Some(_) | None if make => self.tx.put_object(&object, key, ObjType::Map)?,
                Some(_) | None => return Ok(None),
            };
        }
        Ok(Some((object, last)))
    }

    /// Writes the present moment into a register of an item.
    pub(crate) fn note(&mut self, item: ItemId, register: &str) -> Done<()> {
        if let Some(object) = self.item(item)? {
            self.tx.put(&object, register, self.now.ms())?;
        }
        Ok(())
    }

    /// Sets a register. Returns its inverse, or nothing where the register no longer holds what it should.
    pub(crate) fn put(
        &mut self,
        slot: &Slot,
        value: Option<&ScalarValue>,
        only_if: Option<&Option<ScalarValue>>,
    ) -> Done<Option<Edit>> {
        let Some((object, key)) = self.holder(slot, value.is_some())? else {
            return Ok(None);
        };
        let before = match self.tx.get(&object, key.as_str())? {
            Some((automerge::Value::Scalar(value), _)) => Some(value.into_owned()),
            Some(_) | None => None,
        };
        if only_if.is_some_and(|wanted| *wanted != before) {
            return Ok(None);
        }
        if value.is_some() && value == before.as_ref() && slot.names_its_writer() {
            // A register that holds this already would stay the other person's.
            self.tx.delete(&object, key.as_str())?;
        }
        match value {
            Some(value) => self.tx.put(&object, key.as_str(), value.clone())?,
            None if before.is_some() => {
                self.note_emptied(slot, &object)?;
                self.tx.delete(&object, key.as_str())?;
            }
            None => {}
        }
        self.note_transition(slot, value)?;
        Ok(Some(Edit::Put {
            slot: slot.clone(),
            value: before,
            only_if: Some(value.cloned()),
        }))
    }

    /// What was emptied is no longer there to say when it last changed (PB-33).
    fn note_emptied(&mut self, slot: &Slot, holder: &ObjId) -> Done<()> {
        if let Owner::Item(item) = slot.owner
            && let Some(register) = emptied(self.tx, holder, slot)
        {
            self.note(item, &register)?;
        }
        Ok(())
    }

    /// Transitions of status, place, estimate and type write the trail in the same change (`MODEL.md` T1).
    fn note_transition(&mut self, slot: &Slot, value: Option<&ScalarValue>) -> Done<()> {
        let (Owner::Item(item), [register]) = (slot.owner, slot.path.as_slice()) else {
            return Ok(());
        };
        if !matches!(register.as_ref(), "status" | "place" | "estimate" | "kind") {
            return Ok(());
        }
        let shown = match value {
            None | Some(ScalarValue::Null) => "none".to_owned(),
            Some(ScalarValue::Str(text)) => text.to_string(),
            Some(ScalarValue::F64(number)) => number.to_string(),
            Some(other) => other.to_string(),
        };
        let Some(object) = self.item(item)? else {
            return Ok(());
        };
        if register == "estimate" {
            self.tx.put(&object, "estimated", self.now.ms())?;
        }
        if register == "status" && Status::from_word(&shown).is_some_and(Status::is_cleared) {
            self.tx.put(&object, "cleared", self.now.ms())?;
        }
        if let Some((value, trail)) = self.tx.get(&object, "trail")?
            && value.is_object()
        {
            let key = self.trail_key();
            self.tx.put(&trail, key, format!("{register}={shown}"))?;
        }
        Ok(())
    }

    /// Changes a description; the first edit of an imported one makes it a text that merges by character.
    pub(crate) fn splice(&mut self, item: ItemId, splice: &Splice) -> Done<Option<Splice>> {
        let Some(object) = self.item(item)? else {
            return Ok(None);
        };
        let text = match self.tx.get(&object, "description")? {
            Some((automerge::Value::Object(ObjType::Text), text)) => text,
            other => {
                let imported = other
                    .and_then(|(value, _)| value.as_str().map(str::to_owned))
                    .unwrap_or_default();
                let text = self.tx.put_object(&object, "description", ObjType::Text)?;
                self.tx.splice_text(&text, 0, 0, &imported)?;
                text
            }
        };
        let before: Vec<u16> = self.tx.text(&text)?.encode_utf16().collect();
        let splice = splice.clone().within(before.len());
        for step in splice.steps() {
            self.tx.splice_text(
                &text,
                step.at,
                isize::try_from(step.delete).unwrap_or(isize::MAX),
                &step.insert,
            )?;
        }
        if !splice.is_empty() {
            // The text merges by letters: no register of it says when it was last changed.
            self.tx.put(&object, "described", self.now.ms())?;
        }
        Ok(Some(splice))
    }
}

/// The splice that takes another one back, in the coordinates of the text after it. A splice with several deletions is
/// taken back as one replacement of the span that it touched.
pub(crate) fn inverse(splice: &Splice, before: &str) -> Splice {
    let units: Vec<u16> = before.encode_utf16().collect();
    let splice = splice.clone().within(units.len());
    let start = splice
        .deletes
        .first()
        .map_or(splice.at, |range| range.start.min(splice.at));
    let end = splice
        .deletes
        .last()
        .map_or(splice.at, |range| range.end.max(splice.at));
    let deleted: usize = splice.deletes.iter().map(ExactSizeIterator::len).sum();
    let span_after = end - start - deleted + width(&splice.insert);
    let span = start..start + span_after;
    Splice {
        at: start,
        insert: String::from_utf16_lossy(&units[start..end]),
        deletes: if span.is_empty() { vec![] } else { vec![span] },
    }
}

/// The status that an item goes back to which was archived, declined or merged.
pub(crate) fn status_before_archive(trail: &[(Timestamp, String, ObjId)]) -> Status {
    trail
        .iter()
        .rev()
        .filter_map(|(_, entry, _)| Status::from_word(entry.strip_prefix("status=")?))
        .find(|status| !status.is_away())
        .unwrap_or(Status::Todo)
}
