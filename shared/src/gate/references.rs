//! G8: what the operations of a log refer to. An operation names the object it is in, the element it stands beside or at,
//! and the values it replaces; automerge takes all of that on trust, and many a wrong name breaks the document for good.
//!
//! Kept is where each operation of the log stands, not what it says: that takes about thirty bytes each, and finding one
//! takes a search among its writer's changes.

use std::collections::{BTreeMap, BTreeSet};

use automerge::{
    ObjType,
    legacy::{ElementId, Key, ObjectId, Op, OpId, OpType},
};

use super::{ChangeIndex, ChangeMeta, Refusal, roots, scan};

/// Where every operation of a log stands. Holds the same changes as a [`ChangeIndex`], in the same order.
#[derive(Clone, Debug, Default)]
pub struct References {
    /// Each writer's number, by which operations are named here, and its changes in the order of their counters.
    writers: BTreeMap<[u8; 16], u32>,
    spans: Vec<Vec<Span>>,
    keys: BTreeMap<Box<str>, u32>,
    /// The keys of the root.
    root_keys: BTreeSet<u32>,
    operations: Vec<Operation>,
    changes: u32,
}

/// The operations of one change.
#[derive(Clone, Copy, Debug)]
struct Span {
    /// The counter of the first.
    start: u32,
    /// Where it stands among all operations.
    first: u32,
    /// How many there are.
    count: u32,
    /// The change's place in the log.
    place: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Operation {
    object: Name,
    slot: Slot,
    kind: Kind,
}

/// An operation's name: its counter and its writer's number. Zeroes are the root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Name {
    counter: u32,
    writer: u32,
}

const ROOT: Name = Name {
    counter: 0,
    writer: 0,
};

/// Where in its object an operation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Slot {
    /// Under the key with this number.
    Key(u32),
    /// At the element that this operation inserted.
    Element(Name),
    /// Nowhere that could be referred to.
    None,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Value,
    Made(ObjType),
    /// Changes or removes values and is none itself.
    Change,
}

/// What [`References::add`] takes in: a change's operations as [`References::check`] found them.
#[derive(Debug)]
pub struct Located {
    actor: [u8; 16],
    start: u32,
    operations: Vec<Operation>,
    keys: BTreeMap<Box<str>, u32>,
}

impl References {
    /// How many changes are here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.changes as usize
    }

    /// Whether nothing is here.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.changes == 0
    }

    /// G8, and G9 at the root, for a change that has passed the other rules and comes next after those that are here.
    ///
    /// # Errors
    /// When an operation refers to something that is not there, or that the writer can't have seen, or changes the root of
    /// a backlog.
    pub fn check(
        &self,
        meta: &ChangeMeta,
        operations: &[Op],
        index: &ChangeIndex,
    ) -> Result<Located, Refusal> {
        roots::check(operations, |key| self.has_at_root(key))?;
        let mut check = Check {
            located: Locating::new(self, meta.actor, meta.start_op),
            unseen: index.unseen(&meta.deps),
        };
        for operation in operations {
            check.operation(operation).map_err(Refusal::Malformed)?;
        }
        Ok(check.located.done())
    }

    /// Takes the next change of the log in, which was admitted before. What it refers to is not looked at. One that can't
    /// be read, or an operation that stands nowhere, can't be referred to.
    pub fn learn(&mut self, bytes: &[u8]) {
        let parsed = scan::uncompressed(bytes).and_then(super::parse_stored);
        let Ok((change, operations)) = parsed else {
            self.changes += 1;
            return;
        };
        let actor = <[u8; 16]>::try_from(change.actor_id().to_bytes()).unwrap_or_default();
        let mut located = Locating::new(self, actor, change.start_op().get());
        for operation in &operations {
            located.locate(operation);
        }
        let located = located.done();
        self.add(located);
    }

    /// Takes the next change of the log in.
    pub fn add(&mut self, located: Located) {
        let next = number(self.writers.len());
        let writer = *self.writers.entry(located.actor).or_insert(next);
        if writer == next {
            self.spans.push(Vec::new());
        }
        self.spans[writer as usize].push(Span {
            start: located.start,
            first: number(self.operations.len()),
            count: number(located.operations.len()),
            place: self.changes,
        });
        let at_root = located.operations.iter().filter(|it| it.object == ROOT);
        self.root_keys
            .extend(at_root.filter_map(|it| match it.slot {
                Slot::Key(key) => Some(key),
                Slot::Element(_) | Slot::None => None,
            }));
        self.operations.extend(located.operations);
        self.keys.extend(located.keys);
        self.changes += 1;
    }

    /// Whether the log has written under this key of the root.
    fn has_at_root(&self, key: &str) -> bool {
        let key = self.keys.get(key);
        key.is_some_and(|key| self.root_keys.contains(key))
    }

    /// An operation of the log with the place of its change.
    fn find(&self, name: Name) -> Option<(Operation, u32)> {
        let spans = self.spans.get(name.writer as usize)?;
        let after = spans.partition_point(|span| span.start <= name.counter);
        let span = spans.get(after.checked_sub(1)?)?;
        let offset = name.counter - span.start;
        let at = (offset < span.count).then(|| span.first + offset)?;
        Some((*self.operations.get(at as usize)?, span.place))
    }
}

/// A change being located.
struct Locating<'a> {
    log: &'a References,
    actor: [u8; 16],
    writer: u32,
    start: u32,
    operations: Vec<Operation>,
    /// Keys that the log does not have yet.
    keys: BTreeMap<Box<str>, u32>,
}

impl<'a> Locating<'a> {
    fn new(log: &'a References, actor: [u8; 16], start_op: u64) -> Self {
        let known = log.writers.get(&actor).copied();
        Self {
            log,
            actor,
            writer: known.unwrap_or_else(|| number(log.writers.len())),
            start: u32::try_from(start_op).unwrap_or(u32::MAX),
            operations: Vec::new(),
            keys: BTreeMap::new(),
        }
    }

    fn done(self) -> Located {
        Located {
            actor: self.actor,
            start: self.start,
            operations: self.operations,
            keys: self.keys,
        }
    }

    fn locate(&mut self, operation: &Op) -> Operation {
        let object = match &operation.obj {
            ObjectId::Root => Some(ROOT),
            ObjectId::Id(id) => self.name(id),
        };
        let slot = match &operation.key {
            Key::Map(key) => Slot::Key(self.key(key)),
            Key::Seq(_) if operation.insert => Slot::Element(self.next()),
            Key::Seq(ElementId::Id(id)) => self.name(id).map_or(Slot::None, Slot::Element),
            Key::Seq(ElementId::Head) => Slot::None,
        };
        let kind = match &operation.action {
            OpType::Make(kind) => Kind::Made(*kind),
            OpType::Put(_) => Kind::Value,
            OpType::Delete | OpType::Increment(_) | OpType::MarkBegin(_) | OpType::MarkEnd(_) => {
                Kind::Change
            }
        };
        let located = Operation {
            object: object.unwrap_or(ROOT),
            slot: if object.is_some() { slot } else { Slot::None },
            kind,
        };
        self.operations.push(located);
        located
    }

    /// The name of the operation that comes next.
    fn next(&self) -> Name {
        Name {
            counter: self.start.saturating_add(number(self.operations.len())),
            writer: self.writer,
        }
    }

    /// The name of an operation that is in the log or stands earlier in this change.
    fn name(&self, id: &OpId) -> Option<Name> {
        let counter = u32::try_from(id.counter()).ok().filter(|it| *it > 0)?;
        let actor = id.actor().to_bytes();
        let writer = if actor == self.actor {
            self.writer
        } else {
            *self.log.writers.get(actor)?
        };
        Some(Name { counter, writer })
    }

    fn key(&mut self, key: &str) -> u32 {
        let known = self.log.keys.get(key).or_else(|| self.keys.get(key));
        known.copied().unwrap_or_else(|| {
            let new = number(self.log.keys.len() + self.keys.len());
            self.keys.insert(key.into(), new);
            new
        })
    }
}

/// A change being checked.
struct Check<'a> {
    located: Locating<'a>,
    /// The places of the changes that its writer had not seen.
    unseen: Vec<u32>,
}

type Checked<T> = Result<T, &'static str>;

impl Check<'_> {
    fn operation(&mut self, operation: &Op) -> Checked<()> {
        let kind = self.object(&operation.obj)?;
        self.key(operation, kind)?;
        action(operation)?;
        let own = self.located.next();
        let located = self.located.locate(operation);
        let mut before: Option<&OpId> = None;
        for replaced in operation.pred.iter() {
            if before == Some(replaced) {
                return Err("a value replaced twice");
            }
            before = Some(replaced);
            let name = self.located.name(replaced).ok_or("replaced value")?;
            let found = (name != own).then(|| self.find(name)).flatten();
            let found = found.ok_or("replaced value")?;
            let is_value = matches!(found.kind, Kind::Value | Kind::Made(_));
            if !is_value || found.object != located.object || found.slot != located.slot {
                return Err("replaced value");
            }
        }
        Ok(())
    }

    /// What kind of object it is that an operation is in.
    fn object(&self, object: &ObjectId) -> Checked<ObjType> {
        let ObjectId::Id(id) = object else {
            return Ok(ObjType::Map);
        };
        let name = self.located.name(id).ok_or("object")?;
        match self.find(name).ok_or("object")?.kind {
            Kind::Made(kind) => Ok(kind),
            Kind::Value | Kind::Change => Err("object"),
        }
    }

    fn key(&self, operation: &Op, kind: ObjType) -> Checked<()> {
        let element = match (&operation.key, kind.is_sequence()) {
            (Key::Map(key), false) if !key.is_empty() && !operation.insert => return Ok(()),
            (Key::Seq(ElementId::Head), true) if operation.insert => return Ok(()),
            (Key::Seq(ElementId::Id(id)), true) => id,
            _ => return Err("key"),
        };
        let name = self.located.name(element).ok_or("element")?;
        let found = self.find(name).ok_or("element")?;
        let object = match &operation.obj {
            ObjectId::Root => None,
            ObjectId::Id(id) => self.located.name(id),
        };
        if Some(found.object) == object && found.slot == Slot::Element(name) {
            Ok(())
        } else {
            Err("element")
        }
    }

    /// An operation that the writer can have seen: an earlier one of the same change, or one of the log that the change
    /// is built on.
    fn find(&self, name: Name) -> Option<Operation> {
        let Locating {
            writer,
            start,
            operations,
            ..
        } = &self.located;
        if name.writer == *writer && name.counter >= *start {
            return operations.get((name.counter - start) as usize).copied();
        }
        let (operation, place) = self.located.log.find(name)?;
        self.unseen
            .binary_search(&place)
            .is_err()
            .then_some(operation)
    }
}

/// What an operation does fits what it says it replaces. Tables are of the past; marks need rules of their own.
fn action(operation: &Op) -> Checked<()> {
    match &operation.action {
        _ if operation.insert && !operation.pred.is_empty() => Err("an insertion that replaces"),
        OpType::Delete if operation.insert => Err("an inserted deletion"),
        OpType::Delete if operation.pred.is_empty() => Err("a deletion of nothing"),
        OpType::Increment(_) if operation.insert => Err("an inserted increment"),
        OpType::Increment(_) if operation.pred.is_empty() => Err("an increment of nothing"),
        OpType::Make(ObjType::Table) => Err("table"),
        OpType::MarkBegin(_) | OpType::MarkEnd(_) => Err("mark"),
        OpType::Make(_) | OpType::Put(_) | OpType::Delete | OpType::Increment(_) => Ok(()),
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).expect("a log has fewer than 2^32 operations")
}
