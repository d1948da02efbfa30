//! The columns of the board, and the intents that change them. Pure but for [`Board`], which holds what this device folded
//! away and sorted.

use std::collections::{BTreeMap, BTreeSet};

use leptos::prelude::*;
use rand::Rng;
use shared::{
    ids::{DocumentId, ItemId, RecordId},
    intent::{Intent, Target},
    model::{
        Collection, Facts, Place, Scalar, Thing, Things,
        rank::{self, Near, RankKey},
        thing,
        view::place_name,
    },
    product::settings,
};

use super::arrange::Sort;
use crate::platform::page;

/// A column: where its items are, and what stands above them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Where its items are.
    pub place: Place,
    /// What it is called.
    pub name: String,
    /// Its colour, where it has one.
    pub colour: Option<u8>,
    /// What it is for.
    pub description: String,
}

impl Column {
    /// Whether it stands on the left: what is in it is planned.
    #[must_use]
    pub const fn is_release(&self) -> bool {
        matches!(self.place, Place::Release(_))
    }
}

/// Releases on the left, then the product backlog and its lists (PB-12). What is shipped has left the board.
#[must_use]
pub fn columns(things: &Things) -> Vec<Column> {
    let releases = thing::records(things, Collection::Releases)
        .into_iter()
        .filter(|(_, facts)| thing::text(facts, "state") != "shipped")
        .map(|(id, facts)| column(things, Place::Release(id), facts));
    let lists = thing::records(things, Collection::Lists)
        .into_iter()
        .map(|(id, facts)| column(things, Place::List(id), facts));
    let product = Column {
        place: Place::Product,
        name: place_name(things, Place::Product),
        colour: None,
        description: things
            .get(&Thing::Product)
            .map_or("", |facts| thing::text(facts, "purpose"))
            .to_owned(),
    };
    releases.chain([product]).chain(lists).collect()
}

/// The column of any place.
#[must_use]
pub fn column_of(things: &Things, place: Place) -> Column {
    let none = Facts::new();
    let facts = place.record().and_then(|record| things.get(&record));
    column(things, place, facts.unwrap_or(&none))
}

fn column(things: &Things, place: Place, facts: &Facts) -> Column {
    Column {
        place,
        name: place_name(things, place),
        colour: colour(facts),
        description: thing::text(facts, "description").to_owned(),
    }
}

/// The colour of a record.
#[must_use]
pub fn colour(facts: &Facts) -> Option<u8> {
    // The register takes 0 to 11; what another program wrote is brought there.
    thing::number(facts, "colour").map(|colour| colour.clamp(0.0, 11.0) as u8)
}

/// The name for another record of a collection that has none of that name yet: `Parking lot`, `Parking lot 2`, ….
#[must_use]
pub fn free_name(things: &Things, collection: Collection, wanted: &str) -> String {
    let taken: BTreeSet<&str> = thing::records(things, collection)
        .into_iter()
        .map(|(_, facts)| thing::text(facts, "name"))
        .collect();
    if !taken.contains(wanted) {
        return wanted.to_owned();
    }
    (2..)
        .map(|nth| format!("{wanted} {nth}"))
        .find(|name| !taken.contains(name.as_str()))
        .unwrap_or_default()
}

/// A new list or release after the others.
#[must_use]
pub fn add(
    things: &Things,
    collection: Collection,
    id: RecordId,
    name: &str,
    rng: &mut impl Rng,
) -> Intent {
    let count = thing::records(things, collection).len();
    let mut parts = reorder(things, collection, id, count, rng);
    let order = match parts.pop() {
        Some(Intent::Put { values, .. }) => values,
        Some(_) | None => Vec::new(),
    };
    let mut values = vec![("name".to_owned(), Some(Scalar::from(name)))];
    values.extend(order);
    parts.push(Intent::Put {
        thing: Thing::Record(collection, id),
        values,
    });
    step(parts, format!("Added {name}"))
}

/// Puts a list or release at another position among its kind, counted without it.
#[must_use]
pub fn put_at(
    things: &Things,
    place: Place,
    position: usize,
    rng: &mut impl Rng,
) -> Option<Intent> {
    let Thing::Record(collection, id) = place.record()? else {
        return None;
    };
    let parts = reorder(things, collection, id, position, rng);
    Some(step(
        parts,
        format!("Moved the column {}", place_name(things, place)),
    ))
}

/// One position to the left or right among its kind; `None` at the end.
#[must_use]
pub fn step_aside(
    things: &Things,
    place: Place,
    right: bool,
    rng: &mut impl Rng,
) -> Option<Intent> {
    let Thing::Record(collection, id) = place.record()? else {
        return None;
    };
    let records = thing::records(things, collection);
    let here = records.iter().position(|(own, _)| *own == id)?;
    let there = if right {
        Some(here + 1).filter(|there| *there < records.len())
    } else {
        here.checked_sub(1)
    }?;
    put_at(things, place, there, rng)
}

/// The changes that put a record at a position among the others; its own change comes last. Records that never had an
/// order get one first, so that all keep the order in which they are seen.
fn reorder(
    things: &Things,
    collection: Collection,
    id: RecordId,
    position: usize,
    rng: &mut impl Rng,
) -> Vec<Intent> {
    let others: Vec<(RecordId, Option<RankKey>)> = thing::records(things, collection)
        .into_iter()
        .filter(|(own, _)| *own != id)
        .map(|(own, facts)| (own, thing::text(facts, "order").parse().ok()))
        .collect();
    let put = |id: RecordId, key: &RankKey| Intent::Put {
        thing: Thing::Record(collection, id),
        values: vec![("order".to_owned(), Some(key.as_str().into()))],
    };
    let mut parts = Vec::new();
    let keyed: Vec<(RecordId, RankKey)> = if others.iter().all(|(_, key)| key.is_some()) {
        others
            .into_iter()
            .filter_map(|(id, key)| Some((id, key?)))
            .collect()
    } else {
        let keys = rank::block(None, None, others.len(), Near::Middle, rng);
        let keyed: Vec<(RecordId, RankKey)> =
            others.into_iter().map(|(id, _)| id).zip(keys).collect();
        parts.extend(keyed.iter().map(|(id, key)| put(*id, key)));
        keyed
    };
    let at = position.min(keyed.len());
    let placement = rank::place(&keyed, at, 1, Near::Left, rng);
    parts.extend(placement.rekeyed.iter().map(|(id, key)| put(*id, key)));
    parts.extend(placement.keys.first().map(|key| put(id, key)));
    parts
}

fn step(mut parts: Vec<Intent>, said: String) -> Intent {
    if parts.len() == 1 {
        parts.remove(0)
    } else {
        Intent::Together {
            name: "columns".to_owned(),
            said,
            parts,
        }
    }
}

/// A list becomes a release, or a release a list, with the same id, name and items (PB-12, `MODEL.md` P3). `items` are
/// all its items in their order.
#[must_use]
pub fn convert(
    things: &Things,
    place: Place,
    items: Vec<ItemId>,
    rng: &mut impl Rng,
) -> Option<Intent> {
    let to = place.converted()?;
    let (from_thing, to_thing) = (place.record()?, to.record()?);
    let Thing::Record(collection, id) = to_thing else {
        return None;
    };
    let facts = things.get(&from_thing)?;
    let count = thing::records(things, collection).len();
    let mut parts = reorder(things, collection, id, count, rng);
    let order = match parts.pop() {
        Some(Intent::Put { values, .. }) => values,
        Some(_) | None => Vec::new(),
    };
    let mut values: Vec<(String, Option<Scalar>)> = ["name", "description", "colour", "owner"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), Some(facts.get(key)?.clone()))))
        .collect();
    values.extend(order);
    values.push(("archived".to_owned(), Some(false.into())));
    parts.push(Intent::Put {
        thing: to_thing,
        values,
    });
    if !items.is_empty() {
        parts.push(Intent::Place {
            items,
            place: to,
            at: Some(Target::Bottom),
        });
    }
    parts.push(Intent::Put {
        thing: from_thing,
        values: vec![("archived".to_owned(), Some(true.into()))],
    });
    let name = place_name(things, place);
    let kind = match to {
        Place::Release(_) => settings::in_own_words(things, "a release"),
        Place::List(_) | Place::Inbox | Place::Product | Place::Sprint(_) => {
            "a parking lot".to_owned()
        }
    };
    Some(Intent::Together {
        name: "convert".to_owned(),
        said: format!("Made {name} {kind}"),
        parts,
    })
}

/// Puts a list or release away; its items are in the product backlog then (`MODEL.md` P3).
#[must_use]
pub fn remove(place: Place) -> Option<Intent> {
    Some(Intent::Put {
        thing: place.record()?,
        values: vec![("archived".to_owned(), Some(true.into()))],
    })
}

/// How this device looks at the board: which columns are folded, and how each is sorted. Nobody else sees it.
#[derive(Clone, Copy, Debug)]
pub struct Board {
    document: DocumentId,
    /// Columns that are folded to their name.
    folded: RwSignal<BTreeSet<Place>>,
    /// Columns in another order than their own.
    sorts: RwSignal<BTreeMap<Place, Sort>>,
    /// Whether the product backlog stands beside a release that is on the screen (PB-07).
    pub plans: RwSignal<bool>,
}

impl Board {
    /// As it was left last.
    #[must_use]
    pub fn of(document: DocumentId) -> Self {
        let (folded, sorts) = parse(&page::setting(&setting(document)).unwrap_or_default());
        Self {
            document,
            folded: RwSignal::new(folded),
            sorts: RwSignal::new(sorts),
            plans: RwSignal::new(false),
        }
    }

    /// The order of a column.
    #[must_use]
    pub fn sort(self, place: Place) -> Sort {
        self.sorts
            .with(|sorts| sorts.get(&place).copied().unwrap_or_default())
    }

    /// Sorts a column.
    pub fn set_sort(self, place: Place, sort: Sort) {
        self.sorts.update(|sorts| {
            if sort.is_rank() {
                sorts.remove(&place);
            } else {
                sorts.insert(place, sort);
            }
        });
        self.keep();
    }

    /// Whether a column is folded.
    #[must_use]
    pub fn is_folded(self, place: Place) -> bool {
        self.folded.with(|folded| folded.contains(&place))
    }

    /// Folds a column, or opens it.
    pub fn fold(self, place: Place, on: bool) {
        self.folded.update(|folded| {
            if on {
                folded.insert(place);
            } else {
                folded.remove(&place);
            }
        });
        self.keep();
    }

    fn keep(self) {
        let text = self
            .folded
            .with_untracked(|folded| self.sorts.with_untracked(|sorts| to_text(folded, sorts)));
        page::set_setting(&setting(self.document), &text);
    }
}

fn setting(document: DocumentId) -> String {
    format!("cutline-board-{document}")
}

fn to_text(folded: &BTreeSet<Place>, sorts: &BTreeMap<Place, Sort>) -> String {
    let folded = folded
        .iter()
        .map(|place| format!("folded {}", place.word()));
    let sorts = sorts
        .iter()
        .map(|(place, sort)| format!("{} {}", sort.word(), place.word()));
    folded.chain(sorts).collect::<Vec<_>>().join("\n")
}

fn parse(text: &str) -> (BTreeSet<Place>, BTreeMap<Place, Sort>) {
    let mut folded = BTreeSet::new();
    let mut sorts = BTreeMap::new();
    for line in text.lines() {
        let Some((word, place)) = line.split_once(' ') else {
            continue;
        };
        let Some(place) = Place::from_word(place) else {
            continue;
        };
        if word == "folded" {
            folded.insert(place);
        } else if let Some(sort) = Sort::from_word(word) {
            sorts.insert(place, sort);
        }
    }
    (folded, sorts)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::state::arrange::SortBy;

    fn rng() -> ChaCha8Rng {
        ChaCha8Rng::seed_from_u64(1)
    }

    fn id(letter: char) -> RecordId {
        letter.to_string().repeat(12).parse().unwrap()
    }

    /// What a `Put` or a step of several leaves.
    fn take(things: &mut Things, intent: &Intent) {
        match intent {
            Intent::Put { thing, values } => {
                let facts = things.entry(*thing).or_default();
                facts
                    .entry("created".to_owned())
                    .or_insert_with(|| 1.0.into());
                for (key, value) in values {
                    if let Some(value) = value {
                        facts.insert(key.clone(), value.clone());
                    }
                }
            }
            Intent::Together { parts, .. } => parts.iter().for_each(|part| take(things, part)),
            _ => {}
        }
    }

    fn names(things: &Things) -> Vec<String> {
        columns(things).into_iter().map(|one| one.name).collect()
    }

    fn board() -> Things {
        let mut things = Things::new();
        for (letter, name) in [('a', "Now"), ('b', "Next"), ('c', "Later")] {
            let intent = add(&things, Collection::Lists, id(letter), name, &mut rng());
            take(&mut things, &intent);
        }
        let intent = add(&things, Collection::Releases, id('r'), "1.0", &mut rng());
        take(&mut things, &intent);
        things
    }

    #[test]
    fn pb_12_releases_are_left_and_lists_are_right() {
        assert_eq!(
            names(&board()),
            ["1.0", "Product backlog", "Now", "Next", "Later"]
        );
    }

    #[test]
    fn pb_12_columns_move_among_their_kind() {
        let mut things = board();
        let later = Place::List(id('c'));
        let left = step_aside(&things, later, false, &mut rng()).unwrap();
        take(&mut things, &left);
        assert_eq!(names(&things)[2..], ["Now", "Later", "Next"]);
        let first = put_at(&things, later, 0, &mut rng()).unwrap();
        take(&mut things, &first);
        assert_eq!(names(&things)[2..], ["Later", "Now", "Next"]);
        assert_eq!(step_aside(&things, later, false, &mut rng()), None);
        let right = step_aside(&things, later, true, &mut rng()).unwrap();
        take(&mut things, &right);
        assert_eq!(names(&things)[2..], ["Now", "Later", "Next"]);
    }

    #[test]
    fn pb_12_columns_without_an_order_keep_the_one_they_are_seen_in() {
        let mut things = board();
        for facts in things.values_mut() {
            facts.remove("order");
        }
        let before = names(&things);
        let moved = put_at(&things, Place::List(id('c')), 0, &mut rng()).unwrap();
        take(&mut things, &moved);
        assert_eq!(before[2..], ["Now", "Next", "Later"]);
        assert_eq!(names(&things)[2..], ["Later", "Now", "Next"]);
    }

    #[test]
    fn pb_12_a_list_becomes_a_release_and_back() {
        let mut things = board();
        let place = Place::List(id('a'));
        let there = convert(&things, place, Vec::new(), &mut rng()).unwrap();
        take(&mut things, &there);
        assert_eq!(
            names(&things),
            ["1.0", "Now", "Product backlog", "Next", "Later"]
        );
        let back = convert(&things, Place::Release(id('a')), Vec::new(), &mut rng()).unwrap();
        take(&mut things, &back);
        assert_eq!(
            names(&things),
            ["1.0", "Product backlog", "Next", "Later", "Now"]
        );
    }

    #[test]
    fn names_are_not_given_twice() {
        let things = board();
        assert_eq!(free_name(&things, Collection::Lists, "Ideas"), "Ideas");
        assert_eq!(free_name(&things, Collection::Lists, "Now"), "Now 2");
    }

    #[test]
    fn what_a_device_folded_and_sorted_is_kept() {
        let folded = [Place::Product, Place::List(id('a'))].into();
        let sorts = [(Place::Release(id('r')), Sort::by(SortBy::Value))].into();
        assert_eq!(parse(&to_text(&folded, &sorts)), (folded, sorts));
        assert_eq!(parse("nonsense\nfolded planet"), Default::default());
    }
}
