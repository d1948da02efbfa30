//! Days as charts name them. Pure.

use shared::planning::day::Day;

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// `17 Nov`.
#[must_use]
pub fn short(day: Day) -> String {
    let text = day.to_string();
    let (month, date) = text.rsplit_once('-').unwrap_or(("", &text));
    let month = month.rsplit_once('-').map_or("", |(_, month)| month);
    let month: usize = month.parse().unwrap_or(1);
    let name = MONTHS.get(month.saturating_sub(1)).copied();
    format!(
        "{} {}",
        date.trim_start_matches('0'),
        name.unwrap_or_default()
    )
}

/// `17 Nov 2026`.
#[must_use]
pub fn long(day: Day) -> String {
    let text = day.to_string();
    let year = text.len().saturating_sub(6);
    format!("{} {}", short(day), &text[..year])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_short_in_charts() {
        let day: Day = "2026-11-07".parse().unwrap();
        assert_eq!(short(day), "7 Nov");
        assert_eq!(long(day), "7 Nov 2026");
    }
}
