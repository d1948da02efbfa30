//! The cut lines of a list: what fits above each of them, as the screen shows it. Pure.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    model::{
        Facts, Kind, Place, Row, Thing, Things,
        thing::{self, groups},
    },
    planning::{
        day::Day,
        limit::{self, Entry, ForecastLine, Missing, Weight},
    },
    product::{
        once::{Share, Shares},
        releases::{
            self,
            outlook::{Pace, outlook},
        },
        sprints,
    },
};

use super::rows::{List, Rows};

/// What a line counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// Estimates.
    #[default]
    Points,
    /// Hours.
    Hours,
    /// Items.
    Count,
}

impl Unit {
    /// Every unit.
    pub const ALL: &[Self] = &[Self::Points, Self::Hours, Self::Count];

    /// The word of the setting.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Hours => "hours",
            Self::Count => "count",
        }
    }

    /// What people read behind a number.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Points => "points",
            Self::Hours => "hours",
            Self::Count => "items",
        }
    }

    /// The unit of a word; points where there is none.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        let found = Self::ALL.iter().find(|unit| unit.word() == word);
        found.copied().unwrap_or_default()
    }

    const fn sized(self) -> releases::Unit {
        match self {
            Self::Points => releases::Unit::Points,
            Self::Hours => releases::Unit::Hours,
            Self::Count => releases::Unit::Count,
        }
    }
}

/// A line as people drew it.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawn {
    /// Names its settings: `line:<id>:…`.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// How much fits.
    pub capacity: f64,
}

/// A line with what stands above it.
#[derive(Clone, Debug, PartialEq)]
pub struct Cut {
    /// As it was drawn.
    pub drawn: Drawn,
    /// Where it is.
    pub line: limit::Line,
    /// How many items of each type stand above it (BT-40).
    pub mix: BTreeMap<Kind, usize>,
}

/// The cut lines of a list, the highest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cuts {
    /// The lines.
    pub lines: Vec<Cut>,
    /// What each row counts as in the unit of the first drawn line.
    pub weights: Arc<Vec<Weight>>,
    /// The unit of `weights`.
    pub unit: Unit,
    /// What fits each of the coming sprints.
    pub forecast: Vec<ForecastLine>,
}

/// What a row says of the lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The sum up to and with it.
    pub cumulative: f64,
    /// Whether its own size is a guess.
    pub guessed: bool,
    /// The name of the highest line that it is below.
    pub below: Option<String>,
    /// Whether it is below every line.
    pub below_all: bool,
    /// The name of the lowest line above it that it would fit.
    pub fits: Option<String>,
}

/// The lines that people drew in a place, by name of their settings.
#[must_use]
pub fn drawn(things: &Things, place: Place) -> Vec<Drawn> {
    let Some(product) = things.get(&Thing::Product) else {
        return Vec::new();
    };
    let here = place.word();
    let mut lines: Vec<Drawn> = groups(product, "line")
        .into_iter()
        .filter(|(_, facts)| {
            let of = facts.get("place").and_then(|place| place.text());
            let removed = facts.get("removed").is_some_and(|it| it.is_on());
            of.unwrap_or("product") == here && facts.contains_key("capacity") && !removed
        })
        .map(|(id, facts)| {
            let words = |key: &str| facts.get(key).and_then(|it| it.text()).unwrap_or_default();
            Drawn {
                id: id.to_owned(),
                name: words("name").to_owned(),
                unit: Unit::from_word(words("unit")),
                capacity: facts
                    .get("capacity")
                    .and_then(|it| it.number())
                    .unwrap_or_default(),
            }
        })
        .collect();
    lines.sort_by(|a, b| a.name.cmp(&b.name).then_with(|| a.id.cmp(&b.id)));
    lines
}

/// The name of the line that a release's capacity draws; it has no settings of its own.
pub const RELEASE_LINE: &str = "release";

/// The line of a release's capacity, for the open items in its list: what is done has taken its part of it (PB-44).
#[must_use]
pub fn release_line(
    things: &Things,
    rows: &Rows,
    shares: &Shares,
    place: Place,
    today: Day,
) -> Option<(Drawn, f64)> {
    let Place::Release(id) = place else {
        return None;
    };
    let release = releases::one(things, id)?;
    let scope = releases::scopes(things, rows.all().map(AsRef::as_ref)).remove(&id);
    let scope = scope.unwrap_or_default();
    let ahead = sprints::ahead(things, id, today);
    let pace = Pace {
        velocity: sprints::team_velocity(things).map(|velocity| velocity.value),
        ahead: &ahead,
        today,
    };
    let capacity = outlook(&release, &scope, pace).capacity?;
    // What is in its sprints, or done, is not in the list.
    let list = rows.ranked_in(place);
    let open = shares.sum(list.iter().map(AsRef::as_ref), release.unit);
    let taken = if capacity.derived {
        scope.remaining()
    } else {
        scope.total()
    };
    let elsewhere = (taken - scope.guessed - open).max(0.0);
    let line = Drawn {
        id: RELEASE_LINE.to_owned(),
        name: "Capacity".to_owned(),
        unit: Unit::from_word(release.unit.word()),
        capacity: (capacity.value - elsewhere).max(0.0),
    };
    Some((line, elsewhere))
}

/// The backlog's velocity in points a sprint, where somebody typed one.
#[must_use]
pub fn velocity(things: &Things) -> Option<f64> {
    thing::number(things.get(&Thing::Product)?, "velocity").filter(|velocity| *velocity > 0.0)
}

/// What unestimated items count as.
#[must_use]
pub fn missing(things: &Things) -> Missing {
    let nothing = Facts::new();
    let product = things.get(&Thing::Product).unwrap_or(&nothing);
    Missing::from_word(thing::text(product, "missing_estimate"))
}

/// Draws the lines in a list. What counts for nothing because its stories do takes no capacity.
#[must_use]
pub fn cut(
    list: &List,
    shares: &Shares,
    drawn: &[Drawn],
    missing: Missing,
    velocity: Option<f64>,
) -> Cuts {
    let weigh = |unit: Unit| {
        let entry = |row: &Arc<Row>| {
            let share = shares.share(row, unit.sized());
            Entry {
                size: share.size(),
                skipped: !row.status.is_open() || share == Share::Within,
            }
        };
        let entries: Vec<Entry> = list.iter().map(entry).collect();
        limit::weigh(&entries, missing)
    };
    let unit = drawn.first().map(|line| line.unit).unwrap_or_default();
    let mut known: BTreeMap<Unit, Arc<Vec<Weight>>> = BTreeMap::new();
    let mut of = |unit: Unit| {
        known
            .entry(unit)
            .or_insert_with(|| Arc::new(weigh(unit)))
            .clone()
    };
    let weights = of(unit);
    let mut lines: Vec<Cut> = drawn
        .iter()
        .map(|drawn| {
            let line = limit::line(&of(drawn.unit), drawn.capacity);
            let mut mix = BTreeMap::new();
            for row in &list[..line.after.min(list.len())] {
                *mix.entry(row.kind).or_default() += 1;
            }
            Cut {
                drawn: drawn.clone(),
                line,
                mix,
            }
        })
        .collect();
    lines.sort_by_key(|cut| cut.line.after);
    let forecast = velocity.map(|velocity| limit::forecast(&of(Unit::Points), velocity));
    Cuts {
        lines,
        weights,
        unit,
        forecast: forecast.unwrap_or_default(),
    }
}

impl Cuts {
    /// What a row, named by its number from 1, says of the lines.
    #[must_use]
    pub fn standing(&self, number: usize) -> Option<Standing> {
        let index = number.checked_sub(1)?;
        let weight = self.weights.get(index)?;
        let below: Vec<&Cut> = self
            .lines
            .iter()
            .filter(|cut| index >= cut.line.after)
            .collect();
        let fitting = below
            .iter()
            .rev()
            .find(|cut| cut.drawn.unit == self.unit && cut.line.would_fit(index, weight));
        Some(Standing {
            cumulative: weight.cumulative,
            guessed: weight.guessed,
            below: below.first().map(|cut| cut.drawn.name.clone()),
            below_all: !below.is_empty() && below.len() == self.lines.len(),
            fits: fitting.map(|cut| cut.drawn.name.clone()),
        })
    }

    /// The capacity that puts a line after so many rows, in the unit of `weights`.
    #[must_use]
    pub fn capacity_after(&self, rows: usize) -> f64 {
        let last = rows.min(self.weights.len()).checked_sub(1);
        last.map_or(0.0, |last| self.weights[last].cumulative)
    }
}

#[cfg(test)]
mod tests {
    use shared::model::{Collection, Field};

    use super::*;
    use crate::state::rows::{Rows, tests::row};

    fn list(sizes: &[Option<f64>]) -> List {
        let mut rows = Rows::default();
        let rows_of = sizes.iter().enumerate().map(|(n, size)| {
            let letter = char::from(b'a' + u8::try_from(n).unwrap());
            let mut row = row(&letter.to_string(), &format!("{letter}V"));
            row.estimate = *size;
            row
        });
        rows.replace(rows_of.collect());
        rows.ranked_in(Place::Product)
    }

    fn line(name: &str, capacity: f64) -> Drawn {
        Drawn {
            id: name.to_owned(),
            name: name.to_owned(),
            unit: Unit::Points,
            capacity,
        }
    }

    #[test]
    fn pb_44_pb_47_rows_say_where_they_stand() {
        let list = list(&[Some(5.0), Some(8.0), Some(3.0), None, Some(13.0), Some(2.0)]);
        let cuts = cut(
            &list,
            &Shares::default(),
            &[line("Commit", 13.0), line("Stretch", 20.0)],
            Missing::Median,
            Some(15.0),
        );
        let after: Vec<usize> = cuts.lines.iter().map(|cut| cut.line.after).collect();
        assert_eq!(after, [2, 3]);
        let third = cuts.standing(3).unwrap();
        assert_eq!(third.below.as_deref(), Some("Commit"));
        assert!(!third.below_all && third.fits.is_none());
        let last = cuts.standing(6).unwrap();
        assert_eq!(last.fits.as_deref(), Some("Stretch"));
        assert!(last.below_all && cuts.standing(4).unwrap().guessed);
        assert_eq!(cuts.standing(7), None);
        assert_eq!(cuts.forecast.len(), 3);
        assert!((cuts.capacity_after(3) - 16.0).abs() < 1e-9);
    }

    #[test]
    fn bt_31_pb_44_a_line_counts_a_feature_and_its_stories_once() {
        let list = list(&[Some(20.0), Some(5.0), Some(8.0), Some(3.0)]);
        let part_of_a = |row: &Arc<Row>| {
            let mut row = Row::clone(row);
            row.set_field(Field::Parent, Some(list[0].id.to_string().into()));
            Arc::new(row)
        };
        let list: List = Arc::new(vec![
            list[0].clone(),
            part_of_a(&list[1]),
            part_of_a(&list[2]),
            list[3].clone(),
        ]);
        let shares = Shares::of(&Things::new(), list.iter().map(AsRef::as_ref));
        let cuts = cut(
            &list,
            &shares,
            &[line("Commit", 13.0)],
            Missing::Median,
            None,
        );
        let sums = |number| cuts.standing(number).unwrap().cumulative;
        assert_eq!([1, 2, 3, 4].map(sums), [0.0, 5.0, 13.0, 16.0]);
        assert_eq!(cuts.lines[0].line.after, 3);
    }

    #[test]
    fn bt_31_pb_44_the_capacity_line_of_a_release_counts_as_its_gauge_does() {
        let id = |letter: &str| letter.repeat(12).parse().unwrap();
        let release = Thing::Record(Collection::Releases, id("r"));
        let sprint = Thing::Record(Collection::Sprints, id("s"));
        let facts = |own: [(&str, shared::model::Scalar); 2]| -> Facts {
            own.map(|(key, value)| (key.to_owned(), value)).into()
        };
        let things: Things = [
            (
                release,
                facts([("created", 1.0.into()), ("capacity", 10.0.into())]),
            ),
            (
                sprint,
                facts([("created", 1.0.into()), ("release", "r".repeat(12).into())]),
            ),
        ]
        .into();
        let at = |letter: &str, place: Place, estimate: f64| {
            let mut row = row(letter, letter);
            row.place = place;
            row.estimate = Some(estimate);
            row
        };
        let here = Place::Release(id("r"));
        let mut of_feature = [at("b", Place::Sprint(id("s")), 5.0), at("c", here, 8.0)];
        for story in &mut of_feature {
            story.set_field(Field::Parent, Some(row("a", "a").id.to_string().into()));
        }
        let [in_sprint, in_list] = of_feature;
        let mut rows = Rows::default();
        rows.replace(vec![at("a", here, 20.0), in_sprint, in_list]);
        let shares = Shares::of(&things, rows.all().map(AsRef::as_ref));
        let today = "2026-11-21".parse().unwrap();
        let (line, elsewhere) = release_line(&things, &rows, &shares, here, today).unwrap();
        assert_eq!((line.capacity, elsewhere), (5.0, 5.0));
        let cuts = cut(
            &rows.ranked_in(here),
            &shares,
            &[line],
            Missing::Median,
            None,
        );
        // The story in the list is larger than what the one in the sprint left; the feature is its stories.
        assert_eq!(
            (cuts.lines[0].line.after, cuts.lines[0].line.below_sum),
            (1, 8.0)
        );
        assert_eq!(rows.totals(here, &shares).points, 8.0);
    }

    #[test]
    fn pb_44_lines_by_count_and_hours() {
        let list = list(&[None, None, None]);
        let count = Drawn {
            unit: Unit::Count,
            ..line("Three a week", 2.0)
        };
        let cuts = cut(&list, &Shares::default(), &[count], Missing::Stop, None);
        assert_eq!(cuts.lines[0].line.after, 2);
        assert_eq!(cuts.lines[0].mix[&Kind::Feature], 2);
    }

    #[test]
    fn pb_47_lines_are_read_from_settings() {
        let facts: Facts = [
            ("line:a:capacity", 20.0.into()),
            ("line:a:name", "Commit".into()),
            ("line:b:capacity", 3.0.into()),
            ("line:b:removed", true.into()),
            ("line:c:capacity", 9.0.into()),
            ("line:c:place", "list:abcdefghijkm".into()),
            ("line:d:name", "no capacity".into()),
        ]
        .map(|(key, value): (&str, shared::model::Scalar)| (key.to_owned(), value))
        .into();
        let things: Things = [(Thing::Product, facts)].into();
        let names: Vec<String> = drawn(&things, Place::Product)
            .into_iter()
            .map(|line| line.name)
            .collect();
        assert_eq!(names, ["Commit"]);
    }
}
