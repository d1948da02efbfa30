//! User stories in words: "As a …, I want …, so that …", as people really write it.

use crate::{
    import::{ImportedItem, bounds::one_line},
    model::Kind,
};

/// "As a result we need …" tells of no person.
const NOT_A_PERSON: [&str; 14] = [
    "result",
    "consequence",
    "workaround",
    "follow-up",
    "followup",
    "follow",
    "part",
    "matter",
    "general",
    "first",
    "last",
    "next",
    "reminder",
    "rule",
];
/// A longer text is no user story, whatever its words.
const STORY_BYTES_MAX: usize = 4_000;
const WANTS: [&str; 9] = [
    "want", "would", "need", "wish", "can", "should", "must", "like", "am",
];

/// The parts of a user story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Story {
    pub(super) for_whom: String,
    pub(super) want: String,
    pub(super) benefit: String,
}

/// An item from one line of text. Bullets, numbers and check boxes of lists are not part of it.
#[must_use]
pub fn from_line(line: &str) -> ImportedItem {
    let (text, ticked) = without_list_marker(line.trim());
    let (key, text) = split_key(text);
    let mut item = ImportedItem::titled(one_line(text));
    item.key = key.to_owned();
    if ticked {
        item.status = crate::model::Status::Done;
    }
    tell(&mut item);
    item
}

/// Turns an item whose title tells a whole story into one; says whether it did.
pub(super) fn tell(item: &mut ImportedItem) -> bool {
    let Some(story) = parse(&item.title) else {
        return false;
    };
    // Fields that the file fills by itself are not overwritten, so the title has to keep what it says.
    if !item.for_whom.is_empty() || (!item.benefit.is_empty() && !story.benefit.is_empty()) {
        return false;
    }
    item.kind = Kind::Story;
    item.title = story.want;
    item.for_whom = story.for_whom;
    if !story.benefit.is_empty() {
        item.benefit = story.benefit;
    }
    true
}

/// The parts of a sentence in the form of a user story; tolerates missing commas and spaces and a repeated "so that".
pub(super) fn parse(text: &str) -> Option<Story> {
    if text.len() > STORY_BYTES_MAX {
        return None;
    }
    let words: Vec<&str> = after_as_a(text)?.split_whitespace().collect();
    let (role_end, want_begin) = find_want(&words)?;
    let first = plain(words.first()?);
    if role_end == 0 || NOT_A_PERSON.contains(&first.as_str()) {
        return None;
    }
    let (want_end, benefit_begin) = find_benefit(&words[want_begin..])
        .map_or((words.len(), words.len()), |(end, begin)| {
            (want_begin + end, want_begin + begin)
        });
    let want = sentence(&words[want_begin..want_end]);
    let mut benefit = words[benefit_begin..].to_vec();
    while let Some((_, begin)) = find_benefit(&benefit).filter(|(end, _)| *end == 0) {
        benefit.drain(..begin);
    }
    (!want.is_empty()).then(|| Story {
        for_whom: phrase(&words[..role_end]),
        want: capitalised(&want),
        benefit: sentence(&benefit),
    })
}

/// What follows "As a", "As an", "As the"; also where the next word is glued on ("As anInspector").
fn after_as_a(text: &str) -> Option<&str> {
    let text = text.trim_start();
    let rest = strip_word(text, "as")?.trim_start();
    for article in ["the", "an", "a"] {
        if let Some(rest) = strip_word(rest, article) {
            return Some(rest);
        }
        let glued = rest
            .get(..article.len())
            .filter(|start| start.eq_ignore_ascii_case(article))
            .map(|_| &rest[article.len()..])
            .filter(|rest| rest.starts_with(|letter: char| letter.is_uppercase()));
        if let Some(rest) = glued {
            return Some(rest);
        }
    }
    None
}

fn strip_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let start = text.get(..word.len())?;
    let rest = &text[word.len()..];
    let ends = rest.starts_with(char::is_whitespace);
    (start.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// Where the role ends and where the wanted thing begins, in words.
fn find_want(words: &[&str]) -> Option<(usize, usize)> {
    (1..words.len()).find_map(|at| {
        let pronoun = matches!(plain(words[at]).as_str(), "i" | "we");
        let contracted = matches!(plain(words[at]).as_str(), "i'd" | "we'd");
        let verb = if pronoun || contracted { at + 1 } else { at };
        let skipped = |verb: usize| {
            words
                .get(verb)
                .is_some_and(|word| matches!(plain(word).as_str(), "really" | "also" | "only"))
        };
        let verb = if skipped(verb) { verb + 1 } else { verb };
        let name = plain(words.get(verb)?);
        // Without a pronoun only the two verbs count that people drop it before ("As a Researcher would like …").
        let known = if pronoun || contracted {
            WANTS.contains(&name.as_str())
        } else {
            name == "want"
                || (name == "would"
                    && words
                        .get(verb + 1)
                        .is_some_and(|next| plain(next) == "like"))
        };
        known.then(|| (at, after_verb(words, verb)))
    })
}

/// Skips "want to", "would like to", "need to", "can", "am able to" and "be able to".
fn after_verb(words: &[&str], verb: usize) -> usize {
    let is = |at: usize, word: &str| words.get(at).is_some_and(|found| plain(found) == word);
    let mut at = verb + 1;
    if is(verb, "would") && is(at, "like") {
        at += 1;
    }
    if is(at, "to") && at + 1 < words.len() {
        at += 1;
    }
    if is(at, "be") && is(at + 1, "able") && is(at + 2, "to") {
        at += 3;
    } else if is(verb, "am") && is(at, "able") && is(at + 1, "to") {
        at += 2;
    }
    at
}

/// Where the wanted thing ends and where the reason begins, in words.
fn find_benefit(words: &[&str]) -> Option<(usize, usize)> {
    (0..words.len()).find_map(|at| {
        if plain(words[at]) != "so" {
            return None;
        }
        let next = words.get(at + 1)?;
        let comma_before = at > 0 && words[at - 1].ends_with(',');
        if plain(next) == "that" {
            return Some((at, at + 2));
        }
        let subject = matches!(
            plain(next).as_str(),
            "i" | "we"
                | "they"
                | "he"
                | "she"
                | "it"
                | "my"
                | "our"
                | "their"
                | "thati"
                | "i'm"
                | "we're"
        );
        (subject || comma_before).then_some((at, at + 1))
    })
}

/// A word in lower case without the punctuation around it.
fn plain(word: &str) -> String {
    word.trim_matches([',', ';', ':', '.', '"', '(', ')'])
        .replace('’', "'")
        .to_lowercase()
}

fn phrase(words: &[&str]) -> String {
    words
        .join(" ")
        .trim_end_matches([',', ';', ':', ' '])
        .to_owned()
}

/// A clause without the comma or the full stop that ended it in the line.
fn sentence(words: &[&str]) -> String {
    let mut text = phrase(words);
    if text.ends_with('.') && !text.ends_with("..") {
        text.pop();
    }
    // "so thatI can": the word was glued to the one before.
    text.strip_prefix("thatI ")
        .map_or(text.clone(), |rest| format!("I {rest}"))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// The text of a list entry, and whether its box is ticked.
pub(super) fn without_list_marker(line: &str) -> (&str, bool) {
    let line = line.trim_start();
    let after_number = || {
        let rest = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let digits = line.len() - rest.len();
        rest.strip_prefix(['.', ')'])
            .filter(|_| (1..=4).contains(&digits))
    };
    let line = line
        .strip_prefix(['-', '*', '+', '•', '–', '◦'])
        .or_else(after_number)
        .filter(|rest| rest.starts_with(char::is_whitespace))
        .map_or(line, str::trim_start);
    for (mark, ticked) in [("[ ]", false), ("[]", false), ("[x]", true), ("[X]", true)] {
        let rest = line.strip_prefix(mark);
        if let Some(rest) =
            rest.filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
        {
            return (rest.trim_start(), ticked);
        }
    }
    (line, false)
}

/// A key such as `ABC-12` at the beginning of a line, and the rest.
fn split_key(text: &str) -> (&str, &str) {
    let Some((first, rest)) = text.split_once(char::is_whitespace) else {
        return ("", text);
    };
    let key = first
        .trim_end_matches(':')
        .trim_start_matches('[')
        .trim_end_matches(']');
    let well_formed = key.split_once('-').is_some_and(|(project, number)| {
        (2..=12).contains(&project.len())
            && project.starts_with(|letter: char| letter.is_ascii_uppercase())
            && project
                .chars()
                .all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
            && (1..=7).contains(&number.len())
            && number.bytes().all(|digit| digit.is_ascii_digit())
    });
    // "UTF-8 is broken" has no key: only a mark tells one from the first word of a title.
    if well_formed && first.len() > key.len() {
        (key, rest.trim_start())
    } else {
        ("", text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> (String, String, String) {
        let item = from_line(text);
        assert_eq!(item.kind, Kind::Story, "{text}");
        (item.for_whom, item.title, item.benefit)
    }

    #[test]
    fn stories_are_told_as_people_write_them() {
        for (text, for_whom, want, benefit) in [
            (
                "As a moderator, I want to invite people, so that we can play.",
                "moderator",
                "Invite people",
                "we can play",
            ),
            (
                "As an estimator I want to see the item  so that so that I know",
                "estimator",
                "See the item",
                "I know",
            ),
            (
                "as a Developer I want a jQuery plugin  so that I can use it",
                "Developer",
                "A jQuery plugin",
                "I can use it",
            ),
            (
                "As anInspector  I want to Conduct Inspections  so that I can validate",
                "Inspector",
                "Conduct Inspections",
                "I can validate",
            ),
            (
                "As the site editor I want to add an article",
                "site editor",
                "Add an article",
                "",
            ),
            (
                "As a CSM I want to be able to log in So that I can finish it ",
                "CSM",
                "Log in",
                "I can finish it",
            ),
            (
                "As a ResearcherDeveloper  would like the ability import  so thatI can use it",
                "ResearcherDeveloper",
                "The ability import",
                "I can use it",
            ),
            (
                "As a Publisher I would like a tool",
                "Publisher",
                "A tool",
                "",
            ),
            (
                "As a user, I'd like to pay, so my work is done",
                "user",
                "Pay",
                "my work is done",
            ),
            ("As a user I’d like to pay", "user", "Pay", ""),
            (
                "As a site member who has read a teaser I want to read it all",
                "site member who has read a teaser",
                "Read it all",
                "",
            ),
            (
                "As a  Staff member I need to be notified",
                "Staff member",
                "Be notified",
                "",
            ),
            ("- [ ] As a user I can élan", "user", "Élan", ""),
        ] {
            assert_eq!(
                told(text),
                (for_whom.into(), want.into(), benefit.into()),
                "{text}"
            );
        }
    }

    #[test]
    fn other_lines_stay_plain() {
        for text in [
            "Fix the login",
            "As a result we need to restart",
            "As soon as I want to go",
            "As a user",
            "As a user I want",
            "As an aside",
            "Asa user I want x",
            "I want to see so that",
            "As a",
            "As",
            "",
        ] {
            let item = from_line(text);
            assert_eq!(
                (item.kind, item.title.as_str()),
                (Kind::Feature, text),
                "{text}"
            );
        }
    }

    #[test]
    fn marks_of_lists_are_not_part_of_the_title() {
        for (line, title, key, done) in [
            ("- one", "one", "", false),
            ("* [x] two", "two", "", true),
            ("12. three", "three", "", false),
            ("3) four", "four", "", false),
            ("-five", "-five", "", false),
            ("3.5 is six", "3.5 is six", "", false),
            ("[ ] seven", "seven", "", false),
            ("MESOS-313: Report it", "Report it", "MESOS-313", false),
            ("[AB-1]: Report it", "Report it", "AB-1", false),
            ("UTF-8 is broken", "UTF-8 is broken", "", false),
            ("A-1 is short", "A-1 is short", "", false),
        ] {
            let item = from_line(line);
            let done_status = item.status == crate::model::Status::Done;
            assert_eq!(
                (item.title.as_str(), item.key.as_str(), done_status),
                (title, key, done),
                "{line}"
            );
        }
    }
}
