//! How things change what is read of items: where the items of a removed list are, and what a renamed tag is called.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ids::RecordId,
    model::{
        Collection, Place, Thing, Things,
        thing::{self, Facts},
    },
};

/// What reading a row needs to know of things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Lens {
    live: BTreeSet<Place>,
    shipped: BTreeSet<Place>,
    release_of_sprint: BTreeMap<RecordId, RecordId>,
    /// What each renamed or merged tag is called now.
    tags: BTreeMap<String, String>,
}

impl Lens {
    pub(crate) fn of(things: &Things) -> Self {
        let mut lens = Self::default();
        for (thing, facts) in things {
            match thing {
                Thing::Product => lens.tags = renamed(facts),
                Thing::Record(collection, id) => lens.look_at(*collection, *id, facts),
                Thing::Person(_) => {}
            }
        }
        lens
    }

    fn look_at(&mut self, collection: Collection, id: RecordId, facts: &Facts) {
        let Some(place) = Place::of_record(collection, id) else {
            return;
        };
        if thing::exists(facts) && !thing::is_on(facts, "archived") {
            self.live.insert(place);
        }
        if thing::text(facts, "state") == "shipped" {
            self.shipped.insert(place);
        }
        if let (Place::Sprint(id), Ok(release)) = (place, thing::text(facts, "release").parse()) {
            self.release_of_sprint.insert(id, release);
        }
    }

    /// Whether items can be put there.
    pub(crate) fn is_live(&self, place: Place) -> bool {
        matches!(place, Place::Inbox | Place::Product) || self.live.contains(&place)
    }

    /// Whether open items can be put there: not into what was shipped (`MODEL.md` R2).
    pub(crate) fn takes(&self, place: Place) -> bool {
        self.is_live(place) && !self.shipped.contains(&place)
    }

    /// Where an item is: what is open in a shipped release is in the product backlog (`MODEL.md` R2).
    pub(crate) fn home_of(&self, place: Place, is_open: bool) -> Place {
        let home = self.home(place);
        match is_open && self.shipped.contains(&home) {
            true => Place::Product,
            false => home,
        }
    }

    /// Where an item is that was put somewhere: what was in a removed sprint is in its release, what was in a list that
    /// became a release is in that release, what was in a removed list or release is in the product backlog (`MODEL.md`
    /// P3).
    fn home(&self, place: Place) -> Place {
        if self.is_live(place) {
            return place;
        }
        let next = match place {
            Place::Sprint(id) => self.release_of_sprint.get(&id).copied().map(Place::Release),
            place => place.converted(),
        };
        let live = |place: &Place| self.is_live(*place);
        next.filter(live)
            .or(next.and_then(Place::converted).filter(live))
            .unwrap_or(Place::Product)
    }

    /// What a tag is called now.
    pub(crate) fn tag<'a>(&'a self, tag: &'a str) -> &'a str {
        self.tags.get(tag).map_or(tag, String::as_str)
    }

    /// Tags as they are called now, each once, in alphabetical order.
    pub(crate) fn tags(&self, tags: Vec<String>) -> Vec<String> {
        if self.tags.is_empty() {
            return tags;
        }
        let now: BTreeSet<String> = tags.iter().map(|tag| self.tag(tag).to_owned()).collect();
        now.into_iter().collect()
    }
}

/// Follows `tag:<old>:now` to its end. Two people may rename tags to each other while apart; the first in the alphabet
/// of such a circle is the name of all of them (`MODEL.md` G2).
fn renamed(product: &Facts) -> BTreeMap<String, String> {
    let step: BTreeMap<&str, &str> = thing::groups(product, "tag")
        .into_iter()
        .filter_map(|(tag, facts)| Some((tag, facts.get("now")?.text()?)))
        .filter(|(tag, now)| tag != now)
        .collect();
    let end = |tag: &str| {
        let mut seen: Vec<&str> = Vec::new();
        let mut here = *step.get_key_value(tag)?.0;
        loop {
            if let Some(at) = seen.iter().position(|one| *one == here) {
                return seen[at..].iter().min().copied();
            }
            seen.push(here);
            match step.get(here) {
                Some(next) => here = next,
                None => return Some(here),
            }
        }
    };
    let ends = step.keys().filter_map(|tag| Some((*tag, end(tag)?)));
    ends.filter(|(tag, now)| tag != now)
        .map(|(tag, now)| (tag.to_owned(), now.to_owned()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Scalar;

    fn product(pairs: &[(&str, &str)]) -> Things {
        let facts = pairs
            .iter()
            .map(|(tag, now)| (format!("tag:{tag}:now"), Scalar::from(*now)))
            .collect();
        [(Thing::Product, facts)].into()
    }

    #[test]
    fn pb_28_renamed_tags_are_followed_to_the_end() {
        let lens = Lens::of(&product(&[("ui", "front end"), ("front end", "web")]));
        assert_eq!(lens.tag("ui"), "web");
        assert_eq!(lens.tag("web"), "web");
        assert_eq!(
            lens.tags(vec!["front end".into(), "ui".into(), "x".into()]),
            ["web", "x"]
        );
    }

    #[test]
    fn g2_tags_renamed_to_each_other_end_at_one_name() {
        let lens = Lens::of(&product(&[("b", "a"), ("a", "b"), ("c", "b")]));
        for tag in ["a", "b", "c"] {
            assert_eq!(lens.tag(tag), "a", "{tag}");
        }
    }
}
