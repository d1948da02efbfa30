//! What a release can hold, what fits it, and when it is done at the team's pace (BT-08, BT-14, `formulas.md` §5.7).

use crate::{
    ids::ItemId,
    model::{Row, Things},
    planning::{
        capacity::{Ahead, Finish, Onward, ReleaseCapacity, finish, release_capacity, scope_by},
        day::Day,
        limit::{self, Entry, Missing},
        round,
        working_days::{self, Cut},
    },
};

use super::{Release, Scope, Unit, open};

/// What a team does in a sprint, and which sprints of the release lie ahead.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pace<'a> {
    /// Effort per sprint, where it is known.
    pub velocity: Option<f64>,
    /// The release's sprints that are made and not over.
    pub ahead: &'a [Ahead],
    /// Today.
    pub today: Day,
}

/// How a release stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// What it holds: typed, or what its sprints do.
    pub capacity: Option<ReleaseCapacity>,
    /// What still fits; negative where it is too full already. `None` without a capacity.
    pub free: Option<f64>,
    /// How many sprints lie ahead of its date, made or cut out of its days.
    pub sprints: usize,
    /// The date that fits the scope; `None` where the pace is unknown.
    pub finish: Option<Finish>,
    /// The effort that fits the date, from today on; `None` without date or pace.
    pub fits: Option<f64>,
}

/// Looks ahead. Only a capacity in estimates can follow from a velocity; in hours or items it is the typed one.
#[must_use]
pub fn outlook(release: &Release, scope: &Scope, pace: Pace<'_>) -> Outlook {
    let velocity = pace.velocity.filter(|_| release.unit == Unit::Points);
    let cut = ahead_of(release, pace, velocity);
    let sprints: &[Ahead] = if release.unit == Unit::Points {
        &cut
    } else {
        &[]
    };
    let capacity = release_capacity(release.capacity, sprints);
    let begin = release
        .start
        .map_or(pace.today, |start| start.max(pace.today));
    let onward = velocity.map(|limit| Onward {
        from: begin.plus(-1),
        length_days: release.sprint_days,
        limit,
    });
    let free = capacity.map(|capacity| {
        let taken = match capacity.derived {
            // Sprints that are over have done their part.
            true => scope.remaining(),
            false => scope.total(),
        };
        round::nine(capacity.value - taken)
    });
    let has_pace = onward.is_some() || !sprints.is_empty();
    Outlook {
        capacity,
        free,
        sprints: sprints.len(),
        finish: has_pace
            .then(|| finish(scope.remaining(), sprints, onward))
            .flatten(),
        fits: release
            .target
            .filter(|_| has_pace)
            .map(|target| scope_by(target, sprints, onward)),
    }
}

/// The sprints ahead: those that are made, else as many as its days hold from today on.
fn ahead_of(release: &Release, pace: Pace<'_>, velocity: Option<f64>) -> Vec<Ahead> {
    if !pace.ahead.is_empty() {
        return pace.ahead.to_vec();
    }
    let (Some((start, target)), Some(limit)) = (release.days(), velocity) else {
        return Vec::new();
    };
    let cut = working_days::sprints(start.max(pace.today), target, release.sprint_days);
    cut.sprints
        .into_iter()
        .map(|slot| Ahead {
            end: slot.end,
            limit,
        })
        .collect()
}

/// The sprints that can be cut out of a release's days after those that are made (BT-46); `None` without days.
#[must_use]
pub fn sprints_to_make(
    release: &Release,
    length_days: i64,
    made_until: Option<Day>,
) -> Option<Cut> {
    let (start, target) = release.days()?;
    let from = made_until.map_or(start, |end| end.plus(1).max(start));
    Some(working_days::sprints(from, target, length_days))
}

/// Why an item is too large for one release cycle (BT-08), in words; `None` where it fits.
#[must_use]
pub fn too_large(release: &Release, row: &Row, velocity: Option<f64>) -> Option<String> {
    let size = release.unit.size(row).and_then(round::amount)?;
    if let Some(capacity) = release.capacity
        && !round::at_most(size, capacity)
    {
        return Some(format!(
            "larger than the release, which holds {}",
            round::text(capacity, 2)
        ));
    }
    let velocity = velocity.filter(|_| release.unit == Unit::Points)?;
    let (start, target) = release.days()?;
    let count = working_days::sprints(start, target, release.sprint_days)
        .sprints
        .len()
        .max(1);
    let holds = count as f64 * velocity;
    (!round::at_most(size, holds)).then(|| match count {
        1 => format!(
            "more than a sprint does at velocity {}",
            round::text(velocity, 1)
        ),
        many => format!(
            "more than the release\u{2019}s {many} sprints do at velocity {}",
            round::text(velocity, 1)
        ),
    })
}

/// What is pulled from the top of the product backlog: the longest prefix that fits what is free (PB-07).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pull {
    /// The items, first ranked first.
    pub items: Vec<ItemId>,
    /// Their size, with guesses.
    pub size: f64,
    /// Whether the next one has no estimate, and the backlog says to stop there.
    pub stopped: bool,
}

/// The prefix of a ranked list that fits.
#[must_use]
pub fn pull<'a>(
    ranked: impl Iterator<Item = &'a Row>,
    unit: Unit,
    free: f64,
    missing: Missing,
) -> Pull {
    let rows: Vec<&Row> = ranked.collect();
    let entries: Vec<Entry> = rows
        .iter()
        .map(|row| Entry {
            size: unit.size(row),
            skipped: false,
        })
        .collect();
    let line = limit::line(&limit::weigh(&entries, missing), free);
    Pull {
        items: rows[..line.after].iter().map(|row| row.id).collect(),
        size: line.used,
        stopped: line.stopped,
    }
}

/// The release that comes after another one among those that items can go into.
#[must_use]
pub fn next(things: &Things, release: &Release) -> Option<Release> {
    let open = open(things);
    let at = open.iter().position(|one| one.id == release.id);
    let after = at.map_or(0, |at| at + 1);
    open.into_iter()
        .nth(after)
        .filter(|one| one.id != release.id)
}

#[cfg(test)]
mod tests {
    use super::super::tests::{day, item, record, with};
    use super::super::{one, scopes};
    use super::*;
    use crate::model::{Place, Scalar};

    fn release(own: &[(&str, Scalar)]) -> Release {
        let mut all = vec![
            ("start", "2026-11-02".into()),
            ("target", "2026-12-13".into()),
        ];
        all.extend(own.iter().cloned());
        one(&with(&all), record('r')).unwrap()
    }

    fn scope(estimates: &[f64]) -> Scope {
        let rows: Vec<Row> = estimates
            .iter()
            .zip('a'..='h')
            .map(|(estimate, letter)| {
                let mut row = Row::blank(item(letter));
                row.place = Place::Release(record('r'));
                row.estimate = Some(*estimate);
                row
            })
            .collect();
        let mut found = scopes(&with(&[]), rows.iter());
        found.remove(&record('r')).unwrap_or_default()
    }

    fn pace(velocity: Option<f64>) -> Pace<'static> {
        Pace {
            velocity,
            ahead: &[],
            today: day("2026-11-02"),
        }
    }

    #[test]
    fn bt_14_capacity_is_typed_or_follows_from_velocity_and_sprints() {
        let scope = scope(&[13.0, 8.0, 20.0]);
        let found = outlook(&release(&[]), &scope, pace(Some(15.0)));
        let capacity = found.capacity.unwrap();
        assert_eq!((capacity.value, capacity.derived), (45.0, true));
        assert_eq!((found.sprints, found.free), (3, Some(4.0)));
        let typed = release(&[("capacity", 30.0.into())]);
        let found = outlook(&typed, &scope, pace(Some(15.0)));
        assert_eq!(found.free, Some(-11.0));
        assert!(!found.capacity.unwrap().derived);
        let unknown = outlook(&release(&[]), &scope, pace(None));
        assert_eq!(
            (unknown.capacity, unknown.finish, unknown.fits),
            (None, None, None)
        );
    }

    #[test]
    fn bt_14_the_date_that_fits_the_scope_and_the_scope_that_fits_the_date() {
        let found = outlook(&release(&[]), &scope(&[13.0, 8.0, 30.0]), pace(Some(15.0)));
        assert_eq!(found.fits, Some(45.0));
        let finish = found.finish.unwrap();
        assert_eq!((finish.sprint, finish.beyond), (4, true));
        assert_eq!(finish.day, Some(day("2026-12-27")));
        // The sprints that were made say what they hold.
        let made = [Ahead {
            end: day("2026-11-15"),
            limit: 8.0,
        }];
        let found = outlook(
            &release(&[]),
            &scope(&[13.0]),
            Pace {
                ahead: &made,
                ..pace(Some(15.0))
            },
        );
        assert_eq!(found.capacity.unwrap().value, 8.0);
        assert_eq!(found.finish.unwrap().day, Some(day("2026-11-29")));
        assert_eq!(found.fits, Some(38.0));
    }

    #[test]
    fn bt_14_hours_and_items_hold_what_was_typed() {
        let items = release(&[("unit", "count".into()), ("capacity", 4.0.into())]);
        let found = outlook(&items, &scope(&[3.0, 3.0]), pace(Some(15.0)));
        assert_eq!(found.capacity.unwrap().value, 4.0);
        assert_eq!(found.finish, None);
        let untyped = release(&[("unit", "count".into())]);
        assert_eq!(
            outlook(&untyped, &scope(&[3.0]), pace(Some(15.0))).capacity,
            None
        );
    }

    #[test]
    fn bt_08_items_that_no_release_holds_are_told() {
        let mut row = Row::blank(item('a'));
        row.estimate = Some(46.0);
        let said = |own: &[(&str, Scalar)], velocity| too_large(&release(own), &row, velocity);
        assert_eq!(said(&[], None), None);
        assert_eq!(
            said(&[], Some(15.0)).unwrap(),
            "more than the release\u{2019}s 3 sprints do at velocity 15"
        );
        assert_eq!(said(&[], Some(16.0)), None);
        assert!(
            said(&[("capacity", 45.0.into())], None)
                .unwrap()
                .contains("45")
        );
    }

    #[test]
    fn bt_46_sprints_are_cut_after_those_that_are_made() {
        let cut = |length, made| sprints_to_make(&release(&[]), length, made).unwrap();
        let all = cut(14, None);
        assert_eq!((all.sprints.len(), all.leftover), (3, 0));
        let rest = cut(14, Some(day("2026-11-16")));
        assert_eq!((rest.sprints.len(), rest.leftover), (1, 13));
        assert_eq!(rest.sprints[0].start, day("2026-11-17"));
        let backwards = release(&[("target", "2026-10-01".into())]);
        assert_eq!(sprints_to_make(&backwards, 14, None), None);
    }

    #[test]
    fn pb_07_the_longest_prefix_that_fits_is_pulled() {
        let rows: Vec<Row> = [Some(5.0), Some(8.0), None, Some(13.0), Some(1.0)]
            .into_iter()
            .zip('a'..='e')
            .map(|(estimate, letter)| {
                let mut row = Row::blank(item(letter));
                row.estimate = estimate;
                row
            })
            .collect();
        let pulled = |free, missing| pull(rows.iter(), Unit::Points, free, missing);
        let found = pulled(20.0, Missing::Median);
        assert_eq!(found.items, [item('a'), item('b'), item('c')]);
        assert_eq!(found.size, 19.5);
        assert_eq!(pulled(20.0, Missing::Stop).items.len(), 2);
        assert!(pulled(20.0, Missing::Stop).stopped);
        assert!(pulled(-3.0, Missing::Median).items.is_empty());
    }
}
