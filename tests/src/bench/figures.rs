//! Numbers: percentiles, the CPU time of a process, tables.

use std::{fs, time::Duration};

/// Durations of one kind.
#[derive(Clone, Debug, Default)]
pub struct Durations(Vec<Duration>);

impl Durations {
    /// Sorted once, asked often.
    #[must_use]
    pub fn new(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        Self(durations)
    }

    /// Several as one.
    #[must_use]
    pub fn together(all: impl IntoIterator<Item = Self>) -> Self {
        Self::new(all.into_iter().flat_map(|durations| durations.0).collect())
    }

    /// How many there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The duration that this part of all (0.0 to 1.0) does not exceed, in milliseconds; not a number when there are none.
    #[must_use]
    pub fn quantile_ms(&self, part: f64) -> f64 {
        let last = self.0.len().saturating_sub(1);
        let at = (last as f64 * part).round() as usize;
        self.0
            .get(at)
            .map_or(f64::NAN, |duration| duration.as_secs_f64() * 1000.0)
    }
}

/// The CPU time that a process has used so far, user and system. Linux counts it in hundredths of a second.
#[must_use]
pub fn cpu_time(pid: u32) -> Duration {
    const TICKS_PER_SECOND: u64 = 100;
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The command's name is in parentheses and may hold anything.
    let fields: Vec<&str> = stat
        .rsplit_once(')')
        .map_or("", |(_, rest)| rest)
        .split_whitespace()
        .collect();
    let ticks = |at: usize| {
        fields
            .get(at)
            .and_then(|field| field.parse::<u64>().ok())
            .unwrap_or_default()
    };
    Duration::from_millis((ticks(11) + ticks(12)) * 1000 / TICKS_PER_SECOND)
}

/// The resident memory of a process, in MiB.
#[must_use]
pub fn resident_mib(pid: u32) -> f64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))
        .unwrap_or_default();
    let kib: f64 = line
        .trim()
        .trim_end_matches(" kB")
        .parse()
        .unwrap_or(f64::NAN);
    kib / 1024.0
}

/// Lines of cells as a table in plain text; the first line is the head.
#[must_use]
pub fn table(lines: &[Vec<String>]) -> String {
    let columns = lines.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        lines
            .iter()
            .filter_map(|line| line.get(column))
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for (at, line) in lines.iter().enumerate() {
        for (cell, width) in line.iter().zip(&widths) {
            text += &format!("| {cell:>width$} ");
        }
        text += "|\n";
        if at == 0 {
            for width in &widths {
                text += &format!("|{}", "-".repeat(width + 2));
            }
            text += "|\n";
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_a_hundred() {
        let durations = Durations::new((1..=100).rev().map(Duration::from_millis).collect());
        assert!((durations.quantile_ms(0.99) - 99.0).abs() < 0.01);
        assert!((durations.quantile_ms(1.0) - 100.0).abs() < 0.01);
        assert!(Durations::default().quantile_ms(0.5).is_nan());
    }

    #[test]
    fn this_process_uses_memory() {
        assert!(resident_mib(std::process::id()) > 1.0);
    }
}
