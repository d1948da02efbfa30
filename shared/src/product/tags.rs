//! How tags look: a colour and a pattern each, so that colour never speaks alone (PB-28).

use crate::model::{
    Facts, Thing, Things,
    item::words,
    thing::{number, text},
};

words! {
    /// The pattern of a tag.
    Pattern {
        /// Nothing but the colour.
        Plain = "plain", "Plain";
        /// Slanted lines.
        Stripes = "stripes", "Stripes";
        /// Dots.
        Dots = "dots", "Dots";
        /// Crossed lines.
        Grid = "grid", "Grid";
        /// A line around it.
        Ring = "ring", "Ring";
        /// Half of it filled.
        Half = "half", "Half";
    }
}

/// How a tag looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// A colour of the palette, 0–11.
    pub colour: u8,
    /// The pattern.
    pub pattern: Pattern,
}

/// How a tag looks; `None` where nobody said.
#[must_use]
pub fn look(things: &Things, tag: &str) -> Option<Look> {
    let facts = things.get(&Thing::Product)?;
    let colour = colour(facts, tag);
    let pattern = Pattern::from_word(text(facts, &format!("tag:{tag}:pattern")));
    (colour.is_some() || pattern.is_some()).then_some(Look {
        colour: colour.unwrap_or(11),
        pattern: pattern.unwrap_or(Pattern::Plain),
    })
}

fn colour(facts: &Facts, tag: &str) -> Option<u8> {
    let colour = number(facts, &format!("tag:{tag}:colour"))?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "colours are 0 to 11"
    )]
    (0.0..=11.0).contains(&colour).then_some(colour as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_28_tags_have_a_colour_and_a_pattern() {
        let facts = [
            ("tag:ui:colour".to_owned(), 3.0.into()),
            ("tag:ui:pattern".to_owned(), "dots".into()),
            ("tag:old:colour".to_owned(), 99.0.into()),
        ];
        let things: Things = [(Thing::Product, facts.into())].into();
        let wanted = Look {
            colour: 3,
            pattern: Pattern::Dots,
        };
        assert_eq!(look(&things, "ui"), Some(wanted));
        assert_eq!(look(&things, "old"), None);
        assert_eq!(look(&things, "other"), None);
    }
}
