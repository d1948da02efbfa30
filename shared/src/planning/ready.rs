//! The Definition of Ready: a list of checks that people can change, and how many of them an item passes
//! (`formulas.md` §5.12, PB-06, PB-32, PB-33).

use serde::{Deserialize, Serialize};

use super::round::nine;
use crate::model::{Kind, item::words};

words! {
    /// What a check asks.
    Rule {
        /// It has a description.
        Description = "description", "Has a description";
        /// It says why it is needed and by whom.
        Benefit = "benefit", "Says for whom and why";
        /// Its type was chosen.
        Type = "type", "Has a type";
        /// It is linked to an initiative or goal.
        Aligned = "aligned", "Linked to a goal or initiative";
        /// It has an estimate.
        Estimate = "estimate", "Has an estimate";
        /// It has a business value.
        Value = "value", "Has a business value";
        /// It says what users should experience.
        Experience = "experience", "Has a desired experience";
        /// It has acceptance criteria.
        Criteria = "criteria", "Has acceptance criteria";
        /// Each of its acceptance criteria can be tested.
        Testable = "testable", "Criteria can be tested";
        /// It names the problem that it solves.
        Problem = "problem", "Names the problem";
        /// Its estimate is younger than its last change of scope and the threshold.
        EstimateCurrent = "estimate-current", "Estimate is current";
        /// Nothing blocks it.
        Unblocked = "unblocked", "Nothing blocks it";
        /// It fits a release.
        FitsRelease = "fits-release", "Fits one release";
        /// It is told as a story.
        Story = "story", "Told as a story";
        /// It fits a sprint.
        FitsSprint = "fits-sprint", "Small enough for a sprint";
        /// The questions of INVEST are answered.
        Invest = "invest", "INVEST is answered";
        /// What it depends on is done or in its sprint.
        DependenciesMet = "dependencies", "Dependencies are met";
        /// Nothing has to be answered first.
        NoQuestions = "questions", "No open questions";
    }
}

/// How far an item has come when a check begins to apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// In the product backlog.
    Product,
    /// In a release.
    Release,
    /// In a sprint.
    Sprint,
}

impl Stage {
    /// Every stage in order.
    pub const ALL: &[Self] = &[Self::Product, Self::Release, Self::Sprint];

    /// The word of the setting.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Product => "product",
            Self::Release => "release",
            Self::Sprint => "sprint",
        }
    }

    /// The stage of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|stage| stage.word() == word).copied()
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Check {
    /// Names it in settings.
    pub id: String,
    /// What people read.
    pub label: String,
    /// The types that it applies to; all when empty.
    pub kinds: Vec<Kind>,
    /// From which stage on it applies.
    pub stage: Stage,
    /// Whether an item is not ready without it; advisory otherwise.
    pub required: bool,
    /// What it asks.
    pub rule: Rule,
}

/// The checks of a backlog whose people changed none.
#[must_use]
pub fn default_checks() -> Vec<Check> {
    let check = |rule: Rule, stage: Stage, required: bool| Check {
        id: rule.word().to_owned(),
        label: rule.label().to_owned(),
        kinds: if matches!(rule, Rule::Story | Rule::Invest) {
            vec![Kind::Story]
        } else {
            Vec::new()
        },
        stage,
        required,
        rule,
    };
    vec![
        check(Rule::Description, Stage::Product, true),
        check(Rule::Benefit, Stage::Product, true),
        check(Rule::Type, Stage::Product, true),
        check(Rule::Aligned, Stage::Product, true),
        check(Rule::Estimate, Stage::Product, true),
        check(Rule::Criteria, Stage::Release, true),
        check(Rule::Problem, Stage::Release, true),
        check(Rule::EstimateCurrent, Stage::Release, true),
        check(Rule::Unblocked, Stage::Release, true),
        check(Rule::FitsRelease, Stage::Release, true),
        check(Rule::Story, Stage::Sprint, true),
        check(Rule::Testable, Stage::Sprint, true),
        check(Rule::FitsSprint, Stage::Sprint, true),
        check(Rule::DependenciesMet, Stage::Sprint, true),
        check(Rule::NoQuestions, Stage::Sprint, true),
        check(Rule::Invest, Stage::Sprint, true),
        check(Rule::Experience, Stage::Release, false),
        check(Rule::Value, Stage::Product, false),
    ]
}

/// What is known of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Facts {
    /// Has a description.
    pub described: bool,
    /// Says why it is needed.
    pub benefit: bool,
    /// Says who needs it.
    pub for_whom: bool,
    /// Is linked to a goal or initiative that is pursued.
    pub aligned: bool,
    /// Its estimate.
    pub estimate: Option<f64>,
    /// Has a business value.
    pub value: bool,
    /// Says what users should experience.
    pub experience: bool,
    /// How many acceptance criteria it has.
    pub criteria: u32,
    /// How many of them can't be tested: see [`is_testable`].
    pub vague_criteria: u32,
    /// How many of the [`INVEST_QUESTIONS`] were answered.
    pub invest: u32,
    /// Names its problem.
    pub problem: bool,
    /// Whether its estimate is too old, or older than its last change of scope.
    pub estimate_outdated: bool,
    /// Whether something blocks it.
    pub blocked: bool,
    /// The capacity of its release, where it has one.
    pub release_capacity: Option<f64>,
    /// The largest story that fits a sprint: half the velocity unless set.
    pub largest_story: Option<f64>,
    /// How many open items outside its sprint it depends on.
    pub open_dependencies: u32,
    /// Whether something has to be answered first.
    pub question: bool,
}

/// Independent, negotiable, valuable, estimable, small, testable.
pub const INVEST_QUESTIONS: u32 = 6;

/// Whether a criterion can be tested: told as Given … When … Then …, or a line of a checklist that states something, in
/// three words at least and not as a question. It judges the form, not the sense.
#[must_use]
pub fn is_testable(criterion: &str) -> bool {
    let lower = criterion.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let at = |wanted: &str| words.iter().position(|word| *word == wanted);
    if let (Some(given), Some(when), Some(then)) = (at("given"), at("when"), at("then"))
        && given == 0
    {
        // Each part says something.
        return given + 1 < when && when + 1 < then && then + 1 < words.len();
    }
    words.len() >= 3 && !criterion.trim_end().ends_with('?')
}

fn passes(rule: Rule, facts: &Facts) -> bool {
    let fits = |limit: Option<f64>| match (facts.estimate, limit) {
        (Some(estimate), Some(limit)) => nine(estimate) <= nine(limit),
        (Some(_), None) => true,
        (None, _) => false,
    };
    match rule {
        Rule::Description => facts.described,
        Rule::Benefit => facts.benefit && facts.for_whom,
        Rule::Story => facts.for_whom && facts.benefit,
        Rule::Type => true,
        Rule::Aligned => facts.aligned,
        Rule::Estimate => facts.estimate.is_some(),
        Rule::Value => facts.value,
        Rule::Experience => facts.experience,
        Rule::Criteria => facts.criteria > 0,
        Rule::Testable => facts.criteria > 0 && facts.vague_criteria == 0,
        Rule::Invest => facts.invest >= INVEST_QUESTIONS,
        Rule::Problem => facts.problem,
        Rule::EstimateCurrent => facts.estimate.is_some() && !facts.estimate_outdated,
        Rule::Unblocked => !facts.blocked,
        Rule::FitsRelease => fits(facts.release_capacity),
        Rule::FitsSprint => fits(facts.largest_story),
        Rule::DependenciesMet => facts.open_dependencies == 0,
        Rule::NoQuestions => !facts.question,
    }
}

/// A check that an item does not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lack {
    /// What people read.
    pub label: String,
    /// What it asks.
    pub rule: Rule,
    /// From which stage on it applies.
    pub stage: Stage,
    /// Whether the item is not ready without it.
    pub required: bool,
}

/// How ready an item is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meter {
    /// Required checks that it passes.
    pub passed: usize,
    /// Required checks that apply.
    pub of: usize,
    /// What it does not pass, required or not.
    pub lacks: Vec<Lack>,
}

impl Meter {
    /// The labels of the required checks that it does not pass.
    #[must_use]
    pub fn missing(&self) -> Vec<String> {
        self.labels(true)
    }

    /// The labels of the advisory checks that it does not pass.
    #[must_use]
    pub fn advised(&self) -> Vec<String> {
        self.labels(false)
    }

    fn labels(&self, required: bool) -> Vec<String> {
        let lacks = self.lacks.iter().filter(|lack| lack.required == required);
        lacks.map(|lack| lack.label.clone()).collect()
    }

    /// Whether every required check is passed.
    #[must_use]
    pub const fn is_ready(&self) -> bool {
        self.passed == self.of
    }

    /// Raw, shaped or ready: computed, not typed in (PB-06).
    #[must_use]
    pub const fn shape(&self) -> &'static str {
        if self.is_ready() {
            "Ready"
        } else if self.passed * 2 >= self.of {
            "Shaped"
        } else {
            "Raw"
        }
    }
}

/// How ready an item of a type is at a stage.
#[must_use]
pub fn meter(checks: &[Check], kind: Kind, stage: Stage, facts: &Facts) -> Meter {
    let applies = |check: &&Check| {
        check.stage <= stage && (check.kinds.is_empty() || check.kinds.contains(&kind))
    };
    let mut meter = Meter {
        passed: 0,
        of: 0,
        lacks: Vec::new(),
    };
    for check in checks.iter().filter(applies) {
        let passed = passes(check.rule, facts);
        if check.required {
            meter.of += 1;
            meter.passed += usize::from(passed);
        }
        if !passed {
            meter.lacks.push(Lack {
                label: check.label.clone(),
                rule: check.rule,
                stage: check.stage,
                required: check.required,
            });
        }
    }
    meter
}

/// How many sprints of ready work stand at the top: the sum of ready items before the first that is not, by velocity.
/// `None` without a velocity.
#[must_use]
pub fn ready_ahead(
    top: impl Iterator<Item = (bool, Option<f64>)>,
    velocity: Option<f64>,
) -> Option<f64> {
    let velocity = velocity.filter(|velocity| nine(*velocity) > 0.0)?;
    let ready: f64 = top
        .take_while(|(ready, _)| *ready)
        .map(|(_, estimate)| estimate.unwrap_or_default())
        .sum();
    Some(nine(ready / velocity))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole() -> Facts {
        Facts {
            described: true,
            benefit: true,
            for_whom: true,
            aligned: true,
            estimate: Some(3.0),
            criteria: 1,
            problem: true,
            ..Facts::default()
        }
    }

    #[test]
    fn pb_32_the_meter_says_what_is_missing() {
        let checks = default_checks();
        let facts = Facts {
            aligned: false,
            described: false,
            ..whole()
        };
        let meter = meter(&checks, Kind::Feature, Stage::Product, &facts);
        assert_eq!((meter.passed, meter.of), (3, 5));
        assert_eq!(
            meter.missing(),
            ["Has a description", "Linked to a goal or initiative"]
        );
        assert_eq!(meter.advised(), ["Has a business value"]);
        assert_eq!(meter.shape(), "Shaped");
    }

    #[test]
    fn bt_37_later_stages_ask_more() {
        let checks = default_checks();
        let facts = Facts {
            criteria: 0,
            release_capacity: Some(2.0),
            ..whole()
        };
        let product = meter(&checks, Kind::Feature, Stage::Product, &facts);
        assert!(product.is_ready());
        let release = meter(&checks, Kind::Feature, Stage::Release, &facts);
        assert_eq!(
            release.missing(),
            ["Has acceptance criteria", "Fits one release"]
        );
        let story = Facts {
            largest_story: Some(2.0),
            question: true,
            ..whole()
        };
        let sprint = meter(&checks, Kind::Story, Stage::Sprint, &story);
        assert_eq!(
            sprint.missing(),
            [
                "Small enough for a sprint",
                "No open questions",
                "INVEST is answered"
            ]
        );
    }

    #[test]
    fn pb_33_an_outdated_estimate_is_not_current() {
        let checks = default_checks();
        let facts = Facts {
            estimate_outdated: true,
            ..whole()
        };
        let meter = meter(&checks, Kind::Feature, Stage::Release, &facts);
        assert_eq!(meter.missing(), ["Estimate is current"]);
    }

    #[test]
    fn pb_32_criteria_are_testable_as_scenarios_or_as_statements() {
        for criterion in [
            "Given a room, when somebody leaves, then the others see it",
            "GIVEN a room WHEN it is empty THEN it closes",
            "Works on a phone",
        ] {
            assert!(is_testable(criterion), "{criterion}");
        }
        for criterion in [
            "",
            "fast",
            "nice and",
            "Should it be fast?",
            "Given when then",
            "Given a room when somebody leaves then",
        ] {
            assert!(!is_testable(criterion), "{criterion}");
        }
        let story = |vague_criteria, invest| Facts {
            vague_criteria,
            invest,
            ..whole()
        };
        let missing = |facts: &Facts| {
            let meter = meter(&default_checks(), Kind::Story, Stage::Sprint, facts);
            meter.missing()
        };
        assert!(missing(&story(0, 6)).is_empty());
        assert_eq!(missing(&story(1, 6)), ["Criteria can be tested"]);
        assert_eq!(missing(&story(0, 5)), ["INVEST is answered"]);
    }

    #[test]
    fn pb_06_nothing_but_a_title_is_raw() {
        let meter = meter(
            &default_checks(),
            Kind::Feature,
            Stage::Product,
            &Facts::default(),
        );
        assert_eq!((meter.shape(), meter.passed), ("Raw", 1));
        assert!(super::meter(&[], Kind::Bug, Stage::Sprint, &Facts::default()).is_ready());
    }

    #[test]
    fn pb_18_ready_ahead_counts_sprints_of_ready_work_at_the_top() {
        let top = [
            (true, Some(8.0)),
            (true, None),
            (true, Some(7.0)),
            (false, Some(5.0)),
            (true, Some(30.0)),
        ];
        assert_eq!(ready_ahead(top.into_iter(), Some(10.0)), Some(1.5));
        assert_eq!(ready_ahead(top.into_iter(), Some(0.0)), None);
        assert_eq!(ready_ahead(top.into_iter(), None), None);
    }
}
