//! The backlog's settings with their defaults, and the words that a team uses for things (PB-14, BT-13, PB-18).

use crate::{
    model::{
        Collection, Facts, Kind, Scalar, Thing, Things,
        item::words,
        thing::{number, text},
    },
    planning::working_days::Calendar,
};

words! {
    /// How a team works; it decides whether sprints are offered (PB-14).
    Method {
        /// In sprints.
        Scrum = "scrum", "Scrum";
        /// In a flow.
        Kanban = "kanban", "Kanban";
        /// Some other way.
        None = "none", "None of these";
    }
}

words! {
    /// What estimates count (BT-13).
    Unit {
        /// Relative effort.
        Points = "points", "Points";
        /// Hours of work.
        Hours = "hours", "Hours";
        /// Days of work.
        Days = "days", "Days";
    }
}

words! {
    /// The values that estimates are chosen from (BT-13).
    Scale {
        /// 0, ½, 1, 2, 3, 5, 8, 13, 21.
        Fibonacci = "fibonacci", "Fibonacci";
        /// 1, 2, 4, 8, 16, 32.
        Powers = "powers", "Powers of two";
        /// XS to XXL.
        Tshirt = "tshirt", "T-shirt sizes";
        /// 1 to 40 hours.
        Hours = "hours", "Hours";
        /// What the team wrote down.
        Custom = "custom", "Your own";
    }
}

words! {
    /// A word that a team may replace by its own (PB-14).
    Term {
        /// A slice of functionality.
        Feature = "feature", "Feature";
        /// What is delivered together.
        Release = "release", "Release";
        /// A span of work.
        Sprint = "sprint", "Sprint";
        /// The unit of effort.
        Points = "points", "Point";
    }
}

/// The days of the week from Monday, as their registers `weekday:*` name them, and as people read them.
pub const WEEKDAYS: [(&str, &str); 7] = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
];

/// What an estimate may be, with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// As people choose it: `8`, `L`.
    pub label: String,
    /// Effort in the backlog's unit.
    pub value: f64,
}

/// How many of the first items are looked at for readiness (PB-17).
pub const TOP: usize = 20;
/// How many of the first items are next up where nobody said (PB-04).
pub const NEXT_UP: usize = 5;
/// Sprints of ready work that are wanted where nobody said (PB-18).
pub const READY_AHEAD: f64 = 2.0;

/// What a team set, or the default.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// How the team works.
    pub method: Method,
    /// What estimates count.
    pub unit: Unit,
    /// The values that estimates are chosen from.
    pub scale: Vec<Step>,
    /// How many of the first items are next up.
    pub next_up: usize,
    /// Effort per sprint, where it was typed.
    pub velocity: Option<f64>,
    /// Sprints of ready work that are wanted.
    pub ready_ahead: f64,
    /// The days that the team works on (BT-12).
    pub calendar: Calendar,
}

impl Settings {
    /// Reads them.
    #[must_use]
    pub fn of(things: &Things) -> Self {
        let none = Facts::new();
        let facts = things.get(&Thing::Product).unwrap_or(&none);
        let scale = Scale::from_word(text(facts, "scale")).unwrap_or(Scale::Fibonacci);
        Self {
            method: Method::from_word(text(facts, "method")).unwrap_or(Method::Scrum),
            unit: Unit::from_word(text(facts, "unit")).unwrap_or(Unit::Points),
            scale: steps(scale, text(facts, "scale_values")),
            next_up: whole(number(facts, "next_up"), NEXT_UP),
            velocity: number(facts, "velocity").filter(|velocity| *velocity > 0.0),
            ready_ahead: text(facts, "process:ready_ahead")
                .parse()
                .ok()
                .filter(|sprints: &f64| sprints.is_finite() && *sprints >= 0.0)
                .unwrap_or(READY_AHEAD),
            calendar: calendar(facts),
        }
    }

    /// Whether sprints are offered.
    #[must_use]
    pub const fn has_sprints(&self) -> bool {
        matches!(self.method, Method::Scrum)
    }

    /// The name of an estimate on a scale of names such as T-shirt sizes; `None` where its number is its name.
    #[must_use]
    pub fn size(&self, estimate: f64) -> Option<&str> {
        let step = self.scale.iter().find(|step| step.value == estimate)?;
        let is_number = step.label.parse::<f64>().is_ok();
        (!is_number).then_some(step.label.as_str())
    }
}

/// The days that a team works on: Monday to Friday where it said nothing, and where it left no day at all.
fn calendar(facts: &Facts) -> Calendar {
    let mut calendar = Calendar::default();
    for ((word, _), works) in WEEKDAYS.iter().zip(&mut calendar.weekdays) {
        if let Some(Scalar::Flag(said)) = facts.get(&format!("weekday:{word}")) {
            *works = *said;
        }
    }
    match calendar.weekdays.contains(&true) {
        true => calendar,
        false => Calendar::default(),
    }
}

/// A number of items from a register.
fn whole(number: Option<f64>, default: usize) -> usize {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the register takes 0 to 1,000"
    )]
    number.map_or(default, |number| number.clamp(0.0, 1_000.0) as usize)
}

/// The values of a scale. A custom one is written as `1, 2, 5` or `S=1, M=3, L=8`; what can't be read is left out.
#[must_use]
pub fn steps(scale: Scale, custom: &str) -> Vec<Step> {
    match scale {
        Scale::Fibonacci => plain(&[0.0, 0.5, 1.0, 2.0, 3.0, 5.0, 8.0, 13.0, 21.0]),
        Scale::Powers => plain(&[1.0, 2.0, 4.0, 8.0, 16.0, 32.0]),
        Scale::Hours => plain(&[1.0, 2.0, 4.0, 8.0, 16.0, 24.0, 40.0]),
        Scale::Tshirt => [
            ("XS", 1.0),
            ("S", 2.0),
            ("M", 3.0),
            ("L", 5.0),
            ("XL", 8.0),
            ("XXL", 13.0),
        ]
        .map(|(label, value)| Step {
            label: label.to_owned(),
            value,
        })
        .into(),
        Scale::Custom => {
            let read: Vec<Step> = custom.split([',', ';']).filter_map(step).collect();
            if read.is_empty() {
                steps(Scale::Fibonacci, "")
            } else {
                read
            }
        }
    }
}

fn plain(values: &[f64]) -> Vec<Step> {
    let step = |value: &f64| Step {
        label: value.to_string(),
        value: *value,
    };
    values.iter().map(step).collect()
}

fn step(text: &str) -> Option<Step> {
    let (label, value) = match text.split_once('=') {
        Some((label, value)) => (label.trim(), value.trim()),
        None => (text.trim(), text.trim()),
    };
    let value: f64 = value.parse().ok()?;
    ((0.0..=1_000_000.0).contains(&value) && !label.is_empty()).then(|| Step {
        label: label.to_owned(),
        value,
    })
}

/// What the team calls one of something: `Feature`, or its own word.
#[must_use]
pub fn term(things: &Things, term: Term) -> String {
    let own = own_word(things, term.word());
    if own.is_empty() {
        match (term, unit(things)) {
            (Term::Points, Unit::Hours) => "Hour".to_owned(),
            (Term::Points, Unit::Days) => "Day".to_owned(),
            (_, _) => term.label().to_owned(),
        }
    } else {
        own.to_owned()
    }
}

/// What the team calls several of something: `Features`, or its own word.
#[must_use]
pub fn terms(things: &Things, term: Term) -> String {
    let own = own_word(things, &format!("{}:many", term.word()));
    if own.is_empty() {
        plural(&self::term(things, term))
    } else {
        own.to_owned()
    }
}

/// What the team calls a type of item.
#[must_use]
pub fn kind(things: &Things, kind: Kind) -> String {
    match kind {
        Kind::Feature => term(things, Term::Feature),
        Kind::Improvement | Kind::Bug | Kind::Technical | Kind::Research | Kind::Story => {
            kind.label().to_owned()
        }
    }
}

/// What the team calls one of the records of a collection.
#[must_use]
pub fn collection(things: &Things, collection: Collection) -> String {
    match collection {
        Collection::Releases => term(things, Term::Release),
        Collection::Sprints => term(things, Term::Sprint),
        other => other.label().to_owned(),
    }
}

/// A text of the app in the team's own words for features, releases and sprints: `Close the sprint` becomes
/// `Close the iteration`. Points are left alone, since charts have points too.
#[must_use]
pub fn in_own_words(things: &Things, text: &str) -> String {
    let mut said = text.to_owned();
    for own in [Term::Feature, Term::Release, Term::Sprint] {
        let usual = own.label();
        let (one, many) = (term(things, own), terms(things, own));
        if one != usual || many != plural(usual) {
            said = replaced(&said, &plural(usual), &many);
            said = replaced(&said, usual, &one);
        }
    }
    said
}

/// A text in which a whole word is replaced, with the capital it has there, and with the article it wants.
fn replaced(text: &str, usual: &str, own: &str) -> String {
    let mut said = String::with_capacity(text.len());
    for piece in text.split_inclusive(|letter: char| !letter.is_alphabetic()) {
        let word = piece.trim_end_matches(|letter: char| !letter.is_alphabetic());
        if !word.eq_ignore_ascii_case(usual) {
            said.push_str(piece);
            continue;
        }
        let own = match word.chars().next() {
            Some(first) if first.is_lowercase() => own.to_lowercase(),
            _ => own.to_owned(),
        };
        let vowel = own.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
        if vowel && (said == "A " || said == "a " || said.ends_with(" a ")) {
            said.insert(said.len() - 1, 'n');
        }
        said.push_str(&own);
        said.push_str(&piece[word.len()..]);
    }
    said
}

fn own_word<'a>(things: &'a Things, word: &str) -> &'a str {
    things
        .get(&Thing::Product)
        .map_or("", |facts| text(facts, &format!("term:{word}")))
}

fn unit(things: &Things) -> Unit {
    things
        .get(&Thing::Product)
        .and_then(|facts| Unit::from_word(text(facts, "unit")))
        .unwrap_or(Unit::Points)
}

/// The English plural of a word, as far as rules go.
#[must_use]
pub fn plural(word: &str) -> String {
    let lower = word.to_lowercase();
    let before = lower.chars().rev().nth(1);
    if lower.ends_with(['s', 'x', 'z']) || lower.ends_with("ch") || lower.ends_with("sh") {
        format!("{word}es")
    } else if lower.ends_with('y') && !before.is_some_and(|letter| "aeiou".contains(letter)) {
        format!("{}ies", &word[..word.len() - 1])
    } else {
        format!("{word}s")
    }
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

    #[test]
    fn pb_14_the_method_decides_on_sprints() {
        assert!(Settings::of(&Things::new()).has_sprints());
        for word in ["kanban", "none"] {
            assert!(!Settings::of(&with(&[("method", word.into())])).has_sprints());
        }
    }

    #[test]
    fn pb_14_terms_replace_words_in_one_and_many() {
        let things = with(&[
            ("term:release", "Delivery".into()),
            ("term:feature", "Box".into()),
            ("term:sprint", "Runde".into()),
            ("term:sprint:many", "Runden".into()),
        ]);
        let both = |own| (term(&things, own), terms(&things, own));
        let pair = |one: &str, many: &str| (one.to_owned(), many.to_owned());
        assert_eq!(both(Term::Release), pair("Delivery", "Deliveries"));
        assert_eq!(both(Term::Feature), pair("Box", "Boxes"));
        assert_eq!(both(Term::Sprint), pair("Runde", "Runden"));
        assert_eq!(both(Term::Points), pair("Point", "Points"));
        let hours = with(&[("unit", "hours".into())]);
        assert_eq!(terms(&hours, Term::Points), "Hours");
        assert_eq!(plural("Day"), "Days");
    }

    #[test]
    fn pb_14_texts_of_the_app_use_the_own_words() {
        let things = with(&[
            ("term:release", "Delivery".into()),
            ("term:sprint", "Iteration".into()),
        ]);
        let said = |text| in_own_words(&things, text);
        assert_eq!(said("Close the sprint…"), "Close the iteration…");
        assert_eq!(said("Sprints of ready work"), "Iterations of ready work");
        assert_eq!(
            said("larger than a sprint, or a release"),
            "larger than an iteration, or a delivery"
        );
        assert_eq!(said("A sprint is released"), "An iteration is released");
        let usual = "All features of a sprint.";
        assert_eq!(in_own_words(&Things::new(), usual), usual);
    }

    #[test]
    fn bt_13_scales_have_names_and_values() {
        let settings = Settings::of(&with(&[("scale", "tshirt".into())]));
        assert_eq!(settings.size(5.0), Some("L"));
        assert_eq!(settings.size(4.0), None);
        let custom = with(&[
            ("scale", "custom".into()),
            ("scale_values", "S=1, 2; huge=100, x, -3, =4, nan".into()),
        ]);
        let settings = Settings::of(&custom);
        let read: Vec<(&str, f64)> = settings
            .scale
            .iter()
            .map(|step| (step.label.as_str(), step.value))
            .collect();
        assert_eq!(read, [("S", 1.0), ("2", 2.0), ("huge", 100.0)]);
        assert_eq!(settings.size(2.0), None);
        assert_eq!(steps(Scale::Custom, "?"), steps(Scale::Fibonacci, ""));
    }

    #[test]
    fn bt_12_the_team_says_which_days_it_works_on() {
        let calendar = |facts: &[(&str, Scalar)]| Settings::of(&with(facts)).calendar;
        assert_eq!(calendar(&[]), Calendar::default());
        let own = calendar(&[
            ("weekday:fri", false.into()),
            ("weekday:sun", true.into()),
            ("weekday:mon", "no".into()),
        ]);
        assert_eq!(own.weekdays, [true, true, true, true, false, false, true]);
        // A team that works on no day at all made a mistake: charts and limits go on.
        let none = WEEKDAYS.map(|(word, _)| (format!("weekday:{word}"), Scalar::from(false)));
        let none = none
            .each_ref()
            .map(|(key, off)| (key.as_str(), off.clone()));
        assert_eq!(calendar(&none), Calendar::default());
    }

    #[test]
    fn pb_18_settings_have_defaults_and_survive_nonsense() {
        let settings = Settings::of(&with(&[
            ("next_up", 0.0.into()),
            ("velocity", 0.0.into()),
            ("process:ready_ahead", "many".into()),
        ]));
        assert_eq!(settings.next_up, 0);
        assert_eq!(settings.velocity, None);
        assert_eq!(settings.ready_ahead, READY_AHEAD);
        let none = Settings::of(&Things::new());
        assert_eq!((none.next_up, none.unit), (NEXT_UP, Unit::Points));
    }
}
