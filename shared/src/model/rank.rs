//! Rank keys: where an item stands in a list, as one short string that merges.
//!
//! A list is ordered by (key, id) and shown as 1…n. This is the only place that decides new keys; `gap` does the
//! arithmetic between two of them. Who may move what, and which item a move is dropped against, is decided elsewhere.
//! The rules are `../../MODEL.md` O1 and following.

mod gap;

use std::{fmt, str::FromStr};

use rand::Rng;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use gap::Gap;

/// The digits of a key that is made where there is room.
const FRESH_DIGITS: usize = 6;
/// A longer key is never made; its neighbours are re-keyed instead.
pub const KEY_DIGITS_MAX: usize = 24;
/// Re-keying widens its window until keys of this length have room, so that it is not needed again soon.
const REKEYED_DIGITS_MAX: usize = 10;
/// Foreign clients may write longer keys than Cutline does; beyond this length a key is refused.
const FOREIGN_DIGITS_MAX: usize = 128;
/// In how many places next to its neighbour a key may land, at random: two people rarely choose the same one.
const PLACES: u128 = 4_096;
/// A gap with less room than this is deepened, so that it takes thousands of further steps.
const ROOM: u128 = 62 * 62 * 62 * 62;
/// Longer keys go to the middle of their gap: the next move is as likely on either side, and halving costs least.
const ATTACHED_DIGITS_MAX: usize = 11;
/// Blocks never use up more of a gap than one part in so many.
const SHARE: u128 = 16;
/// A neighbour whose key is longer by this is the younger one: keys grow from it, towards the older.
const YOUNGER_BY: usize = 2;

/// A position in a list: digits of `0-9A-Za-z`, compared bytewise, never empty and never ending in `0`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RankKey(Box<str>);

impl RankKey {
    /// The key as it stands in documents.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn digits(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

/// Text that is not a rank key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a rank key: {text:?}")]
pub struct InvalidRankKey {
    text: String,
}

impl FromStr for RankKey {
    type Err = InvalidRankKey;

    fn from_str(text: &str) -> Result<Self, InvalidRankKey> {
        let well_formed = !text.is_empty()
            && text.len() <= FOREIGN_DIGITS_MAX
            && !text.ends_with('0')
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if well_formed {
            Ok(Self(text.into()))
        } else {
            Err(InvalidRankKey {
                text: text.chars().take(80).collect(),
            })
        }
    }
}

impl fmt::Display for RankKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for RankKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "rank:{self}")
    }
}

impl Serialize for RankKey {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for RankKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl de::Visitor<'_> for Text {
            type Value = RankKey;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a rank key")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<RankKey, E> {
                text.parse().map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// Which neighbour a move is attached to. Of two people who drop items into one gap while apart, the item attached to the
/// left neighbour ends up left of the one attached to the right neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Near {
    /// The neighbour before: "after this item", "to the bottom".
    Left,
    /// The neighbour after: "before this item", "to the top".
    Right,
    /// Neither.
    Middle,
}

/// A key strictly between two others; `None` is an open end of the list. Where `before` is not below `after`, the key
/// comes after `before`; [`place`] is for lists in which that happens.
pub fn between(
    before: Option<&RankKey>,
    after: Option<&RankKey>,
    near: Near,
    rng: &mut impl Rng,
) -> RankKey {
    let [key] = allocate(before, after, 1, near, rng)
        .try_into()
        .expect("one key was allocated");
    key
}

/// Ascending keys for a block of items, all strictly between two others and close together, so that blocks which two
/// people drop at one place while apart do not mix.
pub fn block(
    before: Option<&RankKey>,
    after: Option<&RankKey>,
    count: usize,
    near: Near,
    rng: &mut impl Rng,
) -> Vec<RankKey> {
    allocate(before, after, count, near, rng)
}

/// The keys for items at a position of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Placement<Id> {
    /// Ascending keys for the placed items.
    pub keys: Vec<RankKey>,
    /// Neighbours that get new keys in the same change; mostly empty. Their order among each other stays.
    pub rekeyed: Vec<(Id, RankKey)>,
}

/// Keys for `count` items that go into a list before position `at`, none of them longer than [`KEY_DIGITS_MAX`].
///
/// `sorted` is the list without those items, ordered by (key, id). Neighbours are re-keyed where two of them have the same
/// key, or where keys have become too long.
pub fn place<Id: Clone>(
    sorted: &[(Id, RankKey)],
    at: usize,
    count: usize,
    near: Near,
    rng: &mut impl Rng,
) -> Placement<Id> {
    let at = at.min(sorted.len());
    let before = at.checked_sub(1).map(|last| &sorted[last].1);
    let after = sorted.get(at).map(|(_, key)| key);
    if in_order(before, after) {
        let keys = allocate(before, after, count, near, rng);
        if keys.iter().all(|key| key.digits().len() <= KEY_DIGITS_MAX) {
            return Placement {
                keys,
                rekeyed: Vec::new(),
            };
        }
    }
    rekey(sorted, at, count, rng)
}

/// Spreads the placed items and a window of their neighbours evenly between the neighbours of the window.
fn rekey<Id: Clone>(
    sorted: &[(Id, RankKey)],
    at: usize,
    count: usize,
    rng: &mut impl Rng,
) -> Placement<Id> {
    let mut radius = 1;
    loop {
        for (left, right) in [(0, radius), (radius, radius)] {
            let window = at.saturating_sub(left)..sorted.len().min(at + right);
            let whole = window.len() == sorted.len();
            let before = window.start.checked_sub(1).map(|last| &sorted[last].1);
            let after = sorted.get(window.end).map(|(_, key)| key);
            if !in_order(before, after) {
                continue;
            }
            let keys = spread(before, after, window.len() + count, rng);
            if whole
                || keys
                    .iter()
                    .all(|key| key.digits().len() <= REKEYED_DIGITS_MAX)
            {
                return split(&sorted[window.clone()], at - window.start, count, keys);
            }
        }
        radius *= 2;
    }
}

/// Deals keys to the items of a window and to those placed at a position in it.
fn split<Id: Clone>(
    window: &[(Id, RankKey)],
    at: usize,
    count: usize,
    keys: Vec<RankKey>,
) -> Placement<Id> {
    let mut keys = keys.into_iter();
    let mut rekeyed: Vec<(Id, RankKey)> = Vec::with_capacity(window.len());
    let ids = || window.iter().map(|(id, _)| id.clone());
    rekeyed.extend(ids().take(at).zip(keys.by_ref().take(at)));
    let placed = keys.by_ref().take(count).collect();
    rekeyed.extend(ids().skip(at).zip(keys));
    Placement {
        keys: placed,
        rekeyed,
    }
}

fn in_order(before: Option<&RankKey>, after: Option<&RankKey>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => before < after,
        _ => true,
    }
}

/// Where in a gap keys go.
enum Spot {
    /// Next to the left end, leaving room for so many other allocations before it.
    Left(u128),
    /// Next to the right end, leaving room for so many other allocations after it.
    Right(u128),
    /// Somewhere between these hundredths of the gap.
    Inside(u128, u128),
}

fn allocate(
    before: Option<&RankKey>,
    after: Option<&RankKey>,
    count: usize,
    near: Near,
    rng: &mut impl Rng,
) -> Vec<RankKey> {
    let after = after.filter(|after| before.is_none_or(|before| before < *after));
    let many = count.max(1) as u128;
    let gap = Gap::find(before, after, ROOM.max(many * PLACES));
    let size = gap.size();
    let stride = match count {
        0 | 1 => 1,
        _ => (size / (many * SHARE * PLACES)).clamp(1, PLACES),
    };
    let length = many * stride;
    let places = (size / (SHARE * length)).clamp(1, PLACES);
    let zone = places * length;
    let first = match spot(before, after, gap.digits(), near) {
        Spot::Left(zones) => zones * zone + rng.random_range(0..places) * length,
        Spot::Right(zones) => size - zones * zone - (1 + rng.random_range(0..places)) * length,
        Spot::Inside(from, to) => rng.random_range(size / 100 * from..size / 100 * to),
    };
    (0..count as u128)
        .map(|nth| gap.key(first + nth * stride))
        .collect()
}

/// Keys grow next to the neighbour that the move is attached to while there is room. In a deepened gap they grow from the
/// younger neighbour towards the older one whichever way the gap is filled, which makes thousands of moves to one place
/// cost a digit; and within that, left-attached still comes before right-attached.
fn spot(before: Option<&RankKey>, after: Option<&RankKey>, digits: usize, near: Near) -> Spot {
    let (before, after) = match (before, after) {
        (None, None) => return inside(near),
        (None, Some(_)) => return Spot::Right(0),
        (Some(_), None) => return Spot::Left(0),
        (Some(before), Some(after)) => (before.digits().len(), after.digits().len()),
    };
    if digits > ATTACHED_DIGITS_MAX {
        return inside(near);
    }
    if before >= after + YOUNGER_BY {
        return Spot::Left(u128::from(near == Near::Right));
    }
    if after >= before + YOUNGER_BY {
        return Spot::Right(u128::from(near == Near::Left));
    }
    match near {
        _ if digits > FRESH_DIGITS.max(before).max(after) => inside(near),
        Near::Left => Spot::Left(0),
        Near::Right => Spot::Right(0),
        Near::Middle => inside(near),
    }
}

fn inside(near: Near) -> Spot {
    match near {
        Near::Left => Spot::Inside(40, 49),
        Near::Right => Spot::Inside(51, 60),
        Near::Middle => Spot::Inside(40, 60),
    }
}

/// Keys over the whole of a gap, evenly but for a little chance.
fn spread(
    before: Option<&RankKey>,
    after: Option<&RankKey>,
    count: usize,
    rng: &mut impl Rng,
) -> Vec<RankKey> {
    let parts = count as u128 + 1;
    let gap = Gap::find(before, after, parts * 2 * PLACES);
    let part = gap.size() / parts;
    (1..parts)
        .map(|nth| gap.key(nth * part - rng.random_range(0..part / 2)))
        .collect()
}

#[cfg(test)]
mod tests;
