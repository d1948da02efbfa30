//! G9 at the root. A backlog keeps the containers that it was founded with: another map in place of one of them would hide
//! all that is in it, and another schema would keep everybody out.

use std::collections::BTreeSet;

use automerge::{
    ObjType, ScalarValue,
    legacy::{Key, ObjectId, Op, OpType},
};

use super::Refusal;
use crate::document::{CONTAINERS, SCHEMA_KEY};

/// Whether a change leaves the root of a backlog whole. Documents without a schema are no backlogs, and their roots are
/// nobody's business. `holds` says which keys of the root the log has written to.
pub(super) fn check(operations: &[Op], holds: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    let at_root = || operations.iter().filter(|it| it.obj == ObjectId::Root);
    let is_backlog = holds(SCHEMA_KEY) || at_root().any(|it| key(it) == Some(SCHEMA_KEY));
    if !is_backlog {
        return Ok(());
    }
    let mut made = BTreeSet::new();
    for operation in at_root() {
        let founds = key(operation).filter(|key| is_founding(key, operation));
        if !founds.is_some_and(|key| !holds(key) && made.insert(key)) {
            return Err(Refusal::Malformed("root of a backlog"));
        }
    }
    Ok(())
}

fn key(operation: &Op) -> Option<&str> {
    match &operation.key {
        Key::Map(key) => Some(key),
        Key::Seq(_) => None,
    }
}

/// Whether an operation puts what belongs under its key.
fn is_founding(key: &str, operation: &Op) -> bool {
    match &operation.action {
        OpType::Make(ObjType::Map) => CONTAINERS.contains(&key),
        OpType::Put(ScalarValue::Uint(_) | ScalarValue::Int(_)) => key == SCHEMA_KEY,
        _ => false,
    }
}
