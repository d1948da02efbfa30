//! The Definition of Ready as a team set it, and what of it an item fulfils (`formulas.md` §5.12, PB-18, PB-32).

use std::collections::BTreeMap;

use crate::{
    ids::ItemId,
    model::{
        Collection, Facts, Field, Kind, Place, Row, Scalar, Thing, Things,
        thing::{self, groups, number},
    },
    planning::ready::{self, Check, Rule, Stage},
};

/// Finds the row of an item.
pub type Find<'a> = &'a dyn Fn(ItemId) -> Option<&'a Row>;

/// The checks of a backlog: the usual ones as the team changed them, then its own. Those that were switched off are there
/// with `false`.
#[must_use]
pub fn all_checks(things: &Things) -> Vec<(Check, bool)> {
    let none = Facts::new();
    let facts = things.get(&Thing::Product).unwrap_or(&none);
    let mut set = groups(facts, "ready");
    let mut checks: Vec<(Check, bool)> = ready::default_checks()
        .into_iter()
        .map(|check| {
            let own = set.remove(check.id.as_str()).unwrap_or_default();
            changed(check, &own)
        })
        .collect();
    // Checks of the team's own ask what a usual one asks, of other types or at another stage.
    checks.extend(set.into_iter().filter_map(|(id, own)| {
        let rule = Rule::from_word(own.get("rule")?.text()?)?;
        let check = Check {
            id: id.to_owned(),
            label: rule.label().to_owned(),
            kinds: Vec::new(),
            stage: Stage::Product,
            required: true,
            rule,
        };
        Some(changed(check, &own))
    }));
    checks
}

fn changed(mut check: Check, own: &BTreeMap<&str, &Scalar>) -> (Check, bool) {
    let word = |name: &str| own.get(name).and_then(|value| value.text());
    if let Some(label) = word("label") {
        check.label = label.to_owned();
    }
    if let Some(stage) = word("stage").and_then(Stage::from_word) {
        check.stage = stage;
    }
    if let Some(kinds) = word("kinds") {
        check.kinds = kinds
            .split(',')
            .filter_map(|kind| Kind::from_word(kind.trim()))
            .collect();
    }
    if let Some(Scalar::Flag(required)) = own.get("required") {
        check.required = *required;
    }
    let off = own.get("off").is_some_and(|off| off.is_on());
    (check, !off)
}

/// The stage that an item has come to.
#[must_use]
pub const fn stage(row: &Row) -> Stage {
    stage_of(row.place)
}

/// The stage that the items of a place have come to.
#[must_use]
pub const fn stage_of(place: Place) -> Stage {
    match place {
        Place::Inbox | Place::Product | Place::List(_) => Stage::Product,
        Place::Release(_) => Stage::Release,
        Place::Sprint(_) => Stage::Sprint,
    }
}

/// The capacity of each release that has one.
#[must_use]
pub(super) fn capacities(things: &Things) -> BTreeMap<Place, f64> {
    let releases = thing::records(things, Collection::Releases).into_iter();
    releases
        .filter_map(|(id, facts)| Some((Place::Release(id), number(facts, "capacity")?)))
        .collect()
}

/// How many open items outside its own place an item depends on.
#[must_use]
pub fn open_dependencies(row: &Row, find: Find<'_>) -> u32 {
    let open = row
        .marked("depends")
        .filter_map(|id| find(id.parse().ok()?))
        .filter(|other| other.status.is_open() && other.place != row.place)
        .count();
    u32::try_from(open).unwrap_or(u32::MAX)
}

/// What the checks ask of an item, but for what only its surroundings tell.
#[must_use]
pub(super) fn facts(row: &Row) -> ready::Facts {
    let said = |field: Field| !row.text(field).is_empty();
    ready::Facts {
        described: row.described,
        benefit: row.benefits,
        for_whom: !row.for_whom.is_empty(),
        estimate: row.estimate,
        value: row.number(Field::Value).is_some(),
        experience: said(Field::Experience),
        criteria: row.criteria.1,
        vague_criteria: row.vague,
        invest: invest(row),
        problem: said(Field::Problem),
        blocked: said(Field::Blocked),
        question: said(Field::Question),
        ..ready::Facts::default()
    }
}

/// The questions of INVEST as they stand in an item's marks, with what each asks (§5.12).
pub const INVEST: &[(&str, &str)] = &[
    (
        "independent",
        "Independent: can be done before or after others",
    ),
    ("negotiable", "Negotiable: how it is done is open"),
    ("valuable", "Valuable: somebody outside the team gains"),
    ("estimable", "Estimable: the team can say how large it is"),
    ("small", "Small: fits a sprint with room to spare"),
    ("testable", "Testable: one can tell when it is done"),
];

/// How many of the questions of INVEST were answered, with yes or no.
#[must_use]
pub fn invest(row: &Row) -> u32 {
    let answered = |name: &&(&str, &str)| row.mark(&format!("invest:{}", name.0)).is_some();
    u32::try_from(INVEST.iter().filter(answered).count()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(facts: &[(&str, Scalar)]) -> Things {
        let facts = facts
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone()))
            .collect();
        [(Thing::Product, facts)].into()
    }

    fn row(id: char) -> Row {
        Row::blank(id.to_string().repeat(12).parse().unwrap())
    }

    #[test]
    fn pb_18_the_definition_of_ready_is_the_teams_own() {
        assert!(all_checks(&Things::new()).iter().all(|(_, on)| *on));
        let things = with(&[
            ("ready:aligned:off", true.into()),
            ("ready:estimate:required", false.into()),
            ("ready:criteria:stage", "product".into()),
            ("ready:problem:label", "Why at all".into()),
            ("ready:problem:kinds", "bug, story,?".into()),
            ("ready:mine:rule", "value".into()),
            ("ready:odd:rule", "nonsense".into()),
        ]);
        let checks = all_checks(&things);
        let of = |id: &str| checks.iter().find(|(check, _)| check.id == id).unwrap();
        assert!(!of("aligned").1);
        assert!(!of("estimate").0.required);
        assert_eq!(of("criteria").0.stage, Stage::Product);
        assert_eq!(of("problem").0.label, "Why at all");
        assert_eq!(of("problem").0.kinds, [Kind::Bug, Kind::Story]);
        assert_eq!(of("mine").0.rule, Rule::Value);
        assert!(!checks.iter().any(|(check, _)| check.id == "odd"));
    }

    #[test]
    fn pb_32_invest_is_answered_by_yes_and_by_no() {
        let mut item = row('a');
        assert_eq!(invest(&item), 0);
        for (nth, (name, _)) in INVEST.iter().enumerate() {
            item.set_mark(&format!("invest:{name}"), Some((nth % 2 == 0).into()));
        }
        assert_eq!(invest(&item), 6);
    }

    #[test]
    fn pb_32_open_dependencies_are_those_outside_its_own_place() {
        let mut item = row('a');
        let mut near = row('b');
        let mut far = row('c');
        for other in [&near, &far] {
            item.set_mark(&format!("depends:{}", other.id), Some(true.into()));
        }
        item.set_mark("depends:zzzzzzzzzzzz", Some(true.into()));
        far.place = Place::Inbox;
        let count = |near: &Row, far: &Row| {
            open_dependencies(&item, &|id| {
                [near, far].into_iter().find(|row| row.id == id)
            })
        };
        assert_eq!(count(&near, &far), 1);
        near.place = Place::Inbox;
        assert_eq!(count(&near, &far), 2);
        far.status = crate::model::Status::Done;
        assert_eq!(count(&near, &far), 1);
    }
}
