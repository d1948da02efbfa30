//! Items from lines of text, one a line: stories in words become stories.

use rand::Rng;
use shared::{import, intent::NewItem, time::Timestamp};

/// An item for each line that is not empty.
#[must_use]
pub fn from_lines(lines: &str, now: Timestamp, rng: &mut impl Rng) -> Vec<NewItem> {
    lines
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(import::from_line)
        .filter(|item| !item.title.is_empty())
        .map(|item| item.into_new_item(now, rng))
        .collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;
    use shared::model::Kind;

    use super::*;

    #[test]
    fn each_line_is_an_item_and_stories_are_told_apart() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let text =
            "Fix the login\r\n\n  \nAs a clerk, I want to see all cases so that none is lost\n";
        let items = from_lines(text, Timestamp::from_ms(0), &mut rng);
        assert_eq!(items.len(), 2);
        assert_eq!(items[0].title, "Fix the login");
        assert_eq!((items[1].kind, &*items[1].for_whom), (Kind::Story, "clerk"));
    }
}
