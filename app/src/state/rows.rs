//! All items of the open backlog as the screen holds them: by id, and in ranked order. Pure.
//!
//! It follows the session's patches. What a person does shows at once: [`Rows::foresee`] says how rows will look, with
//! rank keys that hold until the session's own arrive.

use std::{collections::BTreeMap, collections::BTreeSet, sync::Arc};

use rand::Rng;
use shared::{
    ids::ItemId,
    intent::{Intent, NewItem, Target, Value},
    model::{
        Field, Kind, Place, Row, Scalar, Status, ViewPatch, order,
        rank::{self, Near, RankKey},
        reference,
    },
    planning::ready::is_testable,
    product::{once::Shares, releases::Unit},
    time::Timestamp,
};

/// Above so many changed rows sorting anew is quicker than moving each.
const SORT_ANEW_ABOVE: usize = 64;

/// A list that many may hold while the next one is made.
pub type List = Arc<Vec<Arc<Row>>>;

/// The items of a backlog.
#[derive(Clone, Debug, Default)]
pub struct Rows {
    by_id: BTreeMap<ItemId, Arc<Row>>,
    /// Open items of each place, by rank: an item's number is its index and one.
    ranked: BTreeMap<Place, List>,
    /// The others, in the same order.
    closed: List,
    /// Ids without regard to case: neighbours share the longest beginnings.
    folded: BTreeSet<(String, ItemId)>,
    /// Counts the changes of anything but the order.
    content: u64,
}

/// Numbers of the list that the header shows (PB-04) and the type filter (PB-01).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Totals {
    /// Items.
    pub items: usize,
    /// Their effort, none of it twice (BT-31).
    pub points: f64,
    /// Items without estimate.
    pub unestimated: usize,
    /// When the oldest was made.
    pub oldest: Option<Timestamp>,
    /// Items that hold two values.
    pub conflicted: usize,
}

impl Rows {
    /// Takes over a whole view.
    pub fn replace(&mut self, rows: Vec<Row>) {
        self.by_id = rows
            .into_iter()
            .filter(|row| row.status != Status::Withdrawn)
            .map(|row| (row.id, Arc::new(row)))
            .collect();
        self.folded = self.by_id.keys().map(|id| fold(*id)).collect();
        self.content += 1;
        self.sort_anew();
    }

    /// Another number after each change of anything but the order: what does not depend on ranks follows it alone.
    #[must_use]
    pub const fn content(&self) -> u64 {
        self.content
    }

    /// Takes over changed rows.
    pub fn patch(&mut self, patch: &ViewPatch) {
        if patch.rows.len() + patch.gone.len() > SORT_ANEW_ABOVE {
            for row in &patch.rows {
                self.keep(Arc::new(row.clone()));
            }
            for id in &patch.gone {
                self.drop_id(*id);
            }
            self.sort_anew();
        } else {
            for id in &patch.gone {
                self.remove(*id);
            }
            for row in &patch.rows {
                self.put(Arc::new(row.clone()));
            }
        }
    }

    /// Puts one row at its place.
    pub fn put(&mut self, row: Arc<Row>) {
        self.unlist(row.id);
        if row.status == Status::Withdrawn {
            self.drop_id(row.id);
            return;
        }
        let list = Arc::make_mut(self.list_of(&row));
        if let Err(at) = list.binary_search_by(|other| order::compare(other, &row)) {
            list.insert(at, row.clone());
        }
        self.keep(row);
    }

    /// Takes one row out.
    pub fn remove(&mut self, id: ItemId) {
        self.unlist(id);
        self.drop_id(id);
    }

    /// An item's row.
    #[must_use]
    pub fn row(&self, id: ItemId) -> Option<&Arc<Row>> {
        self.by_id.get(&id)
    }

    /// Every row.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Row>> + Clone {
        self.by_id.values()
    }

    /// The open items of a place, by rank.
    #[must_use]
    pub fn ranked_in(&self, place: Place) -> List {
        self.ranked.get(&place).cloned().unwrap_or_default()
    }

    /// The places that have open items.
    pub fn places(&self) -> impl Iterator<Item = (Place, &List)> {
        self.ranked.iter().map(|(place, list)| (*place, list))
    }

    /// Items that are done, dropped or archived.
    #[must_use]
    pub const fn closed(&self) -> &List {
        &self.closed
    }

    /// An item's number in the list of its place, from 0.
    #[must_use]
    pub fn rank_of(&self, row: &Row) -> Option<usize> {
        if !row.status.is_open() {
            return None;
        }
        self.ranked
            .get(&row.place)?
            .binary_search_by(|other| order::compare(other, row))
            .ok()
    }

    /// What people call an item: its key, or the shortest beginning of its id that no other shares.
    #[must_use]
    pub fn reference(&self, row: &Row) -> String {
        if !row.key.is_empty() {
            return row.key.clone();
        }
        let own = fold(row.id);
        let before = self.folded.range(..own.clone()).next_back();
        let after = self.folded.range(own..).find(|(_, id)| *id != row.id);
        let neighbours: Vec<ItemId> = before.into_iter().chain(after).map(|(_, id)| *id).collect();
        reference::short(row.id, neighbours.iter())
    }

    /// The numbers of a place's list.
    #[must_use]
    pub fn totals(&self, place: Place, shares: &Shares) -> Totals {
        let list = self.ranked_in(place);
        let mut totals = Totals {
            items: list.len(),
            points: shares.sum(list.iter().map(AsRef::as_ref), Unit::Points),
            ..Totals::default()
        };
        for row in list.iter() {
            totals.unestimated += usize::from(row.estimate.is_none());
            totals.oldest = match totals.oldest {
                Some(oldest) if oldest <= row.created => Some(oldest),
                _ => Some(row.created),
            };
            totals.conflicted += usize::from(!row.conflicts.is_empty());
        }
        totals
    }

    /// How many items there are of each type, status and tag, among those that `fits` lets through.
    #[must_use]
    pub fn kinds(&self, fits: impl Fn(&Row) -> bool) -> BTreeMap<Kind, usize> {
        let mut kinds = BTreeMap::new();
        for row in self.all().filter(|row| fits(row)) {
            *kinds.entry(row.kind).or_default() += 1;
        }
        kinds
    }

    /// How many items have each status.
    #[must_use]
    pub fn statuses(&self) -> BTreeMap<Status, usize> {
        let mut statuses = BTreeMap::new();
        for row in self.all() {
            *statuses.entry(row.status).or_default() += 1;
        }
        statuses
    }

    /// Every tag with the number of open items that have it.
    #[must_use]
    pub fn tags(&self) -> BTreeMap<String, usize> {
        let mut tags: BTreeMap<String, usize> = BTreeMap::new();
        for row in self.all() {
            for tag in &row.tags {
                let open = usize::from(row.status.is_open());
                match tags.get_mut(tag) {
                    Some(count) => *count += open,
                    None => {
                        tags.insert(tag.clone(), open);
                    }
                }
            }
        }
        tags
    }

    /// The rows that an intent will change, as they will be. Empty where only the session can say.
    #[must_use]
    pub fn foresee(&self, intent: &Intent, now: Timestamp, rng: &mut impl Rng) -> Vec<Row> {
        match intent {
            Intent::Move { items, to } => {
                self.foresee_move(items, self.place_at(items, *to), *to, rng)
            }
            Intent::Place {
                items,
                place,
                at: Some(to),
            } => self.foresee_move(items, Some(*place), *to, rng),
            Intent::Order { items } => self.foresee_order(items),
            Intent::Set { items, value } => self.changed(items, |row| set(row, value)),
            Intent::Mark { items, key, value } => {
                self.changed(items, |row| row.set_mark(key, value.clone()))
            }
            Intent::Tag { items, tag, on } => self.changed(items, |row| {
                row.tags.retain(|other| other != tag);
                if *on {
                    row.tags.push(tag.clone());
                    row.tags.sort();
                }
            }),
            Intent::Archive { items, .. } => {
                self.changed(items, |row| row.status = Status::Archived)
            }
            Intent::Decline { items, .. } => {
                self.changed(items, |row| row.status = Status::Declined)
            }
            Intent::Merge { items, into } => self.changed(items, |row| {
                row.status = Status::Merged;
                row.set_field(Field::MergedInto, Some(into.to_string().into()));
            }),
            Intent::Keep { items, until } => self.changed(items, |row| {
                row.touched = now;
                row.set_field(Field::WantedUntil, until.clone().map(Scalar::Text));
            }),
            Intent::Add { items, at } => self.foresee_add(items, *at, now, rng),
            // The old rank in another place is known to the session only, and parts build on each other.
            Intent::Place { at: None, .. }
            | Intent::Together { .. }
            | Intent::Put { .. }
            | Intent::Restore { .. }
            | Intent::EditDescription { .. }
            | Intent::AddCriterion { .. }
            | Intent::SetCriterionText { .. }
            | Intent::MeetCriterion { .. }
            | Intent::MoveCriterion { .. }
            | Intent::RemoveCriterion { .. }
            | Intent::AddComment { .. }
            | Intent::SetComment { .. }
            | Intent::RemoveComment { .. }
            | Intent::Settle { .. }
            | Intent::Rename { .. }
            | Intent::Introduce { .. }
            | Intent::Import { .. } => Vec::new(),
        }
    }

    /// The place of a target: that of its neighbour, or of the first item.
    fn place_at(&self, items: &[ItemId], to: Target) -> Option<Place> {
        let id = match to {
            Target::Before(id) | Target::After(id) => id,
            Target::Top | Target::Bottom => *items.first()?,
        };
        self.by_id.get(&id).map(|row| row.place)
    }

    fn foresee_order(&self, items: &[ItemId]) -> Vec<Row> {
        let mut rows = self.changed(items, |_| {});
        let mut keys: Vec<String> = rows.iter().map(|row| row.rank.clone()).collect();
        keys.sort_unstable();
        for (row, key) in rows.iter_mut().zip(keys) {
            row.rank = key;
        }
        rows
    }

    fn changed(&self, items: &[ItemId], change: impl Fn(&mut Row)) -> Vec<Row> {
        let rows = items.iter().filter_map(|id| self.by_id.get(id));
        rows.map(|row| {
            let mut row = Row::clone(row);
            change(&mut row);
            row
        })
        .collect()
    }

    fn foresee_move(
        &self,
        items: &[ItemId],
        place: Option<Place>,
        to: Target,
        rng: &mut impl Rng,
    ) -> Vec<Row> {
        let Some(place) = place else {
            return Vec::new();
        };
        let moving: BTreeSet<ItemId> = items.iter().copied().collect();
        let keys = self.keys_at((place, to), &moving, items.len(), rng);
        let mut rows: Vec<Row> = self.changed(items, |row| row.place = place);
        for (row, key) in rows.iter_mut().zip(keys) {
            row.rank = key.as_str().to_owned();
        }
        rows
    }

    fn foresee_add(
        &self,
        items: &[NewItem],
        at: Target,
        now: Timestamp,
        rng: &mut impl Rng,
    ) -> Vec<Row> {
        let Some(place) = items.first().map(|item| item.place) else {
            return Vec::new();
        };
        if items.iter().any(|item| item.place != place) {
            return Vec::new();
        }
        let keys = self.keys_at((place, at), &BTreeSet::new(), items.len(), rng);
        items
            .iter()
            .zip(keys)
            .map(|(item, key)| new_row(item, &key, now))
            .collect()
    }

    /// Keys between the neighbours at a target, as if the moving items were not there.
    fn keys_at(
        &self,
        (place, target): (Place, Target),
        moving: &BTreeSet<ItemId>,
        count: usize,
        rng: &mut impl Rng,
    ) -> Vec<RankKey> {
        let stays = |row: &&Arc<Row>| !moving.contains(&row.id);
        let list = self.ranked_in(place);
        let in_place = |row: &&Arc<Row>| row.place == place;
        let position = |id: ItemId| {
            let row = self.by_id.get(&id).filter(in_place);
            row.and_then(|row| self.rank_of(row))
        };
        let (at, near) = match target {
            Target::Top => (Some(0), Near::Right),
            Target::Bottom => (Some(list.len()), Near::Left),
            Target::Before(id) => (position(id), Near::Right),
            Target::After(id) => (position(id).map(|at| at + 1), Near::Left),
        };
        let Some(at) = at else {
            return Vec::new();
        };
        let before = list[..at].iter().rev().find(stays);
        let after = list[at..].iter().find(stays);
        let key = |row: Option<&Arc<Row>>| row.and_then(|row| row.rank.parse::<RankKey>().ok());
        rank::block(key(before).as_ref(), key(after).as_ref(), count, near, rng)
    }

    fn list_of(&mut self, row: &Row) -> &mut List {
        if row.status.is_open() {
            self.ranked.entry(row.place).or_default()
        } else {
            &mut self.closed
        }
    }

    fn unlist(&mut self, id: ItemId) {
        let Some(row) = self.by_id.get(&id).cloned() else {
            return;
        };
        let list = Arc::make_mut(self.list_of(&row));
        if let Ok(at) = list.binary_search_by(|other| order::compare(other, &row)) {
            list.remove(at);
        }
    }

    fn keep(&mut self, row: Arc<Row>) {
        if row.status == Status::Withdrawn {
            self.drop_id(row.id);
            return;
        }
        match self.by_id.insert(row.id, row.clone()) {
            None => {
                self.folded.insert(fold(row.id));
                self.content += 1;
            }
            Some(former) if !differs_in_rank_alone(&former, &row) => self.content += 1,
            Some(_) => {}
        }
    }

    fn drop_id(&mut self, id: ItemId) {
        if self.by_id.remove(&id).is_some() {
            self.folded.remove(&fold(id));
            self.content += 1;
        }
    }

    fn sort_anew(&mut self) {
        let mut lists: BTreeMap<Place, Vec<Arc<Row>>> = BTreeMap::new();
        let mut closed = Vec::new();
        for row in self.by_id.values() {
            if row.status.is_open() {
                lists.entry(row.place).or_default().push(row.clone());
            } else {
                closed.push(row.clone());
            }
        }
        closed.sort_unstable_by(|a, b| order::compare(a, b));
        self.closed = Arc::new(closed);
        self.ranked = lists
            .into_iter()
            .map(|(place, mut list)| {
                list.sort_unstable_by(|a, b| order::compare(a, b));
                (place, Arc::new(list))
            })
            .collect();
    }
}

/// Whether nothing of a row changed but its rank.
fn differs_in_rank_alone(former: &Row, row: &Row) -> bool {
    // The rank is taken out of the comparison rather than named into it: a register that is added later counts.
    *former
        == Row {
            rank: former.rank.clone(),
            ..row.clone()
        }
}

fn fold(id: ItemId) -> (String, ItemId) {
    (id.as_str().to_ascii_uppercase(), id)
}

fn set(row: &mut Row, value: &Value) {
    match value {
        Value::Title(title) => row.title.clone_from(title),
        Value::Kind(kind) => row.kind = *kind,
        Value::Status(status) => row.status = *status,
        Value::Estimate(estimate) => row.estimate = *estimate,
        Value::ForWhom(for_whom) => row.for_whom.clone_from(for_whom),
        Value::Benefit(text) => row.benefits = !text.is_empty(),
        Value::Field(field, value) => row.set_field(*field, value.clone()),
    }
}

fn new_row(item: &NewItem, key: &RankKey, now: Timestamp) -> Row {
    let met = item.criteria.iter().filter(|(_, _, met)| *met).count();
    let vague = item
        .criteria
        .iter()
        .filter(|(_, text, _)| !is_testable(text))
        .count();
    let small = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let created = item.created.unwrap_or(now);
    Row {
        key: item.key.clone(),
        title: item.title.clone(),
        kind: item.kind,
        status: item.status,
        estimate: item.estimate,
        for_whom: item.for_whom.clone(),
        benefits: !item.benefit.is_empty(),
        tags: item.tags.clone(),
        place: item.place,
        rank: key.as_str().to_owned(),
        criteria: (small(met), small(item.criteria.len())),
        vague: small(vague),
        comments: small(item.comments.len()),
        described: !item.description.is_empty(),
        created,
        touched: created,
        more: item.more.clone(),
        marks: item.marks.clone(),
        ..Row::blank(item.id)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// An item whose id begins so, at a rank.
    pub(crate) fn row(id: &str, rank: &str) -> Row {
        Row {
            title: id.to_owned(),
            rank: rank.to_owned(),
            ..Row::blank(format!("{id:1<12}").parse().unwrap())
        }
    }

    fn five() -> Rows {
        let mut rows = Rows::default();
        rows.replace(
            ["a", "b", "c", "d", "e"]
                .iter()
                .zip(["A", "B", "C", "D", "E"])
                .map(|(id, rank)| row(id, rank))
                .collect(),
        );
        rows
    }

    fn titles(list: &List) -> String {
        list.iter().map(|row| row.title.as_str()).collect()
    }

    fn apply(rows: &mut Rows, intent: &Intent) {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for row in rows.foresee(intent, Timestamp::from_ms(0), &mut rng) {
            rows.put(Arc::new(row));
        }
    }

    fn id(id: &str) -> ItemId {
        row(id, "A").id
    }

    #[test]
    fn patches_keep_the_order() {
        let mut rows = five();
        rows.patch(&ViewPatch {
            rows: vec![row("b", "Z"), row("f", "A1")],
            gone: vec![id("d")],
            ..ViewPatch::default()
        });
        assert_eq!(titles(&rows.ranked_in(Place::Product)), "afceb");
        let moved = rows.row(id("b")).unwrap().clone();
        assert_eq!(rows.rank_of(&moved), Some(4));
    }

    #[test]
    fn closing_and_archiving_leave_the_ranked_list() {
        let mut rows = five();
        let done = Intent::Set {
            items: vec![id("b")],
            value: Value::Status(Status::Done),
        };
        apply(&mut rows, &done);
        assert_eq!(titles(&rows.ranked_in(Place::Product)), "acde");
        assert_eq!(titles(rows.closed()), "b");
        assert_eq!(rows.statuses()[&Status::Done], 1);
    }

    #[test]
    fn moves_show_at_once_where_they_will_be() {
        for (to, wanted) in [
            (Target::Top, "bdace"),
            (Target::Bottom, "acebd"),
            (Target::Before(id("c")), "abdce"),
            (Target::After(id("c")), "acbde"),
            (Target::After(id("d")), "acbde"),
            (Target::Before(id("b")), "abdce"),
        ] {
            let mut rows = five();
            let items = vec![id("b"), id("d")];
            apply(&mut rows, &Intent::Move { items, to });
            assert_eq!(titles(&rows.ranked_in(Place::Product)), wanted, "{to:?}");
        }
    }

    #[test]
    fn a_big_patch_ends_in_the_same_order() {
        let mut rows = five();
        let many: Vec<Row> = (0..100)
            .map(|n| row(&format!("x{n:03}").replace('0', "z"), &format!("B{n:02}1")))
            .collect();
        rows.patch(&ViewPatch {
            rows: many.clone(),
            ..ViewPatch::default()
        });
        assert_eq!(rows.ranked_in(Place::Product).len(), 105);
        assert!(
            rows.ranked_in(Place::Product)
                .is_sorted_by(|a, b| order::compare(a, b).is_lt())
        );
        assert_eq!(rows.rank_of(&many[0]), Some(2));
    }

    #[test]
    fn a_move_changes_the_order_and_nothing_else() {
        let mut rows = five();
        let former = rows.content();
        let (items, to) = (vec![id("d")], Target::Top);
        apply(&mut rows, &Intent::Move { items, to });
        assert_eq!(titles(&rows.ranked_in(Place::Product)), "dabce");
        assert_eq!(rows.content(), former);
        let set = Intent::Set {
            items: vec![id("d")],
            value: Value::Title("D".into()),
        };
        apply(&mut rows, &set);
        let set = rows.content();
        rows.remove(id("e"));
        let removed = rows.content();
        rows.put(Arc::new(row("f", "F")));
        assert!(former < set && set < removed && removed < rows.content());
    }

    #[test]
    fn references_are_as_short_as_their_neighbours_allow() {
        let mut rows = Rows::default();
        rows.replace(vec![row("abcd2", "A"), row("ABCD3", "B"), row("xyzw", "C")]);
        let named = |title: &str| {
            let row = rows.all().find(|row| row.title == title).unwrap();
            rows.reference(row)
        };
        assert_eq!(named("abcd2"), "ABCD2");
        assert_eq!(named("xyzw"), "XYZW");
    }

    #[test]
    fn totals_count_the_ranked_list_alone() {
        let mut rows = five();
        let set = |id: &str, estimate: f64| Intent::Set {
            items: vec![super::tests::id(id)],
            value: Value::Estimate(Some(estimate)),
        };
        apply(&mut rows, &set("a", 3.0));
        apply(&mut rows, &set("b", 0.5));
        let archive = Intent::Archive {
            items: vec![id("c")],
            reason: String::new(),
        };
        apply(&mut rows, &archive);
        let totals = rows.totals(Place::Product, &Shares::default());
        assert_eq!((totals.items, totals.unestimated), (4, 2));
        assert_eq!(totals.points, 3.5);
    }
}
