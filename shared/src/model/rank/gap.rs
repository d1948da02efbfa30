//! Arithmetic between two rank keys, which are read as fractions in base 62. It knows nothing of items or moves.

use super::{FRESH_DIGITS, RankKey};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// 62 to this power is far below the largest `u128`.
const WIDTH_MAX: usize = 18;

/// The keys of one length strictly between two others: `prefix`, then a number of `width` digits above `low` and below
/// `high`.
#[derive(Debug)]
pub(super) struct Gap {
    prefix: Vec<u8>,
    width: usize,
    low: u128,
    high: u128,
}

impl Gap {
    /// The gap with the fewest digits that has `room` keys. `before` must be below `after`.
    pub(super) fn find(before: Option<&RankKey>, after: Option<&RankKey>, room: u128) -> Self {
        let mut low: &[u8] = before.map_or(&[], |key| key.digits());
        let mut high: Option<&[u8]> = after.map(|key| key.digits());
        let mut prefix = Vec::new();
        if let Some(digits) = high {
            let common = common_prefix(low, digits);
            prefix.extend_from_slice(&digits[..common]);
            low = low.get(common..).unwrap_or_default();
            high = Some(&digits[common..]);
        }
        loop {
            if let Some(gap) = Self::roomy(&mut prefix, low, high, room) {
                return gap;
            }
            // The first digits are neighbours and what lies between is full: go on below the lower one, where no upper
            // end is near any more. `low` gets shorter each time, and below its end everything is free.
            prefix.push(low.first().copied().unwrap_or(b'0'));
            low = low.get(1..).unwrap_or_default();
            high = None;
        }
    }

    fn roomy(prefix: &mut Vec<u8>, low: &[u8], high: Option<&[u8]>, room: u128) -> Option<Self> {
        let narrowest = if prefix.is_empty() { FRESH_DIGITS } else { 1 };
        let gap = |width: usize| Self {
            prefix: Vec::new(),
            width,
            low: number(low, width),
            high: match high {
                Some(digits) => number(digits, width) + u128::from(digits.len() > width),
                None => 62_u128.pow(u32::try_from(width).unwrap_or(u32::MAX)),
            },
        };
        let mut found = (narrowest..=WIDTH_MAX)
            .map(gap)
            .find(|gap| gap.size() >= room)?;
        found.prefix = std::mem::take(prefix);
        Some(found)
    }

    /// How many keys fit.
    pub(super) fn size(&self) -> u128 {
        self.high.saturating_sub(self.low + 1)
    }

    /// How long its keys are, but for zeros at the end.
    pub(super) fn digits(&self) -> usize {
        self.prefix.len() + self.width
    }

    /// The nth key of the gap, counted from 0; `nth` is below [`Self::size`].
    pub(super) fn key(&self, nth: u128) -> RankKey {
        let mut rest = self.low + 1 + nth;
        let mut digits = self.prefix.clone();
        digits.resize(self.digits(), b'0');
        for digit in digits.iter_mut().rev().take(self.width) {
            let value = usize::try_from(rest % 62).unwrap_or_default();
            *digit = DIGITS[value];
            rest /= 62;
        }
        while digits.last() == Some(&b'0') {
            digits.pop();
        }
        let text = String::from_utf8(digits).expect("digits are ASCII");
        RankKey(text.into_boxed_str())
    }
}

/// How many leading digits of `high` the lower key shares, which is read as followed by zeros.
fn common_prefix(low: &[u8], high: &[u8]) -> usize {
    high.iter()
        .enumerate()
        .take_while(|(at, digit)| low.get(*at).unwrap_or(&b'0') == *digit)
        .count()
}

/// The first digits of a key as a number; zeros where it has ended.
fn number(digits: &[u8], width: usize) -> u128 {
    (0..width).fold(0, |number, at| {
        number * 62 + value(digits.get(at).copied().unwrap_or(b'0'))
    })
}

fn value(digit: u8) -> u128 {
    u128::from(match digit {
        b'A'..=b'Z' => digit - b'A' + 10,
        b'a'..=b'z' => digit - b'a' + 36,
        _ => digit.wrapping_sub(b'0'),
    })
}
