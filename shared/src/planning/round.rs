//! Sums of decimal fractions come out a hair off; what is compared or rounded up is rounded to nine decimals first.

const SCALE: f64 = 1e9;

/// The value to nine decimals, so that `(0.1 + 0.2) × 10` is 3.
#[must_use]
pub fn nine(value: f64) -> f64 {
    let rounded = (value * SCALE).round() / SCALE;
    if rounded.is_finite() { rounded } else { value }
}

/// The next whole number above, of the value to nine decimals.
#[must_use]
pub fn up(value: f64) -> f64 {
    nine(value).ceil()
}

/// Whether one value is at most another, to nine decimals.
#[must_use]
pub fn at_most(value: f64, limit: f64) -> bool {
    nine(value) <= nine(limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hair_above_is_not_above() {
        assert!((up((0.1 + 0.2) * 10.0) - 3.0).abs() < f64::EPSILON);
        assert!(at_most(0.1 + 0.2, 0.3));
        assert!(!at_most(0.300_000_01, 0.3));
        assert!(nine(f64::MAX).is_finite());
    }
}
