//! The graph of changes against a naive walk over all of it.

use super::*;

/// A log of random changes, each built on some of those before.
fn graph(rng: &mut ChaCha8Rng) -> ChangeIndex {
    let mut index = ChangeIndex::default();
    for n in 0..rng.random_range(1..60_u8) {
        let deps = (0..rng.random_range(0..4))
            .filter(|_| n > 0)
            .map(|_| [rng.random_range(n.saturating_sub(8)..n.max(1)); 32])
            .collect::<BTreeSet<Hash>>();
        index.add(&ChangeMeta {
            hash: [n; 32],
            actor: [n % 5; 16],
            seq: 1,
            start_op: 1,
            max_op: 1,
            deps: deps.into_iter().collect(),
            author: None,
            time: 0,
            landmarks: Vec::new(),
        });
    }
    index
}

fn ancestors(index: &ChangeIndex, of: &[Hash]) -> BTreeSet<Hash> {
    let mut found = BTreeSet::new();
    let mut todo = of.to_vec();
    while let Some(hash) = todo.pop() {
        if index.contains(&hash) && found.insert(hash) {
            todo.extend(index.deps(&hash));
        }
    }
    found
}

#[test]
fn what_a_holder_of_some_heads_lacks() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    for _ in 0..2_000 {
        let index = graph(&mut rng);
        let heads: Vec<Hash> = (0..rng.random_range(0..4))
            .map(|_| [rng.random_range(0..70); 32])
            .collect();
        let held = ancestors(&index, &heads);
        let lacking: Vec<Hash> = index.hashes().to_vec();
        let lacking: Vec<Hash> = lacking.into_iter().filter(|h| !held.contains(h)).collect();
        assert_eq!(index.after(&heads), lacking);
        assert!(index.after(&index.heads()).is_empty());
        assert_eq!(ancestors(&index, &index.heads()).len(), index.len());
    }
}

#[test]
fn heads_of_what_is_stored_are_those_of_a_shorter_log() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    for _ in 0..200 {
        let mut index = graph(&mut rng);
        let until = rng.random_range(0..=index.len());
        index.stored_until(until);
        let stored = &index.hashes()[..until];
        let built_on: BTreeSet<Hash> = stored.iter().flat_map(|hash| index.deps(hash)).collect();
        let mut heads: Vec<Hash> = stored.to_vec();
        heads.retain(|hash| !built_on.contains(hash));
        heads.sort_unstable();
        assert_eq!(index.stored_heads(), heads);
        index.stored_until(usize::MAX);
        assert_eq!(index.stored_heads(), index.heads());
    }
}
