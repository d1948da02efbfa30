//! A12: whole documents in a person's file.

use std::io::Write as _;

use super::{super::document, *};

fn saved(seed: u64) -> Vec<u8> {
    let mut document = Automerge::new();
    for change in honest::changes(seed, 60) {
        let change = Change::from_bytes(change).unwrap();
        document.apply_changes([change]).unwrap();
    }
    document.save()
}

/// A document chunk around a body. Its checksum is not looked at before its size.
fn document_of(body: &[u8]) -> Vec<u8> {
    let mut bytes = scan::wrap(body);
    bytes[8] = 0;
    bytes
}

fn deflated(parts: usize) -> Vec<u8> {
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    let megabyte = vec![0; 1 << 20];
    (0..parts).for_each(|_| deflate.write_all(&megabyte).unwrap());
    deflate.finish().unwrap()
}

fn number(bytes: &mut Vec<u8>, mut number: u64) {
    while number > 0x7f {
        bytes.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

/// A document with one column of its operations.
fn with_column(specification: u64, column: &[u8]) -> Vec<u8> {
    // No writers, no heads, no columns of changes.
    let mut body = vec![0, 0, 0, 1];
    number(&mut body, specification);
    number(&mut body, column.len() as u64);
    body.extend(column);
    document_of(&body)
}

#[test]
fn a12_honest_documents_pass() {
    for seed in 0..20 {
        let mut bytes = saved(seed);
        assert_eq!(bounded_document(&bytes), Ok(()), "seed {seed}");
        let mut document = Automerge::load(&bytes)
            .unwrap()
            .with_actor(ActorId::from([77; 16]));
        let mut transaction = document.transaction();
        transaction.put(ROOT, "later", 1).unwrap();
        transaction.commit();
        bytes.extend(document.get_last_local_change().unwrap().raw_bytes());
        assert_eq!(bounded_document(&bytes), Ok(()), "with a change behind it");
        assert!(Automerge::load(&bytes).is_ok());
    }
    assert_eq!(bounded_document(&Automerge::new().save()), Ok(()));
}

#[test]
fn a12_a_document_is_not_inflated_beyond_the_limit() {
    const DEFLATED_STRINGS: u64 = 0x1d;
    let two_megabytes = with_column(DEFLATED_STRINGS, &deflated(2));
    assert!(two_megabytes.len() < 40_000, "{}", two_megabytes.len());
    assert_eq!(document::within(&two_megabytes, 2 << 20), Ok(()));
    let refused = document::within(&two_megabytes, (2 << 20) - 1);
    assert!(matches!(refused, Err(Refusal::TooLarge { .. })));
    let broken = with_column(DEFLATED_STRINGS, b"no compression");
    assert_eq!(
        bounded_document(&broken),
        Err(Refusal::Malformed("compression"))
    );
}

#[test]
fn a12_a_small_document_of_many_rows_is_not_read() {
    let run = |rows: u64| {
        let mut column = Vec::new();
        number(&mut column, rows);
        if column.last().is_some_and(|byte| byte & 0x40 != 0) {
            *column.last_mut().unwrap() |= 0x80;
            column.push(0);
        }
        column.push(1);
        with_column(0x42, &column)
    };
    let max = crate::limits::LOG_OPERATIONS_MAX;
    assert_eq!(bounded_document(&run(max)), Ok(()));
    assert_eq!(
        bounded_document(&run(max + 1)),
        Err(Refusal::Malformed("rows"))
    );
}

#[test]
fn a12_other_chunks_and_cut_ones_are_no_documents() {
    let mut chunk = story().0.remove(0);
    assert_eq!(bounded_document(&chunk), Ok(()), "a change alone");
    const KIND_AT: usize = 8;
    chunk[KIND_AT] = 3;
    assert_eq!(
        bounded_document(&chunk),
        Err(Refusal::Malformed("not a change"))
    );
    let whole = saved(3);
    for length in 0..whole.len() {
        assert!(bounded_document(&whole[..length]).is_err(), "{length}");
    }
}
