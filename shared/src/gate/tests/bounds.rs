//! G1–G3 at their edges: what is just allowed, and one more.

use super::*;
use crate::limits::{
    CHANGE_DEPENDENCIES_MAX, CHANGE_KEY_BYTES_MAX, CHANGE_MESSAGE_BYTES_MAX, CHANGE_OPERATIONS_MAX,
    CHANGE_WRITERS_MAX,
};

/// A change's body, as far as its shape goes.
#[derive(Clone, Default)]
struct Shape {
    dependencies: u64,
    message: u64,
    writers: u64,
    column: Option<(u8, Vec<u8>)>,
}

fn push(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

impl Shape {
    fn is_bounded(&self) -> Result<(), Refusal> {
        let mut body = Vec::new();
        push(&mut body, self.dependencies);
        body.extend(vec![7; 32 * self.dependencies as usize]);
        body.push(16);
        body.extend([1; 16]);
        // Number, first counter, time.
        body.extend([1, 1, 0]);
        push(&mut body, self.message);
        body.extend(vec![b'm'; self.message as usize]);
        push(&mut body, self.writers);
        for _ in 0..self.writers {
            body.push(16);
            body.extend([2; 16]);
        }
        body.push(u8::from(self.column.is_some()));
        if let Some((specification, column)) = &self.column {
            body.push(*specification);
            push(&mut body, column.len() as u64);
            body.extend(column);
        }
        scan::bounded(&scan::wrap(&body))
    }
}

/// That the limit is allowed and one more is not.
fn edge(limit: u64, what: &'static str, shape: impl Fn(u64) -> Shape) {
    assert_eq!(shape(limit).is_bounded(), Ok(()), "{what}");
    let refused = shape(limit + 1).is_bounded();
    assert_eq!(refused, Err(Refusal::Malformed(what)));
}

#[test]
fn g3_what_a_change_consists_of() {
    let plain = Shape::default();
    edge(CHANGE_DEPENDENCIES_MAX, "dependencies", |dependencies| {
        Shape {
            dependencies,
            ..plain.clone()
        }
    });
    edge(CHANGE_MESSAGE_BYTES_MAX, "message", |message| Shape {
        message,
        ..plain.clone()
    });
    edge(CHANGE_WRITERS_MAX, "actors", |writers| Shape {
        writers,
        ..plain.clone()
    });
}

#[test]
fn g3_how_many_rows_a_column_has_and_how_long_its_texts_are() {
    const ACTIONS: u8 = 0x42;
    const KEYS: u8 = 0x15;
    const INSERTIONS: u8 = 0x34;
    let column = |specification, column| Shape {
        column: Some((specification, column)),
        ..Shape::default()
    };
    edge(CHANGE_OPERATIONS_MAX, "rows", |rows| {
        let mut run = Vec::new();
        push(&mut run, rows);
        if run.last().is_some_and(|last| last & 0x40 != 0) {
            *run.last_mut().unwrap() |= 0x80;
            run.push(0);
        }
        run.push(1);
        column(ACTIONS, run)
    });
    edge(CHANGE_OPERATIONS_MAX, "rows", |rows| {
        let mut flags = Vec::new();
        push(&mut flags, rows);
        column(INSERTIONS, flags)
    });
    edge(CHANGE_KEY_BYTES_MAX, "text", |length| {
        // A single literal.
        let mut key = vec![0x7f];
        push(&mut key, length);
        key.extend(vec![b'k'; length as usize]);
        column(KEYS, key)
    });
}

#[test]
fn g1_g2_how_long_a_change_is() {
    let (_, index) = story();
    let padded = |length: usize| {
        let header = 12;
        let chunk = scan::wrap(&vec![0; length - header]);
        assert_eq!(chunk.len(), length);
        chunk
    };
    let too_large = |limit| Err(Refusal::TooLarge { limit });
    let longest = padded(CHANGE_BYTES_MAX);
    assert!(
        matches!(admit(&longest, &index), Err(Refusal::Malformed(_))),
        "it is looked at"
    );
    let longer = padded(CHANGE_BYTES_MAX + 1);
    assert_eq!(admit(&longer, &index), too_large(CHANGE_BYTES_MAX));
}
