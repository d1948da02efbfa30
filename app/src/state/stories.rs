//! The stories of features, and how far a feature is by them (BT-51). Pure: made once when rows change, asked per row.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    ids::ItemId,
    model::{Field, Row, Status},
    planning::split::{self, Child, RollUp},
};

use super::rows::Rows;

/// The stories of every item that has some.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stories {
    by_feature: BTreeMap<ItemId, Vec<Arc<Row>>>,
}

impl Stories {
    /// Gathers them, each feature's open ones first.
    #[must_use]
    pub fn of(rows: &Rows) -> Self {
        let mut by_feature: BTreeMap<ItemId, Vec<Arc<Row>>> = BTreeMap::new();
        for row in rows.all() {
            if let Some(feature) = row.item(Field::Parent).filter(|feature| *feature != row.id) {
                by_feature.entry(feature).or_default().push(row.clone());
            }
        }
        for stories in by_feature.values_mut() {
            stories.sort_by_key(|row| (!row.status.is_open(), row.created, row.id));
        }
        Self { by_feature }
    }

    /// The stories of an item.
    #[must_use]
    pub fn below(&self, feature: ItemId) -> &[Arc<Row>] {
        self.by_feature.get(&feature).map_or(&[], Vec::as_slice)
    }

    /// An item with its stories; `None` where it has none that count.
    #[must_use]
    pub fn roll_up(&self, feature: &Row) -> Option<RollUp> {
        let children: Vec<Child> = self
            .below(feature.id)
            .iter()
            .map(|row| child(row))
            .collect();
        let is_done = feature.status == Status::Done;
        let sum = split::roll_up(feature.estimate, is_done, &children);
        (sum.children > 0).then_some(sum)
    }
}

fn child(row: &Row) -> Child {
    Child {
        estimate: row.estimate,
        done: row.status == Status::Done,
        dropped: row.status.is_cleared() || row.status == Status::Withdrawn,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::rows::tests::row;

    #[test]
    fn bt_51_a_feature_is_as_far_as_its_stories() {
        let feature = row("f", "A");
        let story = |id: &str, estimate: Option<f64>, status: Status| {
            let mut story = row(id, "B");
            story.set_field(Field::Parent, Some(feature.id.to_string().into()));
            story.estimate = estimate;
            story.status = status;
            story
        };
        let mut rows = Rows::default();
        rows.replace(vec![
            feature.clone(),
            story("a", Some(3.0), Status::Done),
            story("b", Some(5.0), Status::Doing),
            story("c", None, Status::Todo),
            story("d", Some(8.0), Status::Archived),
        ]);
        let stories = Stories::of(&rows);
        let sum = stories.roll_up(&feature).unwrap();
        assert_eq!((sum.children, sum.children_done), (3, 1));
        assert_eq!((sum.size, sum.done, sum.unestimated), (Some(8.0), 3.0, 1));
        assert_eq!(stories.below(feature.id).len(), 4);
        // What has no stories has no progress by them.
        assert_eq!(stories.roll_up(&row("x", "C")), None);
    }
}
