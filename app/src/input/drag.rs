//! Where a drag drops. Pure: pixels and lists in, a target out.

use shared::{ids::ItemId, intent::Target};

/// How far a pointer moves before it drags, in pixels.
pub const SLOP: f64 = 5.0;
/// How far a resting finger may tremble, in pixels.
pub const TREMBLE: f64 = 10.0;
/// How long a finger rests on a row before it takes hold, in milliseconds.
pub const HOLD_MS: i32 = 350;
/// How near to an edge the list begins to scroll, in pixels.
const EDGE: f64 = 56.0;
/// The most it scrolls a frame, in pixels.
const FASTEST: f64 = 22.0;

/// The gap between rows that is nearest to a height within the list: 0 is above the first row.
#[must_use]
pub fn gap_at(y: f64, row_height: f64, rows: usize) -> usize {
    let gap = (y / row_height).round().max(0.0);
    // Saturates, which the bound then cuts.
    (gap as usize).min(rows)
}

/// What dropping there means: against the row above the gap when the item comes from above it, else against the one below,
/// so that it stays with the row it was put next to. `None` where nothing would move.
#[must_use]
pub fn target_at(gap: usize, list: &[ItemId], moving: &[ItemId]) -> Option<Target> {
    let stays = |id: &&ItemId| !moving.contains(id);
    let above = list[..gap.min(list.len())].iter().rev().find(stays);
    let below = list[gap.min(list.len())..].iter().find(stays);
    let first = list.iter().position(|id| moving.contains(id))?;
    let last = list.iter().rposition(|id| moving.contains(id))?;
    let in_one_piece = last - first + 1 == moving.len();
    if in_one_piece && (first..=last + 1).contains(&gap) {
        return None;
    }
    match (above, below) {
        (Some(above), _) if first < gap => Some(Target::After(*above)),
        (_, Some(below)) => Some(Target::Before(*below)),
        (Some(above), None) => Some(Target::After(*above)),
        (None, None) => None,
    }
}

/// What dropping items of other lists there means: against the row below the gap, or the last one.
#[must_use]
pub fn target_into(gap: usize, list: &[ItemId]) -> Target {
    list.get(gap)
        .map_or(Target::Bottom, |id| Target::Before(*id))
}

/// How far to scroll this frame while the pointer is at `y` of a list that is `height` high on the screen.
#[must_use]
pub fn scroll_step(y: f64, height: f64) -> f64 {
    let step = |depth: f64| (depth / EDGE).min(1.0) * FASTEST;
    if y < EDGE {
        -step(EDGE - y)
    } else if y > height - EDGE {
        step(y - (height - EDGE))
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rows::tests::row;

    fn ids() -> Vec<ItemId> {
        ["a", "b", "c", "d"]
            .iter()
            .map(|id| row(id, "A").id)
            .collect()
    }

    #[test]
    fn a_gap_is_the_nearest_line_between_rows() {
        assert_eq!(gap_at(-30.0, 36.0, 4), 0);
        assert_eq!(gap_at(17.0, 36.0, 4), 0);
        assert_eq!(gap_at(19.0, 36.0, 4), 1);
        assert_eq!(gap_at(9_999.0, 36.0, 4), 4);
    }

    #[test]
    fn a_drop_is_against_the_row_it_lands_next_to() {
        let list = ids();
        let [a, b, c, d] = [list[0], list[1], list[2], list[3]];
        assert_eq!(target_at(3, &list, &[a]), Some(Target::After(c)));
        assert_eq!(target_at(1, &list, &[d]), Some(Target::Before(b)));
        assert_eq!(target_at(4, &list, &[a]), Some(Target::After(d)));
        assert_eq!(target_at(0, &list, &[c]), Some(Target::Before(a)));
        assert_eq!(target_at(2, &list, &[a, d]), Some(Target::After(b)));
    }

    #[test]
    fn dropping_a_row_on_itself_moves_nothing() {
        let list = ids();
        assert_eq!(target_at(1, &list, &[list[1]]), None);
        assert_eq!(target_at(2, &list, &[list[1]]), None);
        assert_eq!(target_at(2, &list, &[list[1], list[2]]), None);
        assert_eq!(target_at(2, &list, &[]), None);
    }

    #[test]
    fn the_list_scrolls_faster_nearer_its_edge() {
        assert_eq!(scroll_step(300.0, 600.0), 0.0);
        assert!(scroll_step(10.0, 600.0) < scroll_step(40.0, 600.0));
        assert!(scroll_step(599.0, 600.0) > 0.0);
    }
}
