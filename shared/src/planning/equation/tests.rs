use proptest::prelude::*;

use super::*;

const NAMES: [&str; 5] = ["Population", "Need", "User-business value", "Effort", "Min"];

fn value(text: &str, inputs: &[Option<f64>]) -> Result<f64, Missing> {
    Equation::parse(text, &NAMES).unwrap().value(inputs)
}

fn of(text: &str) -> f64 {
    value(
        text,
        &[Some(8.0), Some(7.0), Some(9.0), Some(5.0), Some(1.0)],
    )
    .unwrap()
}

fn wrong(text: &str) -> (usize, usize, String) {
    let problem = Equation::parse(text, &NAMES).unwrap_err();
    (problem.from, problem.to, problem.message)
}

#[test]
fn formulas_5_5_grammar() {
    for (text, expected) in [
        ("1 + 2 * 3", 7.0),
        ("(1 + 2) * 3", 9.0),
        ("10 - 2 - 3", 5.0),
        ("12 / 3 / 2", 2.0),
        ("-2 * -3 + +1", 7.0),
        ("2 × 3 ÷ 4 − 1", 0.5),
        (".5 + 1.", 1.5),
        ("min(3, 1, 2) + max(3, 1, 2)", 4.0),
        ("round(2.5) + ceil(2.1) + abs(-2)", 8.0),
        ("ceil((0.1 + 0.2) * 10)", 3.0),
        ("if(2 > 1, 5, 7)", 5.0),
        ("IF(1 >= 2, 5, 7)", 7.0),
        ("(1 < 2) + (2 <= 2) + (3 != 3) + (0.1 + 0.2 = 0.3)", 3.0),
        ("Population + need * EFFORT", 43.0),
        ("\"User-business value\" / 3", 3.0),
        (
            "user_business_value + User business value + [User-Business Value]",
            27.0,
        ),
        ("\"Min\" + min(4, 5)", 5.0),
        ("-(8 - 8)", 0.0),
    ] {
        assert_eq!(of(text), expected, "{text}");
    }
}

#[test]
fn formulas_5_5_problems_say_where_and_what_to_do() {
    for (text, from, to, says) in [
        ("", 0, 0, "Write an equation"),
        ("Need * Efort", 7, 12, "Did you mean “Effort”?"),
        ("Need * Cost", 7, 11, "There is no metric “Cost”"),
        ("Need Effort", 0, 11, "There is no metric “Need Effort”"),
        ("2 Need", 2, 6, "A sign is missing"),
        ("(Need + 1", 0, 1, "never closed"),
        ("Need + 1)", 8, 9, "closes nothing"),
        ("Need +", 6, 6, "Something is missing"),
        ("Need * / 2", 7, 8, "has to stand before"),
        ("1,5 * Need", 1, 2, "with a point"),
        ("1.2.3", 0, 5, "one point"),
        ("80 %", 3, 4, "Divide by 100"),
        ("sqrt(Need)", 0, 4, "no function “sqrt”"),
        ("Need(2)", 0, 4, "A sign is missing"),
        ("if(Need, 1)", 0, 2, "three values"),
        ("abs()", 0, 3, "one value"),
        ("abs + 1", 0, 3, "in parentheses"),
        ("1 < 2 < 3", 6, 7, "two values at a time"),
        ("\"Need", 0, 5, "does not end"),
        ("Need # 2", 5, 6, "can't hold “#”"),
    ] {
        let (at, end, message) = wrong(text);
        assert!(message.contains(says), "{text}: {message}");
        assert_eq!((at, end), (from, to), "{text}: {message}");
    }
    let twice = Equation::parse("a + 1", &["A", "a"]).unwrap_err();
    assert!(twice.message.contains("Two metrics"));
}

#[test]
fn formulas_5_a_missing_input_is_missing_and_never_zero() {
    let inputs = [Some(8.0), None, Some(f64::NAN), Some(0.0)];
    assert_eq!(value("Population + Need", &inputs), Err(Missing::Input(1)));
    assert_eq!(
        value("User_business_value", &inputs),
        Err(Missing::Input(2))
    );
    assert_eq!(value("\"Min\"", &inputs), Err(Missing::Input(4)));
    assert_eq!(value("0 * Need", &inputs), Err(Missing::Input(1)));
    assert_eq!(
        value("Population / Effort", &inputs),
        Err(Missing::DivisionByZero)
    );
    assert_eq!(value("if(Effort = 0, 0, Need / Effort)", &inputs), Ok(0.0));
}

#[test]
fn equations_have_a_size_and_a_depth() {
    let nested = |depth: usize| format!("{}1{}", "(".repeat(depth), ")".repeat(depth));
    assert!(Equation::parse(&nested(DEPTH_MAX), &[]).is_ok());
    assert!(Equation::parse(&nested(DEPTH_MAX + 1), &[]).is_err());
    assert!(Equation::parse(&format!("{}1", "-".repeat(900)), &[]).is_err());
    assert!(Equation::parse(&format!("1{}", "+1".repeat(499)), &[]).is_ok());
    assert!(Equation::parse(&format!("1{}", "+1".repeat(500)), &[]).is_err());
    assert!(Equation::parse(&"9".repeat(400), &[]).is_err());
    let huge = format!("{}1", "9999999999999999 * ".repeat(40));
    assert_eq!(value(&huge, &[]), Err(Missing::TooLarge));
}

#[test]
fn an_equation_knows_its_metrics() {
    let equation = Equation::parse("if(Need > 1, Effort, 0) * Need", &NAMES).unwrap();
    assert_eq!(equation.metrics(), BTreeSet::from([1, 3]));
}

#[test]
fn names_are_written_so_that_they_read_back() {
    for name in [
        "Reach",
        "Time criticality",
        "User-business value",
        "2nd look",
        "If",
        "a \"b\" c",
    ] {
        let equation = Equation::parse(&written(name), &[name]).unwrap();
        assert_eq!(equation.value(&[Some(4.0)]), Ok(4.0), "{name}");
    }
}

/// An equation, and its value computed on the side where nothing is missing and nothing divided.
fn simple() -> impl Strategy<Value = (String, f64)> {
    let leaf = prop_oneof![
        (0_u16..100).prop_map(|number| (number.to_string(), f64::from(number))),
        Just(("Population".to_owned(), 8.0)),
        Just(("\"User-business value\"".to_owned(), 9.0)),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let two = (inner.clone(), inner);
        two.prop_flat_map(|((a, x), (b, y))| {
            prop_oneof![
                Just((format!("({a} + {b})"), x + y)),
                Just((format!("({a} - {b})"), x - y)),
                Just((format!("({a}) * ({b})"), x * y)),
                Just((format!("-({a})"), -x)),
                Just((format!("min({a}, {b})"), x.min(y))),
                Just((format!("max({a}, {b})"), x.max(y))),
                Just((
                    format!("if({a} < {b}, {a}, {b})"),
                    if x < y { x } else { y }
                )),
            ]
        })
    })
}

proptest! {
    #[test]
    fn what_is_written_is_what_is_computed((text, expected) in simple()) {
        // The longest ones are refused for their length.
        if text.chars().count() <= LENGTH_MAX {
            prop_assert_eq!(of(&text), expected, "{}", text);
        }
    }

    #[test]
    fn nothing_written_makes_it_fail(text in "\\PC{0,80}", inputs in prop::collection::vec(prop::option::of(any::<f64>()), 0..6)) {
        if let Ok(equation) = Equation::parse(&text, &NAMES)
            && let Ok(value) = equation.value(&inputs)
        {
            prop_assert!(value.is_finite());
        }
    }

    #[test]
    fn no_row_of_signs_makes_it_fail(
        parts in prop::collection::vec(prop::sample::select(&["1", "Need", " Effort", "+", "-", "*", "/", "(", ")", ",", "<", "if(", "min(", "\"", "0.1"][..]), 0..40),
        inputs in prop::collection::vec(prop::option::of(any::<f64>()), 5),
    ) {
        let text: String = parts.concat();
        match Equation::parse(&text, &NAMES) {
            Ok(equation) => {
                if let Ok(value) = equation.value(&inputs) {
                    prop_assert!(value.is_finite());
                }
            }
            Err(problem) => prop_assert!(problem.from <= problem.to && problem.to <= text.chars().count()),
        }
    }
}

#[test]
fn bt_16_an_equation_follows_the_new_names_of_its_metrics() {
    let rename = |text: &str| {
        renamed(
            text,
            &[
                ("Reach", "People reached"),
                ("max", "Most"),
                ("Time criticality", "Hurry (days)"),
            ],
        )
    };
    assert_eq!(
        rename("reach * Impact / max(reach, \"max\")"),
        "People reached * Impact / max(People reached, Most)"
    );
    assert_eq!(
        rename("time_criticality + 2 * \"Time criticality\""),
        "\"Hurry (days)\" + 2 * \"Hurry (days)\""
    );
    assert_eq!(rename("Reach ? 2"), "Reach ? 2");
    // Names that are exchanged with each other are not renamed twice.
    assert_eq!(renamed("a - b", &[("a", "b"), ("b", "a")]), "b - a");
}
