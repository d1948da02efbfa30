//! Scorecards as the document holds them, and the scores of all items. Pure.

use std::{collections::BTreeMap, sync::Arc};

use shared::{
    ids::{ItemId, RecordId},
    intent::Intent,
    model::{
        Collection, Facts, Row, Scalar, Thing, Things,
        thing::{self, groups},
    },
    planning::score::{Method, Metric, Missing, Score, Scorecard, Scorer, Sequence, values_of},
};

/// A scorecard of the backlog.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// Its record.
    pub id: RecordId,
    /// What it says.
    pub card: Scorecard,
}

/// The scorecards that are not put away, in their order.
#[must_use]
pub fn cards(things: &Things) -> Vec<Card> {
    thing::records(things, Collection::Scorecards)
        .into_iter()
        .map(|(id, facts)| Card {
            id,
            card: read(facts),
        })
        .collect()
}

/// The scorecard that lists are sorted by: the chosen one, or the first.
#[must_use]
pub fn chosen(things: &Things) -> Option<Card> {
    let named = things
        .get(&Thing::Product)
        .and_then(|facts| thing::text(facts, "scorecard").parse().ok());
    let mut cards = cards(things);
    let at = cards.iter().position(|card| Some(card.id) == named);
    (!cards.is_empty()).then(|| cards.swap_remove(at.unwrap_or(0)))
}

fn read(facts: &Facts) -> Scorecard {
    let mut metrics: Vec<(f64, Metric)> = groups(facts, "metric")
        .into_iter()
        .filter(|(_, facts)| !facts.get("removed").is_some_and(|it| it.is_on()))
        .map(|(id, facts)| metric(id, &facts))
        .collect();
    metrics.sort_by(|(a, x), (b, y)| a.total_cmp(b).then_with(|| x.id.cmp(&y.id)));
    Scorecard {
        name: thing::text(facts, "name").to_owned(),
        template: thing::text(facts, "template").to_owned(),
        period: thing::text(facts, "period").to_owned(),
        metrics: metrics.into_iter().map(|(_, metric)| metric).collect(),
        method: Method::from_word(thing::text(facts, "kind")).unwrap_or(Method::Simple),
        equation: thing::text(facts, "equation").to_owned(),
        drop_missing: thing::text(facts, "missing") == "drop",
        version: whole(thing::number(facts, "version")),
    }
}

fn metric(id: &str, facts: &BTreeMap<&str, &Scalar>) -> (f64, Metric) {
    let words = |key: &str| facts.get(key).and_then(|it| it.text()).unwrap_or_default();
    let number = |key: &str| facts.get(key).and_then(|it| it.number());
    let metric = Metric {
        id: id.to_owned(),
        name: words("name").to_owned(),
        description: words("description").to_owned(),
        sequence: Sequence::from_word(words("sequence")).unwrap_or(Sequence::Linear),
        values: values_of(words("values")),
        step: number("step").unwrap_or(1.0),
        low: number("low").unwrap_or(0.0),
        high: number("high").unwrap_or(10.0),
        weight: number("weight").unwrap_or(1.0),
        prefix: words("prefix").to_owned(),
        suffix: words("suffix").to_owned(),
        since: whole(number("since")),
    };
    (number("order").unwrap_or(0.0), metric)
}

fn whole(number: Option<f64>) -> u32 {
    // Casts of floats saturate; versions are small.
    number.unwrap_or_default() as u32
}

/// The registers of a scorecard. What an earlier version had and this one lacks is taken away.
#[must_use]
pub fn registers(card: &Scorecard, before: Option<&Scorecard>) -> Vec<(String, Option<Scalar>)> {
    let words = |text: &str| (!text.is_empty()).then(|| Scalar::from(text));
    let mut values: Vec<(String, Option<Scalar>)> = vec![
        ("name".to_owned(), words(&card.name)),
        ("template".to_owned(), words(&card.template)),
        ("period".to_owned(), words(&card.period)),
        ("kind".to_owned(), words(card.method.word())),
        ("equation".to_owned(), words(&card.equation)),
        (
            "missing".to_owned(),
            words(if card.drop_missing { "drop" } else { "missing" }),
        ),
        ("version".to_owned(), Some(f64::from(card.version).into())),
    ];
    for (order, metric) in card.metrics.iter().enumerate() {
        let listed: Vec<String> = metric.values.iter().map(ToString::to_string).collect();
        let mut put = |key: &str, value: Option<Scalar>| {
            values.push((format!("metric:{}:{key}", metric.id), value));
        };
        put("name", words(&metric.name));
        put("description", words(&metric.description));
        put("sequence", words(metric.sequence.word()));
        put("values", words(&listed.join(", ")));
        put("low", Some(metric.low.into()));
        put("high", Some(metric.high.into()));
        put("step", Some(metric.step.into()));
        put("weight", Some(metric.weight.into()));
        put("prefix", words(&metric.prefix));
        put("suffix", words(&metric.suffix));
        put("order", Some((order as f64).into()));
        put("since", Some(f64::from(metric.since).into()));
        put("removed", None);
    }
    let gone = before.into_iter().flat_map(|before| &before.metrics);
    for metric in gone.filter(|metric| card.metrics.iter().all(|own| own.id != metric.id)) {
        values.push((format!("metric:{}:removed", metric.id), Some(true.into())));
    }
    values
}

/// The registers of a scorecard that differ from an earlier version: what somebody else edits meanwhile is left alone.
#[must_use]
pub fn changes(card: &Scorecard, before: &Scorecard) -> Vec<(String, Option<Scalar>)> {
    let known = registers(before, None);
    let mut changes = registers(card, Some(before));
    changes.retain(|change| !known.contains(change));
    changes
}

/// An item's inputs for a scorecard, in the order of its metrics.
#[must_use]
pub fn inputs(card: &Card, row: &Row) -> Vec<Option<f64>> {
    let of = |metric: &Metric| {
        row.mark(&format!("score:{}:{}", card.id, metric.id))
            .and_then(Scalar::number)
    };
    card.card.metrics.iter().map(of).collect()
}

/// The version of the scorecard that an item was last scored with.
#[must_use]
pub fn scored_with(card: &Card, row: &Row) -> Option<u32> {
    let mark = row.mark(&format!("scored:{}", card.id));
    mark.and_then(Scalar::number).map(|it| whole(Some(it)))
}

/// Whether an item was scored on a scale that has changed since.
#[must_use]
pub fn is_older(card: &Card, row: &Row) -> bool {
    scored_with(card, row).is_some_and(|version| !card.card.older_scale(version).is_empty())
}

/// Gives an item an input, or takes it away, as one step.
#[must_use]
pub fn score_intent(card: &Card, item: ItemId, metric: &Metric, value: Option<f64>) -> Intent {
    let mark = |key: String, value: Option<f64>| Intent::Mark {
        items: vec![item],
        key,
        value: value.map(Into::into),
    };
    Intent::Together {
        name: "score".to_owned(),
        said: format!("{}: {}", card.card.name, metric.name),
        parts: vec![
            mark(format!("score:{}:{}", card.id, metric.id), value),
            mark(
                format!("scored:{}", card.id),
                Some(f64::from(card.card.version)),
            ),
        ],
    }
}

/// The scores of all items by one scorecard.
#[derive(Clone, Debug)]
pub struct Scores {
    /// The scorecard.
    pub card: Card,
    by_item: BTreeMap<ItemId, Result<Score, Missing>>,
    /// What is wrong with its equation.
    pub problem: Option<String>,
}

impl Scores {
    /// Scores items.
    pub fn of<'a>(card: Card, rows: impl Iterator<Item = &'a Arc<Row>>) -> Self {
        let scorer: Result<Scorer, _> = card.card.scorer();
        let (by_item, problem) = match scorer {
            Ok(scorer) => {
                let score = |row: &Arc<Row>| (row.id, scorer.score(&inputs(&card, row)));
                (rows.map(score).collect(), None)
            }
            Err(problem) => (BTreeMap::new(), Some(problem.message)),
        };
        Self {
            card,
            by_item,
            problem,
        }
    }

    /// An item's score to sort by.
    #[must_use]
    pub fn raw(&self, item: ItemId) -> Option<f64> {
        self.by_item.get(&item)?.as_ref().ok().map(|it| it.raw)
    }

    /// An item's score, or why it has none.
    #[must_use]
    pub fn score(&self, item: ItemId) -> Option<&Result<Score, Missing>> {
        self.by_item.get(&item)
    }

    /// An item's score as people read it; a dash where it has none.
    #[must_use]
    pub fn text(&self, item: ItemId) -> String {
        match self.by_item.get(&item) {
            Some(Ok(score)) => self.shown(score),
            Some(Err(_)) | None => "–".to_owned(),
        }
    }

    /// A score as people read it: whole numbers, but for schemes whose scores are small.
    #[must_use]
    pub fn shown(&self, score: &Score) -> String {
        match self.card.card.template.as_str() {
            "rice" | "wsjf" | "ice-average" => score.exact(),
            _ => format!("{}", score.shown()),
        }
    }

    /// The open items of a list with their scores, the highest score first; those without one stay behind in rank order.
    #[must_use]
    pub fn order(&self, list: &[Arc<Row>]) -> Vec<ItemId> {
        let mut order: Vec<(Option<f64>, ItemId)> =
            list.iter().map(|row| (self.raw(row.id), row.id)).collect();
        order.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) => b.total_cmp(a),
            (a, b) => b.is_some().cmp(&a.is_some()),
        });
        order.into_iter().map(|(_, id)| id).collect()
    }
}

#[cfg(test)]
mod tests {
    use shared::planning::score::templates::template;

    use super::*;
    use crate::state::rows::tests::row;

    fn rice() -> Card {
        Card {
            id: "abcdefghijkm".parse().unwrap(),
            card: template("rice").unwrap().card,
        }
    }

    fn stored(card: &Scorecard, before: Option<(&Scorecard, Facts)>) -> Facts {
        let (old, mut facts) = before.map_or((None, Facts::new()), |(card, facts)| {
            (Some(card.clone()), facts)
        });
        for (key, value) in registers(card, old.as_ref()) {
            match value {
                Some(value) => facts.insert(key, value),
                None => facts.remove(&key),
            };
        }
        facts
    }

    #[test]
    fn bt_16_a_scorecard_survives_the_document() {
        let card = rice().card;
        let facts = stored(&card, None);
        assert_eq!(read(&facts), card);
        let mut edited = card.clone();
        edited.metrics.pop();
        edited.metrics.reverse();
        let edited = card.revised(edited);
        assert_eq!(read(&stored(&edited, Some((&card, facts)))), edited);
    }

    #[test]
    fn bt_16_a_renamed_metric_writes_its_name_and_the_equation_and_nothing_else() {
        let card = rice().card;
        let mut edited = card.clone();
        edited.metrics[0].name = "People reached".to_owned();
        let edited = card.revised(edited);
        assert!(edited.scorer().is_ok());
        let changed: Vec<String> = changes(&edited, &card)
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        let name = format!("metric:{}:name", card.metrics[0].id);
        assert_eq!(changed, ["equation", "version", name.as_str()]);
        assert!(changes(&card, &card).is_empty());
    }

    #[test]
    fn bt_16_items_are_scored_by_the_marks_they_have() {
        let card = rice();
        let mut item = row("a", "V");
        for (metric, value) in card.card.metrics.iter().zip([2_000.0, 2.0, 0.8, 3.0]) {
            item.set_mark(
                &format!("score:{}:{}", card.id, metric.id),
                Some(value.into()),
            );
        }
        let (scored, other) = (Arc::new(item), Arc::new(row("b", "W")));
        let list = vec![other.clone(), scored.clone()];
        let scores = Scores::of(card.clone(), list.iter());
        assert_eq!(scores.text(scored.id), "1066.667");
        assert_eq!(scores.text(other.id), "–");
        assert_eq!(scores.order(&list), [scored.id, other.id]);
        assert!(!is_older(&card, &scored));
    }

    #[test]
    fn bt_16_an_equation_that_is_wrong_says_so_and_scores_nothing() {
        let mut card = rice();
        card.card.equation = "reach ×".to_owned();
        let item = Arc::new(row("a", "V"));
        let scores = Scores::of(card, std::iter::once(&item));
        assert!(scores.problem.is_some());
        assert_eq!(scores.raw(item.id), None);
    }
}
