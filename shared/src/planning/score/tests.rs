use proptest::prelude::*;

use super::*;
use templates::template;

fn score(id: &str, inputs: &[f64]) -> Score {
    let inputs: Vec<Option<f64>> = inputs.iter().copied().map(Some).collect();
    template(id)
        .unwrap()
        .card
        .scorer()
        .unwrap()
        .score(&inputs)
        .unwrap()
}

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 5e-4, "{found} is not {expected}");
}

#[test]
fn formulas_5_2_rice_vectors() {
    near(score("rice", &[2000.0, 2.0, 0.8, 3.0]).raw, 1066.667);
    near(score("rice", &[5000.0, 0.5, 1.0, 1.0]).raw, 2500.0);
    near(score("rice", &[500.0, 1.0, 0.5, 2.0]).raw, 125.0);
    assert_eq!(score("rice", &[2000.0, 2.0, 0.8, 3.0]).exact(), "1066.667");
}

#[test]
fn formulas_5_2_low_confidence_is_a_moonshot() {
    let card = template("rice").unwrap().card;
    let notes = |confidence| card.notes(&[Some(1.0), Some(1.0), Some(confidence), Some(1.0)]);
    assert!(notes(0.5).is_empty());
    assert_eq!(notes(0.4), ["Moonshot: confidence is below 50 %"]);
    let small = card.notes(&[Some(1.0), Some(1.0), Some(1.0), Some(0.4)]);
    assert_eq!(small, ["Effort is outside its range"]);
}

#[test]
fn formulas_5_3_wsjf_vectors() {
    near(score("wsjf", &[8.0, 5.0, 3.0, 5.0]).raw, 3.2);
    near(score("wsjf", &[13.0, 8.0, 2.0, 8.0]).raw, 2.875);
    near(score("wsjf", &[3.0, 13.0, 8.0, 3.0]).raw, 8.0);
}

#[test]
fn formulas_5_3_each_column_needs_a_one() {
    let card = template("wsjf").unwrap().card;
    let items = vec![
        vec![Some(1.0), Some(3.0), None, Some(2.0)],
        vec![Some(5.0), Some(1.0), None, Some(3.0)],
    ];
    assert_eq!(
        card.warnings(&items),
        ["No item has a 1 in Job size: the smallest one should be 1"]
    );
    assert!(template("rice").unwrap().card.warnings(&items).is_empty());
}

#[test]
fn formulas_5_4_ice_vector() {
    assert_eq!(score("ice", &[8.0, 6.0, 9.0]).raw, 432.0);
    near(score("ice-average", &[8.0, 6.0, 9.0]).raw, 7.667);
}

#[test]
fn formulas_5_5_product_value_vectors() {
    let first = score("product-value", &[8.0, 7.0, 9.0, 5.0, 0.8]);
    near(first.raw, 15.2);
    assert_eq!(first.shown(), 16.0);
    let second = score("product-value", &[2.0, 3.0, 1.0, 9.0, 0.5]);
    assert_eq!((second.raw, second.shown()), (-1.5, -1.0));
}

/// Five metrics from 1 to 5 with the weights of the vector.
fn weighted() -> Scorecard {
    let mut card = template("weighted").unwrap().card;
    let weights = [30.0, 25.0, 20.0, -15.0, 10.0];
    let metric = |(index, weight): (usize, &f64)| Metric {
        weight: *weight,
        ..Metric::new(&index.to_string(), &format!("M{index}"), 1.0, 5.0)
    };
    card.metrics = weights.iter().enumerate().map(metric).collect();
    card
}

#[test]
fn formulas_5_6_normalised_vector() {
    let inputs = [4.0, 3.0, 5.0, 2.0, 1.0].map(Some);
    let score = weighted().scorer().unwrap().score(&inputs).unwrap();
    assert_eq!(score.raw, 66.25);
}

#[test]
fn formulas_5_6_missing_inputs_drop_out_or_make_it_missing() {
    let inputs = [Some(4.0), None, Some(5.0), Some(2.0), None];
    let mut card = weighted();
    let missing = Missing::Inputs(vec!["M1".into(), "M4".into()]);
    assert_eq!(card.scorer().unwrap().score(&inputs), Err(missing));
    card.drop_missing = true;
    let score = card.scorer().unwrap().score(&inputs).unwrap();
    assert_eq!((score.given, score.asked), (3, 5));
    near(score.raw, 100.0 * (30.0 * 0.75 + 20.0 + 15.0 * 0.75) / 65.0);
    assert!(card.scorer().unwrap().score(&[None; 5]).is_err());
}

#[test]
fn formulas_5_5_a_score_without_its_inputs_says_which() {
    let scorer = template("rice").unwrap().card.scorer().unwrap();
    let missing = scorer
        .score(&[Some(1.0), None, Some(1.0), None])
        .unwrap_err();
    assert_eq!(missing.to_string(), "needs Impact, Effort");
    let zero = scorer.score(&[Some(1.0), Some(1.0), Some(1.0), Some(0.0)]);
    assert_eq!(zero, Err(Missing::DivisionByZero));
}

#[test]
fn formulas_5_5_the_simple_equation_is_a_weighted_sum() {
    let mut card = weighted();
    card.method = Method::Simple;
    let score = card.scorer().unwrap().score(&[1.0; 5].map(Some)).unwrap();
    assert_eq!(score.raw, 70.0);
    assert_eq!(
        card.formula(),
        "30 × M0 + 25 × M1 + 20 × M2 − 15 × M3 + 10 × M4"
    );
    card.metrics[1].weight = 0.0;
    let without = [Some(1.0), None, Some(1.0), Some(1.0), Some(1.0)];
    assert_eq!(card.scorer().unwrap().score(&without).unwrap().raw, 45.0);
}

#[test]
fn formulas_5_5_every_template_is_well_formed() {
    for template in templates::templates() {
        let scorer = template.card.scorer().unwrap();
        let high: Vec<_> = template
            .card
            .metrics
            .iter()
            .map(|metric| Some(metric.high))
            .collect();
        assert!(
            scorer.score(&high).unwrap().raw.is_finite(),
            "{}",
            template.id
        );
        assert_eq!(template.card.template, template.id);
        assert!(
            template
                .card
                .metrics
                .iter()
                .all(|metric| !metric.description.is_empty())
        );
    }
}

#[test]
fn formulas_5_5_sequences() {
    let metric = |sequence, high| Metric {
        sequence,
        ..Metric::new("m", "M", 0.0, high)
    };
    assert_eq!(
        metric(Sequence::Powers, 16.0).choices(),
        [0.0, 1.0, 2.0, 4.0, 8.0, 16.0]
    );
    assert_eq!(
        metric(Sequence::Fibonacci, 13.0).choices(),
        [0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0]
    );
    assert_eq!(
        metric(Sequence::Linear, 3.0).choices(),
        [0.0, 1.0, 2.0, 3.0]
    );
    assert_eq!(metric(Sequence::Linear, 1e9).choices(), [] as [f64; 0]);
    let own = Metric {
        values: values_of("3, 2; 1 x 0.5 99"),
        ..metric(Sequence::Custom, 3.0)
    };
    assert_eq!(own.choices(), [0.5, 1.0, 2.0, 3.0]);
    let tenths = Metric {
        step: 0.1,
        ..metric(Sequence::Linear, 1.0)
    };
    assert_eq!(tenths.choices().len(), 11);
    let endless = Metric {
        step: f64::NAN,
        ..metric(Sequence::Linear, f64::INFINITY)
    };
    assert_eq!(endless.choices(), [] as [f64; 0]);
}

#[test]
fn values_are_read_as_they_are_shown() {
    let percent = Metric {
        suffix: "%".into(),
        ..Metric::new("c", "Confidence", 0.0, 1.0)
    };
    assert_eq!(percent.text(0.8), "80 %");
    assert_eq!(percent.read("80 %"), Some(0.8));
    assert_eq!(percent.read("120"), None);
    let money = Metric {
        prefix: "$".into(),
        suffix: "k".into(),
        ..Metric::new("v", "Value", 0.0, 500.0)
    };
    assert_eq!(money.text(2.5), "$2.5k");
    assert_eq!(money.read("$2.5k"), Some(2.5));
    assert_eq!(money.read("2.5"), Some(2.5));
    assert_eq!(money.read("much"), None);
}

#[test]
fn formulas_5_5_a_changed_scale_marks_what_was_scored_before() {
    let card = template("product-value").unwrap().card;
    assert!(card.older_scale(1).is_empty());
    let mut edited = card.clone();
    edited.metrics[1].high = 5.0;
    let revised = card.revised(edited);
    assert_eq!(revised.version, 2);
    assert_eq!(revised.older_scale(1), [1]);
    assert!(revised.older_scale(2).is_empty());

    let mut other = revised.clone();
    other.equation = "Need".into();
    let recomputed = revised.revised(other);
    assert_eq!(recomputed.version, 3);
    assert!(recomputed.older_scale(2).is_empty());
    let mut renamed = recomputed.clone();
    renamed.name = "Value".into();
    assert_eq!(recomputed.revised(renamed).version, 3);
}

proptest! {
    #[test]
    fn normalised_scores_are_between_0_and_100(
        inputs in prop::collection::vec(prop::option::of(-10.0..20.0_f64), 5),
        drop_missing in any::<bool>(),
    ) {
        let card = Scorecard { drop_missing, ..weighted() };
        match card.scorer().unwrap().score(&inputs) {
            Ok(score) => prop_assert!((0.0..=100.0).contains(&round::nine(score.raw))),
            Err(missing) => prop_assert!(matches!(missing, Missing::Inputs(_))),
        }
    }

    #[test]
    fn a_higher_benefit_never_lowers_a_score(inputs in prop::collection::vec(1.0..5.0_f64, 5), more in 0.0..1.0_f64) {
        let scorer = weighted().scorer().unwrap();
        let score = |inputs: &[f64]| {
            let inputs: Vec<_> = inputs.iter().copied().map(Some).collect();
            scorer.score(&inputs).unwrap().raw
        };
        let mut better = inputs.clone();
        better[0] += more;
        prop_assert!(score(&better) >= score(&inputs));
        let mut costlier = inputs.clone();
        costlier[3] += more;
        prop_assert!(score(&costlier) <= score(&inputs));
    }
}
