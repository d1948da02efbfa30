//! Which objects of a document hold comments, votes and people, and whether a change does nothing but speak there in its
//! author's own name. The relay has no document at hand when it judges a change, only what it kept of earlier ones.

use std::collections::BTreeSet;

use automerge::{
    ObjType, ScalarValue,
    legacy::{Key, ObjectId, Op, OpType},
};
use serde::{Deserialize, Serialize};

use super::{ChangeIndex, ChangeMeta};

/// An object that people without the right to edit may write in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Landmark {
    /// A map of comments.
    Comments,
    /// One comment, by a hash of its id; it belongs to whoever made it.
    Comment(u64),
    /// The map of people.
    People,
    /// What a person says of themselves.
    Person([u8; 16]),
    /// A map of votes.
    Votes,
    /// One person's vote.
    Ballot([u8; 16]),
}

/// The landmarks that a change makes, by the counters of the operations that make them.
pub(super) fn made_by(
    operations: &[Op],
    meta: &ChangeMeta,
    index: &ChangeIndex,
) -> Vec<(u64, Landmark)> {
    let mut made = Vec::new();
    for (counter, operation) in (meta.start_op..).zip(operations) {
        let (OpType::Make(ObjType::Map), Key::Map(key)) = (&operation.action, &operation.key)
        else {
            continue;
        };
        let parent = place(&operation.obj, meta, &made, index);
        let landmark = match (parent, key.as_str()) {
            (Some((Landmark::Comments, _)), id) => Some(Landmark::Comment(short_hash(id))),
            (Some((Landmark::People, _)), key) => person(key).map(Landmark::Person),
            (Some((Landmark::Votes, _)), key) => person(key).map(Landmark::Ballot),
            (None, "people") if operation.obj == ObjectId::Root => Some(Landmark::People),
            (None, "comments") => Some(Landmark::Comments),
            (None, "votes") => Some(Landmark::Votes),
            (
                Some((Landmark::Comment(_) | Landmark::Person(_) | Landmark::Ballot(_), _)) | None,
                _,
            ) => None,
        };
        made.extend(landmark.map(|landmark| (counter, landmark)));
    }
    made
}

/// The person whose remarks a change consists of: nothing in it but comments, votes and an introduction, all in the name
/// of the person whom its writer belongs to.
pub(super) fn remarks_by(
    operations: &[Op],
    meta: &ChangeMeta,
    index: &ChangeIndex,
) -> Option<[u8; 16]> {
    let author = if meta.seq == 1 {
        meta.author
    } else {
        index.author(&meta.actor)
    }?;
    let mut signatures = Signatures::default();
    for operation in operations {
        let (landmark, maker) = place(&operation.obj, meta, &meta.landmarks, index)?;
        if !is_remark(operation, landmark, maker, author, index) {
            return None;
        }
        if matches!(landmark, Landmark::Comment(_)) {
            signatures.note(operation);
        }
    }
    signatures.are_whole().then_some(author)
}

/// Whether one operation is a remark of its author. `maker` is the person whose writer made the object.
fn is_remark(
    operation: &Op,
    landmark: Landmark,
    maker: Option<[u8; 16]>,
    author: [u8; 16],
    index: &ChangeIndex,
) -> bool {
    let Key::Map(key) = &operation.key else {
        return false;
    };
    let is_new_map = operation.action == OpType::Make(ObjType::Map) && operation.pred.is_empty();
    let is_value = matches!(operation.action, OpType::Put(_) | OpType::Delete);
    match landmark {
        // A second map under the id of somebody's comment would hide theirs.
        Landmark::Comments => is_new_map && !index.has_comment(short_hash(key)),
        Landmark::Comment(_) => {
            is_value && maker == Some(author) && (key != "by" || signs(&operation.action, author))
        }
        Landmark::People => is_new_map && person(key) == Some(author),
        Landmark::Votes => (is_new_map || is_value) && person(key) == Some(author),
        // What else stands there, such as a role in the team, others say of them.
        Landmark::Person(whose) => {
            is_value && whose == author && matches!(key.as_str(), "name" | "colour")
        }
        Landmark::Ballot(whose) => is_value && whose == author,
    }
}

fn signs(action: &OpType, author: [u8; 16]) -> bool {
    match action {
        OpType::Put(ScalarValue::Str(by)) => person(by) == Some(author),
        OpType::Delete => true,
        _ => false,
    }
}

/// An object, in an order.
type Object = (Vec<u8>, u64);

/// Which comments a change signs. A comment that names no person shows the name that stands in it: so a name comes with
/// its person, and a person goes with the name.
#[derive(Default)]
struct Signatures {
    persons_put: BTreeSet<Object>,
    names_put: BTreeSet<Object>,
    persons_gone: BTreeSet<Object>,
    names_gone: BTreeSet<Object>,
}

impl Signatures {
    fn note(&mut self, operation: &Op) {
        let (ObjectId::Id(id), Key::Map(key)) = (&operation.obj, &operation.key) else {
            return;
        };
        let objects = match (key.as_str(), &operation.action) {
            ("by", OpType::Put(_)) => &mut self.persons_put,
            ("name", OpType::Put(_)) => &mut self.names_put,
            ("by", OpType::Delete) => &mut self.persons_gone,
            ("name", OpType::Delete) => &mut self.names_gone,
            _ => return,
        };
        objects.insert((id.actor().to_bytes().to_vec(), id.counter()));
    }

    fn are_whole(&self) -> bool {
        self.names_put.is_subset(&self.persons_put) && self.persons_gone.is_subset(&self.names_gone)
    }
}

/// What an object is, and the person whose writer made it.
fn place(
    object: &ObjectId,
    meta: &ChangeMeta,
    own: &[(u64, Landmark)],
    index: &ChangeIndex,
) -> Option<(Landmark, Option<[u8; 16]>)> {
    let ObjectId::Id(id) = object else {
        return None;
    };
    let actor = <[u8; 16]>::try_from(id.actor().to_bytes()).ok()?;
    if actor == meta.actor && id.counter() >= meta.start_op {
        let at = own.binary_search_by_key(&id.counter(), |(counter, _)| *counter);
        let author = meta.author.or_else(|| index.author(&actor));
        return at.ok().map(|at| (own[at].1, author));
    }
    let landmark = index.landmark(&actor, id.counter())?;
    Some((landmark, index.author(&actor)))
}

/// A person as documents name them: 32 hexadecimal digits.
fn person(text: &str) -> Option<[u8; 16]> {
    text.parse::<crate::ids::PersonId>()
        .ok()
        .map(|person| *person.as_bytes())
}

/// FNV-1a: equal ids have equal hashes, and who finds others with an equal one only locks themselves out.
fn short_hash(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
