//! Scorecards to begin with: product value, RICE, WSJF, ICE. People change them as they like.

use super::{Method, Metric, Scorecard, Sequence};

/// The id of the template for RICE.
pub const RICE: &str = "rice";
/// The id of the template for WSJF.
pub const WSJF: &str = "wsjf";

/// A scorecard to begin with.
#[derive(Clone, Debug, PartialEq)]
pub struct Template {
    /// What it is known by; [`Scorecard::template`] of cards made from it.
    pub id: &'static str,
    /// When to use it, and what to beware of.
    pub help: &'static str,
    /// The scorecard.
    pub card: Scorecard,
}

/// Every template, in the order people are offered them.
#[must_use]
pub fn templates() -> Vec<Template> {
    vec![
        product_value(),
        rice(),
        wsjf(),
        ice(),
        ice_average(),
        weighted(),
    ]
}

/// The template with an id.
#[must_use]
pub fn template(id: &str) -> Option<Template> {
    templates().into_iter().find(|template| template.id == id)
}

fn template_of(
    id: &'static str,
    name: &str,
    help: &'static str,
    equation: &str,
    metrics: Vec<Metric>,
) -> Template {
    let card = Scorecard {
        name: name.to_owned(),
        template: id.to_owned(),
        period: String::new(),
        metrics,
        method: if equation.is_empty() {
            Method::Normalised
        } else {
            Method::Equation
        },
        equation: equation.to_owned(),
        drop_missing: false,
        version: 1,
    };
    Template { id, help, card }
}

fn metric(name: &str, description: &str, low: f64, high: f64) -> Metric {
    let id = name.to_lowercase().replace([' ', '-', '/'], "_");
    Metric {
        description: description.to_owned(),
        since: 1,
        ..Metric::new(&id, name, low, high)
    }
}

fn custom(metric: Metric, values: &[f64]) -> Metric {
    Metric {
        sequence: Sequence::Custom,
        values: values.to_vec(),
        ..metric
    }
}

fn percent(metric: Metric) -> Metric {
    Metric {
        suffix: "%".to_owned(),
        step: 0.1,
        ..metric
    }
}

fn product_value() -> Template {
    template_of(
        "product-value",
        "Product value",
        "What an item is worth to whom, less what it takes, by how sure you are.",
        "(1.0 * Population + 1.0 * Need + 1.0 * Strategy - 1.0 * Effort) * Confidence",
        vec![
            metric(
                "Population",
                "How many of your users it is for: 0 nobody, 10 everybody",
                0.0,
                10.0,
            ),
            metric(
                "Need",
                "How badly they need it: 0 not at all, 10 can't work without",
                0.0,
                10.0,
            ),
            metric(
                "Strategy",
                "How much it serves your goals: 0 not at all, 10 one can't be reached without",
                0.0,
                10.0,
            ),
            metric(
                "Effort",
                "What it takes: 0 nothing, 10 the most you would ever take on",
                0.0,
                10.0,
            ),
            percent(metric(
                "Confidence",
                "How sure you are of the other numbers",
                0.0,
                1.0,
            )),
        ],
    )
}

fn rice() -> Template {
    let impact = metric(
        "Impact",
        "On each of them: 3 massive, 2 high, 1 medium, 0.5 low, 0.25 minimal",
        0.25,
        3.0,
    );
    let confidence = metric(
        "Confidence",
        "100 % high, 80 % medium, 50 % low; below that it is a moonshot",
        0.0,
        1.0,
    );
    let effort = metric("Effort", "Person-months, at least half a one", 0.5, 1e6);
    let mut template = template_of(
        RICE,
        "RICE",
        "Reach × impact × confidence ÷ effort. Count reach in the same period for every item.",
        "Reach * Impact * Confidence / Effort",
        vec![
            metric("Reach", "People or events in the period", 0.0, 1e9),
            custom(impact, &[3.0, 2.0, 1.0, 0.5, 0.25]),
            custom(percent(confidence), &[1.0, 0.8, 0.5]),
            Metric {
                step: 0.5,
                ..effort
            },
        ],
    );
    "quarter".clone_into(&mut template.card.period);
    template
}

fn wsjf() -> Template {
    let column = |name: &str, description: &str| {
        custom(
            metric(name, description, 1.0, 20.0),
            &[1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 20.0],
        )
    };
    template_of(
        WSJF,
        "WSJF",
        "Cost of delay ÷ job size, relative within the set: the smallest in each column is 1. A sum of relative sizes \
         is not a real cost of delay, and stories are too small for it: use it to start a conversation about features.",
        "(\"User-business value\" + Time criticality + \"Risk reduction\") / Job size",
        vec![
            column(
                "User-business value",
                "What it is worth to users and to the business, beside the others",
            ),
            column("Time criticality", "How fast that value decays"),
            column(
                "Risk reduction",
                "Which risks it lowers or opportunities it opens",
            ),
            column("Job size", "How long it takes, beside the others"),
        ],
    )
}

fn ice_metrics() -> Vec<Metric> {
    vec![
        metric("Impact", "What it changes if it works", 1.0, 10.0),
        metric("Confidence", "How sure you are that it works", 1.0, 10.0),
        metric("Ease", "How easy it is: 10 is done in an hour", 1.0, 10.0),
    ]
}

fn ice() -> Template {
    template_of(
        "ice",
        "ICE",
        "Impact × confidence × ease, 1 to 1000. Quick, for many small ideas.",
        "Impact * Confidence * Ease",
        ice_metrics(),
    )
}

fn ice_average() -> Template {
    template_of(
        "ice-average",
        "ICE (average)",
        "The mean of impact, confidence and ease, 1 to 10.",
        "(Impact + Confidence + Ease) / 3",
        ice_metrics(),
    )
}

fn weighted() -> Template {
    let weighted = |name: &str, description: &str, weight: f64| Metric {
        weight,
        ..metric(name, description, 1.0, 5.0)
    };
    template_of(
        "weighted",
        "Weighted 0–100",
        "Your own metrics on one scale, each by its weight; costs have a negative one.",
        "",
        vec![
            weighted("Customer value", "1 nobody asked, 5 many need it", 40.0),
            weighted(
                "Strategic fit",
                "1 beside our goals, 5 a goal depends on it",
                30.0,
            ),
            weighted("Effort", "1 hours, 5 months", -30.0),
        ],
    )
}
