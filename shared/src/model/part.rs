//! The groups that an item's details are shown in, each of which says when it last changed (PB-33).

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

use super::{
    Author,
    item::{Field, words},
};

words! {
    /// A group of an item's registers.
    Part {
        /// Title, type, status, tags, for whom and why.
        Basics = "basics", "Basics";
        /// Its size.
        Estimate = "estimate", "Estimate";
        /// Where it is and its rank there.
        Place = "place", "Place";
        /// The goals, initiatives and themes that it serves.
        Aims = "aims", "Serves";
        /// The text.
        Description = "description", "Description";
        /// What it has to do.
        Requirements = "requirements", "Requirements";
        /// What must hold for it to be accepted.
        Criteria = "criteria", "Acceptance criteria";
        /// Its scores, votes and answers.
        Scores = "scores", "Score";
        /// The problem and the experience.
        Why = "why", "Problem and experience";
        /// What it is worth.
        Worth = "worth", "Worth";
        /// The questions of INVEST.
        Invest = "invest", "INVEST";
        /// Who works on it, on what it waits, what it is part of.
        Work = "work", "Work";
        /// Addresses of pages.
        Links = "links", "Links";
        /// Files.
        Files = "files", "Files";
        /// Why nobody needs it any more.
        Fate = "fate", "No longer needed";
        /// The team's own fields.
        Custom = "custom", "Custom fields";
        /// What people say about it.
        Comments = "comments", "Comments";
    }
}

/// When a group last changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The group.
    pub part: Part,
    /// When.
    pub at: Timestamp,
    /// Who changed it, where the change says so.
    pub by: Option<Author>,
}

impl Part {
    /// The group of a register of an item, or of the map that holds it; none for what is written along the way.
    #[must_use]
    pub fn of_register(key: &str) -> Option<Self> {
        Some(match key {
            "tags" => Self::Basics,
            "rank" => Self::Place,
            "criteria" => Self::Criteria,
            "comments" => Self::Comments,
            "estimated" => Self::Estimate,
            "described" => Self::Description,
            _ => match Field::from_word(key) {
                Some(field) => Self::of_field(field),
                None => Self::of_mark(key.split_once(':')?.0)?,
            },
        })
    }

    const fn of_field(field: Field) -> Self {
        match field {
            Field::Title
            | Field::Kind
            | Field::Status
            | Field::ForWhom
            | Field::Benefit
            | Field::MergedInto
            | Field::ArchiveReason
            | Field::DeclineReason
            | Field::DeclineNote
            | Field::DeclinedBy
            | Field::ReconsiderOn
            | Field::ReconsiderIf
            | Field::SnoozedUntil
            | Field::AskedAt
            | Field::WantedBy
            | Field::WantedUntil => Self::Basics,
            Field::Estimate => Self::Estimate,
            Field::Description => Self::Description,
            Field::Rank | Field::Place | Field::PulledNotReady => Self::Place,
            Field::Value | Field::Criticality | Field::Category => Self::Worth,
            Field::Kano => Self::Scores,
            Field::Experience | Field::Problem => Self::Why,
            Field::Hours | Field::Assignee | Field::Blocked | Field::Question | Field::Parent => {
                Self::Work
            }
            Field::SupersededBy | Field::ObsoleteBecause => Self::Fate,
        }
    }

    fn of_mark(kind: &str) -> Option<Self> {
        Some(match kind {
            "goal" | "initiative" | "theme" => Self::Aims,
            "score" | "scored" | "kano" | "votes" => Self::Scores,
            "invest" => Self::Invest,
            "depends" | "until" => Self::Work,
            "url" => Self::Links,
            "file" => Self::Files,
            "custom" => Self::Custom,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_33_every_register_people_set_belongs_to_a_group() {
        for field in Field::ALL {
            assert!(Part::of_register(field.word()).is_some(), "{field:?}");
        }
        for mark in super::super::item::mark_kinds() {
            assert!(Part::of_register(&format!("{mark}:x")).is_some(), "{mark}");
        }
        for along_the_way in ["touched", "reworded", "created", "trail", "key"] {
            assert_eq!(Part::of_register(along_the_way), None);
        }
    }
}
