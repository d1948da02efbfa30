//! Rounding to nine decimals, so that sums of decimals compare as people expect: (0.1 + 0.2) × 10 is 3, not a little
//! more.

use std::cmp::Ordering;

/// Above this, neighbouring numbers are farther apart than nine decimals.
const WHOLE_FROM: f64 = 9_007_199.0;
/// The largest size or capacity that is counted with; more is taken for this.
pub const LARGEST: f64 = 1e12;

/// The number rounded to nine decimals; never negative zero.
#[must_use]
pub fn nine(number: f64) -> f64 {
    if number.abs() < WHOLE_FROM {
        (number * 1e9).round() / 1e9 + 0.0
    } else {
        number
    }
}

/// The next whole number at or above: 15.2 → 16, −1.5 → −1.
#[must_use]
pub fn up(number: f64) -> f64 {
    nine(number).ceil() + 0.0
}

/// The order of two numbers that counts differences below nine decimals as none.
#[must_use]
pub fn compare(left: f64, right: f64) -> Ordering {
    nine(left).total_cmp(&nine(right))
}

/// Whether `part` is at most `whole`, up to nine decimals.
#[must_use]
pub fn at_most(part: f64, whole: f64) -> bool {
    compare(part, whole) != Ordering::Greater
}

/// A size or capacity that can be counted with: `None` where it is negative or no number, at most [`LARGEST`].
#[must_use]
pub fn amount(number: f64) -> Option<f64> {
    (number >= 0.0).then(|| nine(number.min(LARGEST)))
}

/// How many times `whole` it takes to hold `part`, rounded up; `None` where `whole` is not above zero.
#[must_use]
pub fn times(part: f64, whole: f64) -> Option<u32> {
    (nine(whole) > 0.0 && part.is_finite()).then(|| up(part / whole).max(0.0) as u32)
}

/// The middle of some finite numbers (the mean of both middles where their count is even); `None` of none.
#[must_use]
pub fn median(mut numbers: Vec<f64>) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    let middle = numbers.len() / 2;
    let even = numbers.len().is_multiple_of(2);
    let (below, high, _) = numbers.select_nth_unstable_by(middle, f64::total_cmp);
    let high = *high;
    let low = if even {
        below.iter().copied().max_by(f64::total_cmp).unwrap_or(high)
    } else {
        high
    };
    Some(nine(low / 2.0 + high / 2.0))
}

/// The mean of some finite numbers; `None` of none.
#[must_use]
pub fn mean(numbers: &[f64]) -> Option<f64> {
    (!numbers.is_empty()).then(|| numbers.iter().sum::<f64>() / numbers.len() as f64)
}

/// A number as people read it: at most this many decimals, none that say nothing (`3.2`, `1066.667`, `8`).
#[must_use]
pub fn text(number: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", nine(number));
    let text = match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.'),
        false => &text,
    };
    match text {
        "-0" | "" => "0".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nine_decimals_before_rounding_up() {
        assert_eq!(up((0.1 + 0.2) * 10.0), 3.0);
        assert_eq!(up(15.2), 16.0);
        assert_eq!(up(-1.5), -1.0);
        assert_eq!(up(-0.5).to_bits(), 0.0_f64.to_bits());
        assert_eq!(nine(-1e-12).to_bits(), 0.0_f64.to_bits());
        assert!(at_most(0.1 + 0.2, 0.3));
        assert!(!at_most(0.300_000_001, 0.3));
    }

    #[test]
    fn amounts_are_never_negative_and_never_endless() {
        assert_eq!(amount(-1.0), None);
        assert_eq!(amount(f64::NAN), None);
        assert_eq!(amount(f64::INFINITY), Some(LARGEST));
        assert_eq!(times(1.0, 0.0), None);
        assert_eq!(times(31.0, 15.0), Some(3));
        assert_eq!(times(30.0, 15.0), Some(2));
    }

    #[test]
    fn numbers_read_without_needless_decimals() {
        assert_eq!(text(3.2, 3), "3.2");
        assert_eq!(text(3200.0 / 3.0, 3), "1066.667");
        assert_eq!(text(100.0, 0), "100");
        assert_eq!(text(-0.0004, 3), "0");
    }

    proptest! {
        #[test]
        fn rounding_is_idempotent_and_close(number in -1e15..1e15_f64) {
            prop_assert_eq!(nine(nine(number)), nine(number));
            prop_assert!((nine(number) - number).abs() <= 1e-9_f64.max(number.abs() * 1e-15));
        }

        #[test]
        fn the_median_has_half_on_each_side(numbers in prop::collection::vec(0.0..100.0_f64, 1..40)) {
            let middle = median(numbers.clone()).unwrap();
            let half = numbers.len() / 2;
            prop_assert!(numbers.iter().filter(|n| **n < middle - 1e-8).count() <= half);
            prop_assert!(numbers.iter().filter(|n| **n > middle + 1e-8).count() <= half);
        }
    }
}
