use std::collections::BTreeSet;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

use super::*;

fn rng(seed: u64) -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(seed)
}

fn key(text: &str) -> RankKey {
    text.parse().unwrap()
}

fn near(rng: &mut ChaCha8Rng) -> Near {
    [Near::Left, Near::Right, Near::Middle][rng.random_range(0..3)]
}

/// A list of items that are moved about; the order of the ids is what people see.
struct List {
    items: Vec<(u32, RankKey)>,
    rng: ChaCha8Rng,
    next_id: u32,
    longest: usize,
    rekeyings: usize,
    rekeyed: usize,
}

impl List {
    fn of(count: usize, seed: u64) -> Self {
        let mut rng = rng(seed);
        let keys = block(None, None, count, Near::Left, &mut rng);
        Self {
            items: (0..).zip(keys).collect(),
            rng,
            next_id: u32::try_from(count).unwrap(),
            longest: 0,
            rekeyings: 0,
            rekeyed: 0,
        }
    }

    fn insert(&mut self, id: u32, at: usize, near: Near) {
        let placement = place(&self.items, at, 1, near, &mut self.rng);
        if !placement.rekeyed.is_empty() {
            self.rekeyings += 1;
            self.rekeyed += placement.rekeyed.len();
        }
        let reach = placement.rekeyed.len() + 1;
        let around = at.saturating_sub(reach)..self.items.len().min(at + reach);
        for (id, key) in placement.rekeyed {
            self.longest = self.longest.max(key.as_str().len());
            let item = self.items[around.clone()]
                .iter_mut()
                .find(|item| item.0 == id)
                .unwrap();
            item.1 = key;
        }
        let key = placement.keys[0].clone();
        assert!(!key.as_str().ends_with('0'));
        self.longest = self.longest.max(key.as_str().len());
        self.items.insert(at, (id, key));
        let around = at.saturating_sub(reach + 1)..self.items.len().min(at + reach + 2);
        assert!(
            self.items[around].is_sorted_by(|a, b| a.1 < b.1),
            "keys are strictly ascending around {at}"
        );
    }

    fn relocate(&mut self, from: usize, to: usize, near: Near) {
        let (id, _) = self.items.remove(from);
        self.insert(id, to.min(self.items.len()), near);
    }

    fn random(&mut self, below: usize) -> usize {
        self.rng.random_range(0..below)
    }
}

#[test]
fn keys_are_refused_unless_well_formed() {
    for good in ["1", "V", "00000z", "aZ09x"] {
        assert_eq!(key(good).as_str(), good);
    }
    let long = "z".repeat(129);
    for bad in ["", "0", "V0", "a b", "é", "a-b", "a\n", long.as_str()] {
        assert!(bad.parse::<RankKey>().is_err(), "{bad:?}");
    }
    assert_eq!(serde_json::to_string(&key("Va")).unwrap(), "\"Va\"");
    assert_eq!(
        serde_json::from_str::<RankKey>("\"Va\"").unwrap(),
        key("Va")
    );
    assert!(serde_json::from_str::<RankKey>("\"V0\"").is_err());
}

#[test]
fn a_key_lies_strictly_between_its_neighbours_over_many_random_calls() {
    let mut rng = rng(1);
    let digits = b"00001zzzzVabc9";
    let mut made: Vec<RankKey> = vec![key("V")];
    for call in 0..300_000 {
        let draw = |rng: &mut ChaCha8Rng| -> Option<RankKey> {
            match rng.random_range(0..5) {
                0 => None,
                1 | 2 => Some(made[rng.random_range(0..made.len())].clone()),
                _ => {
                    let mut text: String = (0..rng.random_range(0..16))
                        .map(|_| char::from(digits[rng.random_range(0..digits.len())]))
                        .collect();
                    text.push(['1', 'z', 'V'][rng.random_range(0..3)]);
                    Some(key(&text))
                }
            }
        };
        let (one, other) = (draw(&mut rng), draw(&mut rng));
        let (before, after) = match (one, other) {
            (Some(one), Some(other)) if one == other => continue,
            (Some(one), Some(other)) if one > other => (Some(other), Some(one)),
            pair => pair,
        };
        let near = near(&mut rng);
        let count = if call % 50 == 0 {
            rng.random_range(1..40)
        } else {
            1
        };
        let keys = block(before.as_ref(), after.as_ref(), count, near, &mut rng);
        assert_eq!(keys.len(), count);
        assert!(keys.is_sorted_by(|a, b| a < b));
        for key in &keys {
            assert!(
                before.as_ref().is_none_or(|before| before < key),
                "{before:?} {key:?}"
            );
            assert!(
                after.as_ref().is_none_or(|after| key < after),
                "{key:?} {after:?}"
            );
            assert_eq!(key.as_str().parse().as_ref(), Ok(key));
        }
        if made.len() < 500 {
            made.extend(keys);
        } else {
            let at = rng.random_range(0..made.len());
            made[at] = keys[0].clone();
        }
    }
}

#[test]
fn a_fresh_key_has_six_digits_next_to_its_neighbour() {
    let mut rng = rng(2);
    let (left, right) = (key("VVVVVV"), key("WVVVVV"));
    for _ in 0..500 {
        let after = between(Some(&left), Some(&right), Near::Left, &mut rng);
        let before = between(Some(&left), Some(&right), Near::Right, &mut rng);
        for (made, prefix) in [(&after, "VVV"), (&before, "WVV")] {
            assert!(made.as_str().len() <= 6);
            assert!(
                made.as_str().starts_with(prefix),
                "{made:?} lies within 4,096 units"
            );
        }
        let first = between(None, None, Near::Middle, &mut rng);
        assert!(first.as_str().len() <= 6);
        assert!(between(None, Some(&first), Near::Left, &mut rng) < first);
        assert!(between(Some(&first), None, Near::Right, &mut rng) > first);
    }
}

#[test]
fn a_hundred_thousand_moves_of_any_pattern_keep_keys_short() {
    let moves = 100_000;
    type Pattern = fn(&mut List, usize);
    let patterns: [(&str, Pattern); 7] = [
        ("to top", |list, _| {
            let from = list.random(500);
            list.relocate(from, 0, Near::Right);
        }),
        ("to bottom", |list, _| {
            let from = list.random(500);
            list.relocate(from, 499, Near::Left);
        }),
        ("always below X", |list, _| {
            let x = list.items.iter().position(|item| item.0 == 250).unwrap();
            let from = (x + 1 + list.random(499)) % 500;
            let to = if from < x { x } else { x + 1 };
            list.relocate(from, to, Near::Left);
        }),
        ("always above X", |list, _| {
            let x = list.items.iter().position(|item| item.0 == 250).unwrap();
            let from = (x + 1 + list.random(499)) % 500;
            let to = if from < x { x - 1 } else { x };
            list.relocate(from, to, Near::Right);
        }),
        ("uniform", |list, turn| {
            let (from, to) = (list.random(500), list.random(500));
            let near = if turn % 2 == 0 {
                Near::Left
            } else {
                Near::Right
            };
            list.relocate(from, to, near);
        }),
        ("into the top 20", |list, turn| {
            let (from, to) = (list.random(500), list.random(20));
            let near = if turn % 2 == 0 {
                Near::Left
            } else {
                Near::Right
            };
            list.relocate(from, to, near);
        }),
        ("zig-zag", |list, turn| {
            let id = list.next_id - 1;
            let last = list.items.iter().position(|item| item.0 == id).unwrap();
            let (at, near) = if turn % 2 == 0 {
                (last + 1, Near::Left)
            } else {
                (last, Near::Right)
            };
            let id = list.next_id;
            list.next_id += 1;
            list.insert(id, at, near);
            if list.items.len() > 2_000 {
                list.items.drain(..500);
                list.items.drain(1_000..);
            }
        }),
    ];
    for (name, step) in patterns {
        let mut list = List::of(500, 3);
        for turn in 0..moves {
            step(&mut list, turn);
        }
        assert!(list.longest <= KEY_DIGITS_MAX, "{name}: {}", list.longest);
        let rare = if name == "zig-zag" {
            moves / 50
        } else {
            moves / 10_000
        };
        assert!(
            list.rekeyings <= rare,
            "{name}: {} re-keyings",
            list.rekeyings
        );
        assert!(list.items.is_sorted_by(|a, b| a.1 < b.1), "{name}");
    }
}

#[test]
fn blocks_dropped_at_one_place_while_apart_do_not_interleave() {
    let mut rng = rng(4);
    let mut mixed = 0;
    for _ in 0..2_000 {
        let list = block(None, None, 3, Near::Middle, &mut rng);
        let depth = rng.random_range(0..4);
        let mut after = list[1].clone();
        for _ in 0..depth {
            after = between(Some(&list[0]), Some(&after), near(&mut rng), &mut rng);
        }
        let near = near(&mut rng);
        let counts = [rng.random_range(2..60), rng.random_range(2..60)];
        let [one, other] =
            counts.map(|count| block(Some(&list[0]), Some(&after), count, near, &mut rng));
        if one.last() >= other.first() && other.last() >= one.first() {
            mixed += 1;
        }
    }
    assert!(mixed <= 5, "{mixed} of 2,000 pairs of blocks overlap");
}

#[test]
fn of_two_moves_into_one_gap_the_left_attached_stays_left() {
    let mut rng = rng(5);
    for _ in 0..5_000 {
        let (mut left, mut right) = (key("VVVVVV"), key("WVVVVV"));
        for _ in 0..rng.random_range(0..12) {
            let inner = between(Some(&left), Some(&right), near(&mut rng), &mut rng);
            if rng.random() {
                left = inner
            } else {
                right = inner
            }
        }
        let below = between(Some(&left), Some(&right), Near::Left, &mut rng);
        let above = between(Some(&left), Some(&right), Near::Right, &mut rng);
        assert!(below < above, "{left:?} {below:?} {above:?} {right:?}");
    }
}

#[test]
fn neighbours_with_equal_keys_are_parted() {
    let mut rng = rng(6);
    for equal in 2..12 {
        for at in 0..=equal + 2 {
            for count in [1, 3, 70] {
                let mut sorted = vec![(0, key("V"))];
                sorted.extend((1..=equal).map(|id| (id, key("Va"))));
                sorted.push((equal + 1, key("Vb")));
                let at = at.min(sorted.len());
                let placement = place(&sorted, at, count, near(&mut rng), &mut rng);
                let apart = at <= 1 || at > equal;
                assert_eq!(placement.rekeyed.is_empty(), apart);
                let expected = expected_order(&sorted, at, count);
                assert_eq!(applied(&sorted, &placement), expected);
            }
        }
    }
}

#[test]
fn only_the_nearest_neighbours_are_rekeyed() {
    let mut rng = rng(7);
    let mut sorted: Vec<(usize, RankKey)> = (0..)
        .zip(block(None, None, 1_000, Near::Middle, &mut rng))
        .collect();
    sorted[501].1 = sorted[500].1.clone();
    let placement = place(&sorted, 501, 1, Near::Left, &mut rng);
    let ids: Vec<usize> = placement.rekeyed.iter().map(|(id, _)| *id).collect();
    assert_eq!(ids, [501]);
    assert_eq!(
        applied(&sorted, &placement),
        expected_order(&sorted, 501, 1)
    );
}

#[test]
fn foreign_keys_of_any_length_leave_room_for_short_ones() {
    let mut rng = rng(8);
    let long = "z".repeat(100);
    let sorted = [
        (1, key(&format!("V{long}"))),
        (2, key(&format!("W{}1", "0".repeat(100)))),
    ];
    for at in 0..=2 {
        let placement = place(&sorted, at, 4, Near::Left, &mut rng);
        assert!(
            placement
                .keys
                .iter()
                .all(|key| key.as_str().len() <= KEY_DIGITS_MAX)
        );
        assert_eq!(applied(&sorted, &placement), expected_order(&sorted, at, 4));
    }
}

#[test]
fn an_empty_list_and_an_empty_block_are_placed() {
    let mut rng = rng(9);
    let empty: [(usize, RankKey); 0] = [];
    assert_eq!(place(&empty, 7, 2, Near::Middle, &mut rng).keys.len(), 2);
    assert!(place(&empty, 0, 0, Near::Left, &mut rng).keys.is_empty());
    assert_eq!(
        block(None, None, 50_000, Near::Left, &mut rng)
            .iter()
            .collect::<BTreeSet<_>>()
            .len(),
        50_000
    );
}

#[test]
fn people_who_move_while_apart_converge_to_one_order() {
    let mut rng = rng(10);
    for _ in 0..200 {
        let start: Vec<(usize, RankKey)> = (0..)
            .zip(block(None, None, 20, Near::Left, &mut rng))
            .collect();
        let mut moves: Vec<(usize, RankKey)> = Vec::new();
        for person in 0..3 {
            let mut list = start.clone();
            let moved = list.remove(person * 6);
            let at = rng.random_range(0..=list.len());
            let placement = place(&list, at, 1, near(&mut rng), &mut rng);
            moves.push((moved.0, placement.keys[0].clone()));
        }
        let merged = |order: [usize; 3]| {
            let mut list = start.clone();
            for person in order {
                let (id, key) = moves[person].clone();
                list.retain(|item| item.0 != id);
                list.push((id, key));
            }
            list.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
            list
        };
        assert_eq!(merged([0, 1, 2]), merged([2, 0, 1]));
        assert_eq!(merged([0, 1, 2]).len(), 20);
    }
}

/// Placed items get ids from 10,000.
fn expected_order(sorted: &[(usize, RankKey)], at: usize, count: usize) -> Vec<usize> {
    let ids = |items: &[(usize, RankKey)]| items.iter().map(|(id, _)| *id).collect::<Vec<_>>();
    [
        ids(&sorted[..at]),
        (10_000..10_000 + count).collect(),
        ids(&sorted[at..]),
    ]
    .concat()
}

fn applied(sorted: &[(usize, RankKey)], placement: &Placement<usize>) -> Vec<usize> {
    let mut list = sorted.to_vec();
    for (id, key) in &placement.rekeyed {
        list.iter_mut().find(|item| item.0 == *id).unwrap().1 = key.clone();
    }
    list.extend((10_000..).zip(placement.keys.clone()));
    list.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    list.into_iter().map(|(id, _)| id).collect()
}
