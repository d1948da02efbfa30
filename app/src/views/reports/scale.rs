//! Where numbers stand in a drawing of a thousand by a thousand. Pure.

/// About so many lines of the grid.
const LINES: f64 = 4.0;

/// The span of a vertical axis, widened to whole steps. Zero is always on it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    low: f64,
    high: f64,
    step: f64,
}

impl Scale {
    /// A scale on which all these numbers have room.
    #[must_use]
    pub fn over(values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (0.0_f64, 0.0_f64);
        for value in values.filter(|value| value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        if high - low <= 0.0 {
            high = 1.0;
        }
        let step = nice((high - low) / LINES);
        Self {
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
            step,
        }
    }

    /// How far below the upper edge a number stands.
    #[must_use]
    pub fn y(&self, value: f64) -> f64 {
        1000.0 * (self.high - value) / (self.high - self.low)
    }

    /// The numbers that the axis names.
    #[must_use]
    pub fn ticks(&self) -> Vec<f64> {
        let count = ((self.high - self.low) / self.step)
            .round()
            .clamp(1.0, 12.0) as usize;
        (0..=count)
            .map(|nth| self.low + self.step * nth as f64)
            .collect()
    }
}

/// The next of 1, 2, 5 times a power of ten.
fn nice(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    let factors = [1.0, 2.0, 5.0, 10.0];
    let factor = factors.into_iter().find(|factor| factor * power >= step);
    factor.unwrap_or(10.0) * power
}

/// How far right of the left edge the middle of a point stands, of so many.
#[must_use]
pub fn place(at: usize, count: usize) -> f64 {
    (at as f64 + 0.5) * 1000.0 / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_numbers_and_room_for_all() {
        let scale = Scale::over([18.0, 23.0, 5.0].into_iter());
        assert_eq!(scale.ticks(), [0.0, 10.0, 20.0, 30.0]);
        assert_eq!((scale.y(30.0), scale.y(0.0)), (0.0, 1000.0));
        let below = Scale::over([-13.0, 40.0].into_iter());
        assert_eq!(below.ticks(), [-20.0, 0.0, 20.0, 40.0]);
        for none in [vec![], vec![0.0], vec![f64::NAN]] {
            let ticks = Scale::over(none.into_iter()).ticks();
            assert_eq!((ticks[0], ticks.last()), (0.0, Some(&1.0)));
        }
    }
}
