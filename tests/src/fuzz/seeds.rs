//! Honest examples of every kind of input, and the known attacks (A1–A11 of the project's reliability notes).

use std::{fs, io::Write as _};

use automerge::{
    ActorId, Author, AutoCommit, Automerge, Change, ObjId, ObjType, ROOT, ReadDoc, ScalarValue,
    sync::{State, SyncDoc},
    transaction::Transactable,
};
use ciborium::{Value, cbor};
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use server::store::{
    NewChange, Store,
    sqlite::{self, SqliteStore},
};
use shared::{
    gate,
    ids::{DocumentId, PersonId},
    model::Person,
    sync::{
        frame::{
            ClientFrame, Cursor, Goodbye, Mark, PROTOCOL_VERSION, RefusalCode, RelayFrame, encode,
        },
        standing::Span,
    },
};

use super::{
    Input, Target,
    bytes::{mend_checksum, push_unsigned},
    rooms::DOCUMENT,
};

/// The log that mutated changes are tried on.
pub(super) const LOG: u64 = 7;
/// How long it is.
pub(super) const LOG_STEPS: usize = 60;

/// Changes of several honest writers, each after those it is built on.
pub(super) fn changes(seed: u64, steps: usize) -> Vec<Vec<u8>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut writers: Vec<AutoCommit> = (1..=3_u8)
        .map(|actor| {
            let author = Author::from(vec![actor; 16]);
            let mut writer = AutoCommit::new().with_author(Some(author));
            writer.set_actor(ActorId::from([actor; 16]));
            writer
        })
        .collect();
    let mut log: Vec<Change> = Vec::new();
    for _ in 0..steps {
        let at = rng.random_range(0..writers.len());
        // Whoever has seen everything may be followed by whoever has not.
        if rng.random_ratio(1, 2) {
            for change in log.clone() {
                writers[at].apply_changes([change]).expect("in order");
            }
        }
        for _ in 0..rng.random_range(1..5) {
            write(&mut writers[at], &mut rng);
        }
        if writers[at].commit().is_some() {
            log.extend(writers[at].get_last_local_change());
        }
    }
    log.iter().map(|it| it.raw_bytes().to_vec()).collect()
}

fn write(writer: &mut AutoCommit, rng: &mut ChaCha8Rng) {
    let mut objects: Vec<(ObjId, ObjType)> = vec![(ROOT, ObjType::Map)];
    let mut next = 0;
    while let Some((object, _)) = objects.get(next).cloned() {
        next += 1;
        let inner = writer.values(&object);
        objects.extend(inner.filter_map(|(value, id)| Some((id, value.to_objtype()?))));
    }
    let (object, kind) = objects.choose(rng).cloned().unwrap_or((ROOT, ObjType::Map));
    let kinds = [ObjType::Map, ObjType::List, ObjType::Text];
    let made = *kinds.choose(rng).unwrap_or(&ObjType::Map);
    let length = writer.length(&object);
    let at = rng.random_range(0..=length);
    let key = format!("k{}", rng.random_range(0..4));
    let value: ScalarValue = match rng.random_range(0..4) {
        0 => ScalarValue::counter(3),
        1 => ScalarValue::Bytes(vec![1, 2]),
        2 => 1.5.into(),
        _ => "a value".into(),
    };
    // What can't be done to this object is left.
    match (kind, rng.random_range(0..6)) {
        (ObjType::Text, _) => drop(writer.splice_text(&object, at, 0, "añ漢🃏")),
        (ObjType::List, 0) => drop(writer.insert_object(&object, at, made)),
        (ObjType::List, 1) => drop(writer.delete(&object, at)),
        (ObjType::List, 2) => drop(writer.put(&object, at, value)),
        (ObjType::List, _) => drop(writer.insert(&object, at, value)),
        (_, 0) => drop(writer.put_object(&object, key, made)),
        (_, 1) => drop(writer.delete(&object, key)),
        (_, 2) => drop(writer.increment(&object, key, 1)),
        (_, _) => drop(writer.put(&object, key, value)),
    }
}

/// Honest inputs of a target.
pub(super) fn honest(target: Target) -> Vec<Input> {
    match target {
        Target::Frames => named("frame", frames()),
        Target::Door => named("message", messages()),
        Target::Changes => named("change", changes(LOG, LOG_STEPS)),
        Target::Documents => named("document", (1..6).map(|seed| document(&changes(seed, 30)))),
        Target::Imports => files(),
        Target::Stores => named("store", [store()]),
    }
}

fn named(what: &str, inputs: impl IntoIterator<Item = Vec<u8>>) -> Vec<Input> {
    let numbered = (1..).zip(inputs);
    let named = numbered.map(|(n, bytes)| Input {
        name: format!("honest-{what}-{n}"),
        bytes,
    });
    named.collect()
}

fn document(changes: &[Vec<u8>]) -> Vec<u8> {
    let mut document = Automerge::new();
    for change in changes {
        let change = Change::from_bytes(change.clone()).expect("just made");
        document.apply_changes([change]).expect("in order");
    }
    document.save()
}

fn frames() -> Vec<Vec<u8>> {
    let mark = Mark {
        seq: 3,
        sum: [4; 32],
    };
    let profile = Person {
        name: "Ada".to_owned(),
        colour: 3,
    };
    let client = [
        ClientFrame::Hello {
            protocol: PROTOCOL_VERSION,
            document: DOCUMENT,
            person: PersonId::from_bytes([1; 16]),
            cursor: Some(Cursor { epoch: 7, mark }),
            holds_changes: true,
        },
        ClientFrame::Pull { after: 2 },
        ClientFrame::Seen { seq: 4 },
        ClientFrame::Doubt { after: 1 },
        ClientFrame::Push {
            batch: 9,
            changes: changes(2, 4),
            passed_on: vec![0],
        },
        ClientFrame::Push {
            batch: 1,
            changes: changes(1, 12),
            passed_on: Vec::new(),
        },
        ClientFrame::Have {
            hashes: vec![[1; 32], [2; 32]],
            last: true,
        },
        ClientFrame::Presence {
            profile,
            item: None,
        },
    ];
    let relay = [
        RelayFrame::Welcome {
            epoch: 7,
            last_seq: 9,
            snapshot: Some(mark),
            reconcile: true,
            peer: 4,
        },
        RelayFrame::Refused {
            batch: 1,
            hash: [3; 32],
            code: RefusalCode::Needs(vec![[4; 32]]),
            detail: "why".to_owned(),
        },
        RelayFrame::Changes {
            from_seq: 1,
            changes: changes(2, 3),
            last_seq: 3,
        },
        RelayFrame::Unverified {
            spans: vec![Span {
                actor: [2; 16],
                first: 1,
                count: 3,
            }],
            until: 3,
        },
        RelayFrame::Goodbye {
            reason: Goodbye::Busy,
            detail: "later".to_owned(),
        },
    ];
    let client = client.iter().map(encode);
    client.chain(relay.iter().map(encode)).collect()
}

/// What two documents say to each other until they agree, as automerge-repo's clients wrap it.
fn messages() -> Vec<Vec<u8>> {
    let load = |seed| AutoCommit::load(&document(&changes(seed, 12))).expect("just saved");
    let (mut one, mut other) = (load(1), AutoCommit::new());
    let (mut ones, mut others) = (State::new(), State::new());
    let mut messages = vec![
        wrapped("join", Vec::new()),
        wrapped("leave", Vec::new()),
        wrapped("ephemeral", vec![1, 2, 3]),
    ];
    for _ in 0..6 {
        if let Some(message) = one.sync().generate_sync_message(&mut ones) {
            messages.push(wrapped("sync", message.clone().encode()));
            other
                .sync()
                .receive_sync_message(&mut others, message)
                .expect("honest");
        }
        if let Some(message) = other.sync().generate_sync_message(&mut others) {
            messages.push(wrapped("request", message.clone().encode()));
            one.sync()
                .receive_sync_message(&mut ones, message)
                .expect("honest");
        }
    }
    messages
}

fn wrapped(kind: &str, data: Vec<u8>) -> Vec<u8> {
    let message = cbor!({
        "type" => kind,
        "senderId" => "stranger",
        "targetId" => "relay",
        "documentId" => DOCUMENT.to_string(),
        "count" => 1,
        "sessionId" => "session",
        "supportedProtocolVersions" => ["1"],
        "data" => Value::Bytes(data),
    });
    let mut bytes = Vec::new();
    let message = message.expect("a plain map");
    ciborium::into_writer(&message, &mut bytes).expect("to memory");
    bytes
}

fn files() -> Vec<Input> {
    let files = [
        (
            "honest.csv",
            "Issue key,Summary,Status,Created,Story Points,Labels,Description\n\
             A-1,\"One, \"\"quoted\"\"\",In Progress,2024-03-04 10:00,3.5,a b,\"several\nlines\"\n\
             A-2,Two,Done,04/Mar/24 1:02 PM,,,h1. Wiki {code}x{code} *bold* [a|http://b]\n",
        ),
        (
            "honest.tsv",
            "Title\tEstimate\tBlocks\nOne\t1\tTwo\nTwo\t½\t\n",
        ),
        (
            "honest.json",
            r#"[{"number":3,"title":"One","state":"open","labels":[{"name":"a"}],"body":"text","created_at":"2024-03-04T10:00:00Z"}]"#,
        ),
        (
            "honest-board.json",
            r#"{"name":"Board","lists":[{"id":"l","name":"To do","closed":false}],"cards":[{"id":"c","name":"One","idList":"l","desc":"text","labels":[],"due":null}]}"#,
        ),
        (
            "honest.txt",
            "# Heading\n- As a reader, I want to read, so that I know. [3]\n- [x] done\n\n1. numbered\n",
        ),
    ];
    let inputs = files.map(|(name, text)| Input {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
    });
    inputs.to_vec()
}

/// A store with one backlog in it, as one file.
fn store() -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let target = folder.path().join("copy.db");
    let store = SqliteStore::open(folder.path()).expect("a new store");
    let fill = async {
        let document = DocumentId::from_bytes([9; 16]);
        let epoch = store.open(document).await.expect("it opens").epoch;
        let changes = changes(1, 12).into_iter().map(|body| NewChange {
            hash: gate::name_of(&body),
            meta: vec![1, 2, 3],
            body: body.into(),
        });
        let stored = store.append(document, epoch, changes.collect()).await;
        stored.expect("there is room");
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(fill);
    sqlite::backup(folder.path(), &target).expect("a sound store");
    fs::read(target).expect("just written")
}

/// The known attacks.
pub(super) fn attacks(target: Target) -> Vec<Input> {
    let attacks = match target {
        Target::Changes => attacks_on_the_gate(),
        Target::Door => vec![
            ("a01-filter-without-bits", filter(1, 0, 7, &[])),
            (
                "a02-filter-of-many-probes",
                filter(1, 10, 100_000_000, &[255, 255]),
            ),
            (
                "a02-filter-of-all-probes",
                filter(1, 10, u64::from(u32::MAX), &[255, 255]),
            ),
            ("a09-garbage-for-a-change", garbage_for_a_change()),
        ],
        Target::Frames => vec![
            ("w2-counts-without-end", claims(&[3, 1])),
            ("w2-hashes-without-end", claims(&[4])),
            ("w2-a-change-without-end", claims(&[3, 1, 1])),
            ("a08-bad-before-good", bad_before_good()),
        ],
        Target::Imports => vec![("deep.json", [b"[".repeat(20_000), b"]".repeat(9)].concat())],
        Target::Documents => vec![
            ("a12-ten-million-rows", document_of_rows(10_000_000)),
            ("a12-most-rows", document_of_rows(u64::from(u32::MAX))),
            ("a12-no-compression", document_with(0x1d, b"not deflated")),
        ],
        Target::Stores => vec![("first-version", store())],
    };
    let inputs = attacks.into_iter().map(|(name, bytes)| Input {
        name: name.to_owned(),
        bytes,
    });
    inputs.collect()
}

fn filter(entries: u64, bits: u64, probes: u64, data: &[u8]) -> Vec<u8> {
    let mut filter = Vec::new();
    for number in [entries, bits, probes] {
        push_unsigned(&mut filter, number);
    }
    filter.extend(data);
    let length = u8::try_from(filter.len()).expect("a few bytes");
    let message = [&[0x42, 0, 0, 1, 0, length][..], &filter, &[0]].concat();
    wrapped("sync", message)
}

/// A frame that begins like this and then claims more than there is.
fn claims(begins: &[u8]) -> Vec<u8> {
    let mut bytes = begins.to_vec();
    push_unsigned(&mut bytes, u64::MAX);
    bytes
}

/// One push of a change that no log takes and one that any log takes.
fn bad_before_good() -> Vec<u8> {
    let good = changes(8, 30).swap_remove(0);
    encode(&ClientFrame::Push {
        batch: 1,
        changes: vec![one_run(9, u64::from(u32::MAX) - 3), good],
        passed_on: Vec::new(),
    })
}

fn garbage_for_a_change() -> Vec<u8> {
    wrapped("sync", vec![0x42, 0, 0, 0, 1, 5, 1, 2, 3, 4, 5])
}

fn attacks_on_the_gate() -> Vec<(&'static str, Vec<u8>)> {
    let bomb = deflated(8);
    let mut unchecked = bomb.clone();
    unchecked[4] ^= 1;
    let log = changes(LOG, LOG_STEPS);
    vec![
        ("a03-bomb", bomb),
        ("a04-bomb-without-checksum", unchecked),
        ("a05-ten-million-rows", one_run(10_000_000, 1)),
        ("a05-most-rows", one_run(u64::from(u32::MAX), 1)),
        (
            "a06-counter-near-the-end",
            one_run(9, u64::from(u32::MAX) - 3),
        ),
        ("a07-stolen-writer", one_run(9, 1)),
        ("a09-garbage", vec![1, 2, 3, 4]),
        ("a10-orphan", changes(8, 30).pop().unwrap_or_default()),
        ("a11-cut", log[3][..log[3].len() / 2].to_vec()),
    ]
}

fn deflate(megabytes: usize) -> Vec<u8> {
    let best = flate2::Compression::best();
    let mut deflate = flate2::write::DeflateEncoder::new(Vec::new(), best);
    for _ in 0..megabytes {
        deflate.write_all(&vec![b'x'; 1 << 20]).expect("to memory");
    }
    deflate.finish().expect("to memory")
}

/// A compressed change of so many megabytes.
fn deflated(megabytes: usize) -> Vec<u8> {
    const COMPRESSED: u8 = 2;
    chunk(COMPRESSED, &deflate(megabytes))
}

/// A document with one column of its operations.
fn document_with(specification: u64, column: &[u8]) -> Vec<u8> {
    const DOCUMENT: u8 = 0;
    // No writers, no heads, no columns of changes.
    let mut body = vec![0, 0, 0, 1];
    push_unsigned(&mut body, specification);
    push_unsigned(&mut body, column.len() as u64);
    body.extend(column);
    chunk(DOCUMENT, &body)
}

/// A document that claims so many operations in a few bytes.
fn document_of_rows(rows: u64) -> Vec<u8> {
    let column = [&run_of(rows)[..], &[1]].concat();
    document_with(0x42, &column)
}

/// The length of a run, which is signed.
fn run_of(rows: u64) -> Vec<u8> {
    let mut run = Vec::new();
    push_unsigned(&mut run, rows);
    if let Some(last) = run.last_mut().filter(|last| **last & 0x40 != 0) {
        // This keeps it positive.
        *last |= 0x80;
        run.push(0);
    }
    run
}

/// A first change whose rows are one run, so that its size says nothing of theirs.
fn one_run(rows: u64, start_op: u64) -> Vec<u8> {
    const CHANGE: u8 = 1;
    let run = run_of(rows);
    let mut body = vec![0, 16];
    body.extend([1; 16]);
    // Number, first counter, time, message, other writers.
    body.push(1);
    push_unsigned(&mut body, start_op);
    body.extend([0, 0, 0]);
    let mut insert = Vec::new();
    push_unsigned(&mut insert, rows);
    let columns = [
        (0x15, [&run[..], &[1, b'a']].concat()),
        (0x34, insert),
        (0x42, [&run[..], &[1]].concat()),
        (0x56, [&run[..], &[0]].concat()),
        (0x70, [&run[..], &[0]].concat()),
    ];
    push_unsigned(&mut body, columns.len() as u64);
    for (specification, column) in &columns {
        push_unsigned(&mut body, *specification);
        push_unsigned(&mut body, column.len() as u64);
    }
    body.extend(columns.iter().flat_map(|(_, column)| column));
    chunk(CHANGE, &body)
}

fn chunk(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x85, 0x6f, 0x4a, 0x83, 0, 0, 0, 0, kind];
    push_unsigned(&mut bytes, body.len() as u64);
    bytes.extend(body);
    mend_checksum(&mut bytes);
    bytes
}
