//! The reports that there are, as the address names them (BT-22, BT-23, BT-24).

/// A report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// The burndown of a sprint.
    Sprint,
    /// What is looked at every day.
    Daily,
    /// Where a release stands.
    Release,
    /// What may come.
    Forecast,
    /// What the team finishes in its sprints.
    Velocity,
    /// The cumulative flow.
    Flow,
    /// Items by group, and their scores.
    Groups,
    /// What to look at again.
    Revisit,
}

impl Report {
    /// All of them, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::Sprint,
        Self::Daily,
        Self::Release,
        Self::Forecast,
        Self::Velocity,
        Self::Flow,
        Self::Groups,
        Self::Revisit,
    ];

    /// The word in the address.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sprint => "sprint",
            Self::Daily => "daily",
            Self::Release => "release",
            Self::Forecast => "forecast",
            Self::Velocity => "velocity",
            Self::Flow => "flow",
            Self::Groups => "groups",
            Self::Revisit => "revisit",
        }
    }

    /// The report of a word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        let all = Self::ALL.iter().copied();
        all.into_iter().find(|report| report.word() == word)
    }

    /// Whether it is of sprints, which not every team has.
    #[must_use]
    pub const fn is_of_sprints(self) -> bool {
        matches!(self, Self::Sprint | Self::Daily | Self::Velocity)
    }
}
