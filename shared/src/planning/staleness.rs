//! Whether an item is still fresh (`formulas.md` §5.11, PB-24). Nothing is ever closed for it.

use serde::{Deserialize, Serialize};

use super::day::Day;

/// How long nothing has shown that an item is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Tier {
    /// Touched lately.
    Fresh,
    /// Getting old.
    Aging,
    /// To be reviewed.
    Stale,
    /// Long forgotten.
    Dormant,
}

impl Tier {
    /// Every tier, the freshest first.
    pub const ALL: &[Self] = &[Self::Fresh, Self::Aging, Self::Stale, Self::Dormant];

    /// The word in addresses.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Aging => "aging",
            Self::Stale => "stale",
            Self::Dormant => "dormant",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Fresh => "Fresh",
            Self::Aging => "Aging",
            Self::Stale => "Stale",
            Self::Dormant => "Dormant",
        }
    }
}

/// The last day of each tier, in days since the last meaningful touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Fresh up to and with this many days.
    pub fresh: i64,
    /// Aging up to and with this many.
    pub aging: i64,
    /// Stale up to and with this many; dormant beyond.
    pub stale: i64,
    /// An estimate older than this is a reason to review.
    pub estimate: i64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            fresh: 30,
            aging: 90,
            stale: 180,
            estimate: 180,
        }
    }
}

/// The tier after so many days. Thresholds that are out of order count as the largest before them.
#[must_use]
pub fn tier(days: i64, thresholds: &Thresholds) -> Tier {
    let aging = thresholds.aging.max(thresholds.fresh);
    let stale = thresholds.stale.max(aging);
    match days {
        days if days <= thresholds.fresh => Tier::Fresh,
        days if days <= aging => Tier::Aging,
        days if days <= stale => Tier::Stale,
        _ => Tier::Dormant,
    }
}

/// What is known of an item. Days are those of the backlog's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Facts {
    /// When it was last meaningfully touched.
    pub touched: Day,
    /// When its estimate was set.
    pub estimated: Option<Day>,
    /// When title, text or criteria were last changed.
    pub reworded: Option<Day>,
    /// Until when somebody said that it is still wanted.
    pub wanted_until: Option<Day>,
    /// When a declined item is to be looked at again.
    pub reconsider_on: Option<Day>,
    /// When its release was to be out.
    pub release_target: Option<Day>,
    /// Whether all goals and initiatives that it is linked to are archived.
    pub orphaned: bool,
    /// Whether it was scored on an older version of a scorecard.
    pub scored_on_older: bool,
    /// Whether its owner has left.
    pub owner_left: bool,
    /// Whether it was never touched since it was made.
    pub never_refined: bool,
    /// Whether it may be the same as another item.
    pub duplicate: bool,
}

impl Facts {
    /// An item of which nothing but its last touch is known.
    #[must_use]
    pub const fn touched(touched: Day) -> Self {
        Self {
            touched,
            estimated: None,
            reworded: None,
            wanted_until: None,
            reconsider_on: None,
            release_target: None,
            orphaned: false,
            scored_on_older: false,
            owner_left: false,
            never_refined: false,
            duplicate: false,
        }
    }
}

/// The tier of an item today. Somebody's "still wanted until" keeps it fresh up to that day.
#[must_use]
pub fn tier_of(facts: &Facts, today: Day, thresholds: &Thresholds) -> Tier {
    if facts.wanted_until.is_some_and(|until| today <= until) {
        return Tier::Fresh;
    }
    tier(today.days_since(facts.touched), thresholds)
}

/// What else speaks for a review, as people read it.
#[must_use]
pub fn reasons(facts: &Facts, today: Day, thresholds: &Thresholds) -> Vec<String> {
    let mut reasons = Vec::new();
    let mut when = |holds: bool, reason: &str| {
        if holds {
            reasons.push(reason.to_owned());
        }
    };
    when(facts.orphaned, "its goals were archived");
    if let Some(estimated) = facts.estimated {
        let days = today.days_since(estimated);
        when(
            days > thresholds.estimate,
            &format!("estimated {days} days ago"),
        );
        when(
            facts.reworded.is_some_and(|reworded| reworded > estimated),
            "changed since it was estimated",
        );
    }
    when(facts.scored_on_older, "scored on an older scorecard");
    when(facts.owner_left, "its owner has left");
    when(facts.never_refined, "never refined");
    let passed = |day: Option<Day>| day.is_some_and(|day| day < today);
    when(passed(facts.release_target), "its release date has passed");
    when(
        passed(facts.wanted_until),
        "wanted until a day that has passed",
    );
    when(facts.duplicate, "may be a duplicate");
    let due = facts.reconsider_on.is_some_and(|day| day <= today);
    when(due, "to be reconsidered");
    reasons
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        text.parse().unwrap()
    }

    #[test]
    fn pb_24_tiers_end_with_their_last_day() {
        let tiers = Thresholds::default();
        for (days, wanted) in [
            (-3, Tier::Fresh),
            (30, Tier::Fresh),
            (31, Tier::Aging),
            (90, Tier::Aging),
            (91, Tier::Stale),
            (180, Tier::Stale),
            (181, Tier::Dormant),
        ] {
            assert_eq!(tier(days, &tiers), wanted, "{days}");
        }
    }

    #[test]
    fn pb_24_thresholds_out_of_order_never_skip_back() {
        let odd = Thresholds {
            fresh: 50,
            aging: 20,
            stale: 10,
            estimate: 1,
        };
        assert_eq!(tier(50, &odd), Tier::Fresh);
        assert_eq!(tier(51, &odd), Tier::Dormant);
    }

    #[test]
    fn pb_24_still_wanted_keeps_it_fresh_until_its_day() {
        let mut facts = Facts::touched(day("2026-01-01"));
        let tiers = Thresholds::default();
        assert_eq!(tier_of(&facts, day("2026-11-21"), &tiers), Tier::Dormant);
        facts.wanted_until = Some(day("2026-11-21"));
        assert_eq!(tier_of(&facts, day("2026-11-21"), &tiers), Tier::Fresh);
        assert_eq!(tier_of(&facts, day("2026-11-22"), &tiers), Tier::Dormant);
        let told = reasons(&facts, day("2026-11-22"), &tiers);
        assert_eq!(told, ["wanted until a day that has passed"]);
    }

    #[test]
    fn pb_24_reasons_are_said() {
        let facts = Facts {
            estimated: Some(day("2026-01-01")),
            reworded: Some(day("2026-02-01")),
            reconsider_on: Some(day("2026-11-21")),
            orphaned: true,
            scored_on_older: true,
            ..Facts::touched(day("2026-11-01"))
        };
        let told = reasons(&facts, day("2026-11-21"), &Thresholds::default());
        assert_eq!(
            told,
            [
                "its goals were archived",
                "estimated 324 days ago",
                "changed since it was estimated",
                "scored on an older scorecard",
                "to be reconsidered",
            ]
        );
    }
}
