//! When each group of an item's details last changed, and who did it (PB-33): the author and the time of the change that
//! wrote the group's newest register. A register that was emptied is no longer there to ask; `emptied:<group>` is
//! written for it.

use std::collections::BTreeMap;

use automerge::{Automerge, ObjId, ObjType, ReadDoc, Value};

use super::{authors::Authors, edit::Slot};
use crate::model::{Changed, Part};

/// What the registers begin with that say that something of a group was emptied.
const EMPTIED: &str = "emptied:";

/// The newest operation of each group.
type Newest = BTreeMap<Part, ObjId>;

/// The last change of every group that holds or held something.
pub(super) fn changed(authors: Authors<'_>, item: &ObjId) -> Vec<Changed> {
    let doc = authors.doc();
    let mut newest = Newest::new();
    let mut reworded = None;
    let mut is_typed = false;
    for entry in doc.map_range(item, ..) {
        let (key, id) = (entry.key.to_string(), entry.id());
        match key.as_str() {
            "reworded" => reworded = Some(id),
            "tags" | "rank" => {
                let part = Part::of_register(&key);
                for held in doc.map_range(&id, ..) {
                    note(&mut newest, part, held.id());
                }
            }
            "comments" => each_below(doc, &id, |_| Part::Comments, &mut newest),
            "criteria" => each_below(doc, &id, |of| part_of_criterion(doc, of), &mut newest),
            key => {
                is_typed |= key == "description"
                    && matches!(entry.value.into_value(), Value::Object(ObjType::Text));
                let part = match key.strip_prefix(EMPTIED) {
                    Some(word) => Part::from_word(word),
                    None => Part::of_register(key),
                };
                note(&mut newest, part, id);
            }
        }
    }
    let notes_edits = doc.get(item, "described").ok().flatten().is_some();
    if is_typed
        && !notes_edits
        && let Some(id) = reworded
    {
        // Documents from before `described` noted every edit of the text there.
        note(&mut newest, Some(Part::Description), id);
    }
    newest
        .into_iter()
        .map(|(part, op)| {
            let (by, at) = authors.of(&op);
            Changed { part, at, by }
        })
        .collect()
}

/// The register that says that a register was emptied; none where nobody asks.
pub(super) fn emptied(doc: &impl ReadDoc, holder: &ObjId, slot: &Slot) -> Option<String> {
    let part = match slot.path.as_slice() {
        // Who may only comment may write nothing else.
        [map, ..] if map == "comments" => return None,
        [map, _, register] if map == "criteria" => {
            if register != "text" {
                return None;
            }
            part_of_criterion(doc, holder)
        }
        [register, ..] => Part::of_register(register)?,
        [] => return None,
    };
    Some(format!("{EMPTIED}{}", part.word()))
}

fn part_of_criterion(doc: &impl ReadDoc, criterion: &ObjId) -> Part {
    let flag = doc.get(criterion, "requirement").ok().flatten();
    match flag.and_then(|(value, _)| value.as_bool()) {
        Some(true) => Part::Requirements,
        Some(false) | None => Part::Criteria,
    }
}

/// Notes every register of every map in a map.
fn each_below(doc: &Automerge, map: &ObjId, part: impl Fn(&ObjId) -> Part, newest: &mut Newest) {
    for held in doc.map_range(map, ..) {
        let of = held.id();
        let part = part(&of);
        for register in doc.map_range(&of, ..) {
            note(newest, Some(part), register.id());
        }
    }
}

/// Operations are numbered so that what knows of another one is higher.
fn note(newest: &mut Newest, part: Option<Part>, op: ObjId) {
    let order = |op: &ObjId| match op {
        ObjId::Root => None,
        ObjId::Id(counter, actor, _) => Some((*counter, actor.clone())),
    };
    let Some(part) = part else { return };
    if newest
        .get(&part)
        .is_none_or(|known| order(known) < order(&op))
    {
        newest.insert(part, op);
    }
}
