//! When it will be done, and how much by then, by Monte-Carlo from what was finished before (`formulas.md` §5.10).
//!
//! Every peer gets the same numbers for the same samples, for ever: the seed of the draws is a hash of the inputs.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::round;

/// How often the future is played.
pub const TRIALS: usize = 10_000;
/// A trial that takes more periods than this is taken to take this many.
pub const PERIODS_MAX: u32 = 1_040;
/// Fewer periods say too little.
pub const SAMPLES_MIN: usize = 5;
/// How many of the last periods are used unless people choose.
pub const WINDOW: usize = 12;
/// The percentiles that people are told.
pub const PERCENTILES: [u32; 4] = [50, 70, 85, 95];

/// A pseudo-random generator: SplitMix64.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// One that draws from a seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn draw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// An index below `count`.
    fn index(&mut self, count: usize) -> usize {
        ((u128::from(self.draw()) * count as u128) >> 64) as usize
    }

    /// A number from `low` to `high`.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        let share = (self.draw() >> 11) as f64 / (1_u64 << 53) as f64;
        low + share * (high - low)
    }
}

/// What was finished in each period, the oldest first, periods with nothing included.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Samples(Vec<f64>);

/// Why there is no forecast. It says so to people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum TooLittle {
    /// There are fewer than [`SAMPLES_MIN`] periods.
    #[error("a forecast needs five finished periods; there are {0}")]
    Periods(usize),
    /// Nothing was ever finished.
    #[error("nothing was finished in these periods")]
    Nothing,
}

impl Samples {
    /// Samples of periods; a negative one, or one that is no number, counts as nothing finished.
    ///
    /// # Errors
    /// Why they say too little.
    pub fn new(finished: &[f64]) -> Result<Self, TooLittle> {
        let samples: Vec<f64> = finished
            .iter()
            .map(|done| round::amount(*done).unwrap_or(0.0))
            .collect();
        match samples.len() {
            few if few < SAMPLES_MIN => Err(TooLittle::Periods(few)),
            _ if samples.iter().all(|done| *done == 0.0) => Err(TooLittle::Nothing),
            _ => Ok(Self(samples)),
        }
    }

    /// The last periods of a longer row, without those that were flagged.
    ///
    /// # Errors
    /// Why they say too little.
    pub fn last(periods: &[(f64, bool)], window: usize) -> Result<Self, TooLittle> {
        let from = periods.len().saturating_sub(window);
        let kept = periods[from..].iter().filter(|(_, flagged)| !flagged);
        Self::new(&kept.map(|(done, _)| *done).collect::<Vec<f64>>())
    }

    /// The samples.
    #[must_use]
    pub fn values(&self) -> &[f64] {
        &self.0
    }
}

/// The outcome of all trials.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// What the draws began with; printed, so that a forecast can be checked later.
    pub seed: u64,
    /// The result of each trial, upwards.
    sorted: Vec<f64>,
}

impl Outcome {
    /// The result that this share of trials does not exceed, in percent from 0 to 100.
    #[must_use]
    pub fn percentile(&self, percent: u32) -> f64 {
        let place = (percent.min(100) as usize * self.sorted.len()).div_ceil(100);
        self.sorted
            .get(place.saturating_sub(1))
            .copied()
            .unwrap_or(0.0)
    }

    /// The result that this share of trials reaches at least, in percent: "85 % likely at least 16".
    #[must_use]
    pub fn at_least(&self, percent: u32) -> f64 {
        self.percentile(100 - percent.min(100))
    }

    /// The least result.
    #[must_use]
    pub fn min(&self) -> f64 {
        self.sorted.first().copied().unwrap_or(0.0)
    }

    /// The greatest result.
    #[must_use]
    pub fn max(&self) -> f64 {
        self.sorted.last().copied().unwrap_or(0.0)
    }

    /// How many trials had each result, upwards: the bars of a histogram.
    #[must_use]
    pub fn histogram(&self) -> Vec<(f64, usize)> {
        self.sorted
            .chunk_by(|a, b| a == b)
            .map(|equal| (equal[0], equal.len()))
            .collect()
    }
}

/// In how many periods this much will be done. `growth` is the factor by which the scope grows, drawn anew in each
/// trial from its low to its high end; (1, 1) for none.
#[must_use]
pub fn when(samples: &Samples, remaining: f64, growth: (f64, f64), trials: usize) -> Outcome {
    let remaining = round::amount(remaining).unwrap_or(0.0);
    let factor = |factor: f64| {
        if factor.is_finite() {
            factor.clamp(0.0, 100.0)
        } else {
            1.0
        }
    };
    let (low, high) = (factor(growth.0), factor(growth.1));
    let grows = (low, high) != (1.0, 1.0);
    let seed = match grows {
        false => seed("when", samples, remaining, trials),
        true => seed(&format!("when*{low}..{high}"), samples, remaining, trials),
    };
    played(seed, trials, |draws| {
        let mut left = match grows {
            true => round::nine(remaining * draws.between(low, high)),
            false => remaining,
        };
        let mut periods = 0;
        while left > 0.0 && periods < PERIODS_MAX {
            left = round::nine(left - samples.0[draws.index(samples.0.len())]);
            periods += 1;
        }
        f64::from(periods)
    })
}

/// How much will be done in this many periods.
#[must_use]
pub fn how_many(samples: &Samples, periods: u32, trials: usize) -> Outcome {
    let periods = periods.min(PERIODS_MAX);
    let seed = seed("howmany", samples, f64::from(periods), trials);
    played(seed, trials, |draws| {
        let drawn = (0..periods).map(|_| samples.0[draws.index(samples.0.len())]);
        round::nine(drawn.sum())
    })
}

fn played(seed: u64, trials: usize, mut trial: impl FnMut(&mut SplitMix64) -> f64) -> Outcome {
    let mut draws = SplitMix64::new(seed);
    let mut sorted: Vec<f64> = (0..trials).map(|_| trial(&mut draws)).collect();
    sorted.sort_unstable_by(f64::total_cmp);
    Outcome { seed, sorted }
}

/// The first eight bytes of a hash over the inputs, least first.
fn seed(kind: &str, samples: &Samples, amount: f64, trials: usize) -> u64 {
    let listed: Vec<String> = samples.0.iter().map(ToString::to_string).collect();
    let text = format!("mc1|{kind}|{}|{amount}|{trials}", listed.join(","));
    let hash = Sha256::digest(text.as_bytes());
    let first = hash.iter().take(8).enumerate();
    first.fold(0, |seed, (place, byte)| {
        seed | (u64::from(*byte) << (8 * place))
    })
}

/// Which share of past forecasts held, in percent: pairs of what was forecast and what came true. `None` of none.
#[must_use]
pub fn calibration(past: &[(f64, f64)]) -> Option<f64> {
    let held = past
        .iter()
        .filter(|(forecast, actual)| round::at_most(*actual, *forecast))
        .count();
    (!past.is_empty()).then(|| 100.0 * held as f64 / past.len() as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FLAT: (f64, f64) = (1.0, 1.0);

    fn samples() -> Samples {
        Samples::new(&[3.0, 5.0, 0.0, 4.0, 6.0, 2.0, 5.0, 3.0]).unwrap()
    }

    #[test]
    fn formulas_5_10_split_mix_vector() {
        let mut draws = SplitMix64::new(0);
        assert_eq!(draws.draw(), 0xe220_a839_7b1d_cdaf);
        assert_eq!(draws.draw(), 0x6e78_9e6a_a1b9_65f4);
        assert_eq!(draws.draw(), 0x06c4_5d18_8009_454f);
    }

    #[test]
    fn formulas_5_10_when_vector() {
        let outcome = when(&samples(), 40.0, FLAT, TRIALS);
        assert_eq!(outcome.seed, 7_589_657_637_564_755_223);
        assert_eq!(
            PERCENTILES.map(|percent| outcome.percentile(percent)),
            [12.0, 13.0, 14.0, 15.0]
        );
        assert_eq!((outcome.min(), outcome.max()), (8.0, 23.0));
    }

    #[test]
    fn formulas_5_10_how_many_vector() {
        let outcome = how_many(&samples(), 6, TRIALS);
        assert_eq!(outcome.seed, 6_675_597_600_373_577_861);
        assert_eq!(
            PERCENTILES.map(|percent| outcome.at_least(percent)),
            [21.0, 19.0, 16.0, 13.0]
        );
        let bars = outcome.histogram();
        assert_eq!(bars.iter().map(|(_, count)| count).sum::<usize>(), TRIALS);
        assert!(bars.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn formulas_5_10_too_few_samples_are_no_forecast() {
        assert_eq!(Samples::new(&[1.0; 4]), Err(TooLittle::Periods(4)));
        assert_eq!(Samples::new(&[0.0; 5]), Err(TooLittle::Nothing));
        assert_eq!(
            Samples::new(&[f64::NAN, -1.0, 0.0, 0.0, 2.0])
                .unwrap()
                .values(),
            [0.0, 0.0, 0.0, 0.0, 2.0]
        );
        let mut periods = vec![(9.0, false); 20];
        periods[19].1 = true;
        assert_eq!(Samples::last(&periods, WINDOW).unwrap().values().len(), 11);
    }

    #[test]
    fn formulas_5_10_growing_scope_takes_longer() {
        let flat = when(&samples(), 40.0, FLAT, TRIALS);
        let grows = when(&samples(), 40.0, (1.2, 1.5), TRIALS);
        assert_ne!(flat.seed, grows.seed);
        assert!(grows.percentile(50) > flat.percentile(50));
        assert_eq!(grows, when(&samples(), 40.0, (1.2, 1.5), TRIALS));
    }

    #[test]
    fn formulas_5_10_absurd_inputs_have_an_outcome() {
        assert_eq!(when(&samples(), f64::NAN, FLAT, 100).max(), 0.0);
        assert_eq!(
            when(&samples(), f64::INFINITY, (f64::NAN, -5.0), 3).max(),
            f64::from(PERIODS_MAX)
        );
        assert_eq!(
            how_many(&samples(), u32::MAX, 3).seed,
            how_many(&samples(), PERIODS_MAX, 3).seed
        );
        let none = when(&samples(), 40.0, FLAT, 0);
        assert_eq!((none.percentile(85), none.min()), (0.0, 0.0));
    }

    #[test]
    fn formulas_5_10_percentiles_round_up_to_a_trial() {
        let outcome = Outcome {
            seed: 0,
            sorted: vec![1.0, 2.0, 3.0],
        };
        let found = [0, 33, 34, 50, 67, 100, 200].map(|percent| outcome.percentile(percent));
        assert_eq!(found, [1.0, 1.0, 2.0, 2.0, 3.0, 3.0, 3.0]);
        assert_eq!(outcome.at_least(85), 1.0);
    }

    #[test]
    fn only_here_4_15_calibration() {
        assert_eq!(
            calibration(&[(14.0, 12.0), (10.0, 10.0), (8.0, 9.0), (5.0, 4.0)]),
            Some(75.0)
        );
        assert_eq!(calibration(&[]), None);
    }

    proptest! {
        #[test]
        fn surer_takes_longer_and_brings_less(finished in prop::collection::vec(0_u8..20, 5..15), remaining in 1_u16..200) {
            let finished: Vec<f64> = finished.into_iter().map(f64::from).collect();
            if let Ok(samples) = Samples::new(&finished) {
                let when = when(&samples, f64::from(remaining), FLAT, 200);
                let many = how_many(&samples, 6, 200);
                for pair in PERCENTILES.windows(2) {
                    prop_assert!(when.percentile(pair[0]) <= when.percentile(pair[1]));
                    prop_assert!(many.at_least(pair[0]) >= many.at_least(pair[1]));
                }
            }
        }
    }
}
