//! Honest writers: several at once, everything a document can hold, with and without authors, delivered in any order
//! that respects what each change is built on. None of their changes may ever be refused.

use automerge::{ObjId, ScalarValue};

use super::*;

/// Changes of honest writers in a random causal order.
pub(super) fn changes(seed: u64, steps: usize) -> Vec<Vec<u8>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let writers = rng.random_range(2..=5);
    let mut peers: Vec<AutoCommit> = (1..=writers)
        .map(|actor| document(actor, !seed.is_multiple_of(3)))
        .collect();
    let mut changes = Vec::new();
    for _ in 0..steps {
        let at = rng.random_range(0..peers.len());
        if rng.random_ratio(1, 4) {
            let from = rng.random_range(0..peers.len());
            let mut other = peers[from].fork();
            peers[at].merge(&mut other).unwrap();
            continue;
        }
        for _ in 0..rng.random_range(1..5) {
            write(&mut peers[at], &mut rng);
        }
        if peers[at].commit().is_some() {
            changes.push(peers[at].get_last_local_change().unwrap());
        }
    }
    shuffled(changes, &mut rng)
}

/// Each change after those it is built on, otherwise in any order.
fn shuffled(mut changes: Vec<Change>, rng: &mut ChaCha8Rng) -> Vec<Vec<u8>> {
    let mut delivered = BTreeSet::new();
    let mut order = Vec::new();
    while !changes.is_empty() {
        let ready: Vec<usize> = (0..changes.len())
            .filter(|at| {
                let mut deps = changes[*at].deps().iter();
                deps.all(|dep| delivered.contains(dep))
            })
            .collect();
        let next = changes.swap_remove(*ready.choose(rng).unwrap());
        delivered.insert(next.hash());
        order.push(next.raw_bytes().to_vec());
    }
    order
}

/// One edit somewhere in the document.
fn write(peer: &mut AutoCommit, rng: &mut ChaCha8Rng) {
    let (object, kind) = object(peer, rng);
    match kind {
        ObjType::Map | ObjType::Table => write_map(peer, &object, rng),
        ObjType::List => write_list(peer, &object, rng),
        ObjType::Text => {
            let length = peer.length(&object);
            let at = rng.random_range(0..=length);
            let delete = isize::try_from(rng.random_range(0..=(length - at).min(3))).unwrap();
            let text = ["x", "hello ", "añ漢🃏", ""].choose(rng).unwrap();
            peer.splice_text(&object, at, delete, text).unwrap();
        }
    }
}

fn object(peer: &AutoCommit, rng: &mut ChaCha8Rng) -> (ObjId, ObjType) {
    let mut objects = vec![(ROOT, ObjType::Map)];
    let mut next = 0;
    while let Some((object, _)) = objects.get(next).cloned() {
        next += 1;
        let inner = peer.values(&object);
        objects.extend(inner.filter_map(|(value, id)| Some((id, value.to_objtype()?))));
    }
    objects.choose(rng).unwrap().clone()
}

fn made(rng: &mut ChaCha8Rng) -> ObjType {
    *[ObjType::Map, ObjType::Text, ObjType::List]
        .choose(rng)
        .unwrap()
}

fn scalar(rng: &mut ChaCha8Rng) -> ScalarValue {
    match rng.random_range(0..8) {
        0 => ScalarValue::Null,
        1 => true.into(),
        2 => 1.5.into(),
        3 => ScalarValue::Timestamp(1_700_000_000_000),
        4 => ScalarValue::Bytes(vec![0, 1, 2]),
        5 => ScalarValue::counter(rng.random_range(-3..9)),
        6 => u64::MAX.into(),
        _ => "a value".into(),
    }
}

fn write_map(peer: &mut AutoCommit, object: &ObjId, rng: &mut ChaCha8Rng) {
    let key = format!("k{}", rng.random_range(0..5));
    match rng.random_range(0..6) {
        0 => drop(peer.put_object(object, key, made(rng)).unwrap()),
        1 => peer.delete(object, key).unwrap(),
        // Only a counter can be incremented.
        2 => drop(peer.increment(object, key, rng.random_range(-2..3))),
        _ => peer.put(object, key, scalar(rng)).unwrap(),
    }
}

fn write_list(peer: &mut AutoCommit, object: &ObjId, rng: &mut ChaCha8Rng) {
    let length = peer.length(object);
    let at = rng.random_range(0..=length);
    match rng.random_range(0..6) {
        0 => drop(peer.insert_object(object, at, made(rng)).unwrap()),
        1 if at < length => peer.delete(object, at).unwrap(),
        2 if at < length => peer.put(object, at, scalar(rng)).unwrap(),
        3 if at < length => drop(peer.increment(object, at, 1)),
        _ => peer.insert(object, at, scalar(rng)).unwrap(),
    }
}

#[test]
fn no_honest_change_is_refused() {
    let mut admitted = 0;
    for seed in 0..80 {
        let (mut index, mut references) = (ChangeIndex::default(), References::default());
        let mut relay = Automerge::new();
        for change in changes(seed, 60) {
            let passed = take(&change, &mut index, &mut references)
                .unwrap_or_else(|refusal| panic!("seed {seed}: {refusal}"));
            relay
                .apply_changes([Change::from_bytes(passed.bytes).unwrap()])
                .unwrap();
            admitted += 1;
        }
        let heads: Vec<_> = relay.get_heads().iter().map(|hash| hash.0).collect();
        assert_eq!(heads, index.heads());
        let again = Automerge::load(&relay.save()).unwrap();
        assert_eq!(again.get_heads(), relay.get_heads());
    }
    assert!(admitted > 2_500, "{admitted}");
}
