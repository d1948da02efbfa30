//! Items that may be the same (`formulas.md` §5.13): by the letters and by the words of their titles, offline.

use std::collections::{BTreeMap, BTreeSet};

/// Titles whose trigrams overlap by this much may be the same.
const TRIGRAMS_FROM: f64 = 0.45;
/// Titles whose words overlap by this much may be the same.
const WORDS_FROM: f64 = 0.6;
/// At most so many suggestions are made.
pub const SUGGESTIONS_MAX: usize = 5;
/// A trigram that more titles than this have says nothing about any of them.
const COMMON_ABOVE: usize = 400;

const STOP_WORDS: &[&str] = &[
    "a", "an", "and", "are", "as", "at", "be", "by", "can", "for", "from", "i", "in", "is", "it",
    "of", "on", "or", "so", "that", "the", "to", "want", "when", "with",
];

/// The words that tell titles apart: in lower case, without accents and stop words.
#[must_use]
pub fn words(title: &str) -> BTreeSet<String> {
    let plain: String = title
        .chars()
        .flat_map(char::to_lowercase)
        .map(fold)
        .collect();
    plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty() && !STOP_WORDS.contains(word))
        .map(str::to_owned)
        .collect()
}

/// The letter without its accent, for the letters of European languages.
const fn fold(letter: char) -> char {
    match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ą' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => 'e',
        'ğ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => 'i',
        'ł' => 'l',
        'ñ' | 'ń' | 'ň' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => 'o',
        'ř' => 'r',
        'ś' | 'š' | 'ş' => 's',
        'ť' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => 'u',
        'ý' | 'ÿ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        other => other,
    }
}

/// The runs of three letters of the words, each word with a space around it.
fn trigrams(words: &BTreeSet<String>) -> BTreeSet<[char; 3]> {
    let mut found = BTreeSet::new();
    for word in words {
        let letters: Vec<char> = std::iter::once(' ')
            .chain(word.chars())
            .chain(std::iter::once(' '))
            .collect();
        found.extend(
            letters
                .windows(3)
                .filter_map(|run| <[char; 3]>::try_from(run).ok()),
        );
    }
    found
}

/// How much of two sets is common to both, 0 to 1.
#[allow(clippy::cast_precision_loss, reason = "titles have few words")]
fn share<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    let common = a.intersection(b).count();
    let all = a.len() + b.len() - common;
    if all == 0 {
        0.0
    } else {
        common as f64 / all as f64
    }
}

#[derive(Clone, Debug)]
struct Entry<K> {
    key: K,
    words: BTreeSet<String>,
    trigrams: BTreeSet<[char; 3]>,
}

/// The titles of a backlog, to be asked which of them resemble another one.
#[derive(Clone, Debug)]
pub struct Titles<K> {
    entries: Vec<Entry<K>>,
    with_trigram: BTreeMap<[char; 3], Vec<usize>>,
}

impl<K: Copy + PartialEq> Titles<K> {
    /// An index of titles.
    pub fn new<'a>(titles: impl Iterator<Item = (K, &'a str)>) -> Self {
        let mut entries = Vec::new();
        let mut with_trigram: BTreeMap<[char; 3], Vec<usize>> = BTreeMap::new();
        for (index, (key, title)) in titles.enumerate() {
            let words = words(title);
            let trigrams = trigrams(&words);
            for trigram in &trigrams {
                with_trigram.entry(*trigram).or_default().push(index);
            }
            entries.push(Entry {
                key,
                words,
                trigrams,
            });
        }
        Self {
            entries,
            with_trigram,
        }
    }

    /// The titles that resemble one most, but for that of `but`; at most [`SUGGESTIONS_MAX`], the most alike first.
    #[must_use]
    pub fn like(&self, title: &str, but: Option<K>) -> Vec<(K, f64)> {
        let words = words(title);
        let trigrams = trigrams(&words);
        let mut candidates: BTreeSet<usize> = BTreeSet::new();
        for trigram in &trigrams {
            if let Some(with) = self.with_trigram.get(trigram)
                && with.len() <= COMMON_ABOVE
            {
                candidates.extend(with);
            }
        }
        let mut found: Vec<(K, f64)> = candidates
            .into_iter()
            .map(|index| &self.entries[index])
            .filter(|entry| Some(entry.key) != but)
            .filter_map(|entry| {
                let letters = share(&trigrams, &entry.trigrams);
                let told = share(&words, &entry.words);
                let alike = letters >= TRIGRAMS_FROM || told >= WORDS_FROM;
                alike.then(|| (entry.key, letters.max(told)))
            })
            .collect();
        found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        found.truncate(SUGGESTIONS_MAX);
        found
    }

    /// The titles that resemble another one of the index.
    #[must_use]
    pub fn doubtful(&self) -> Vec<K> {
        let alike = |index: &usize| {
            let entry = &self.entries[*index];
            let rare = entry.trigrams.iter().filter_map(|trigram| {
                let with = self.with_trigram.get(trigram)?;
                (with.len() <= COMMON_ABOVE).then_some(with)
            });
            let mut seen = BTreeSet::new();
            rare.flatten().any(|other| {
                *other != *index && seen.insert(*other) && {
                    let other = &self.entries[*other];
                    share(&entry.trigrams, &other.trigrams) >= TRIGRAMS_FROM
                        || share(&entry.words, &other.words) >= WORDS_FROM
                }
            })
        };
        let doubtful = (0..self.entries.len()).filter(alike);
        doubtful.map(|index| self.entries[index].key).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_22_titles_are_compared_without_case_accents_and_stop_words() {
        let plain: Vec<String> = words("The Üser wants to SEE a café!").into_iter().collect();
        assert_eq!(plain, ["cafe", "see", "user", "wants"]);
    }

    #[test]
    fn pb_22_what_resembles_is_suggested_and_what_does_not_is_not() {
        let titles = [
            "Export the report as PDF",
            "PDF export of reports",
            "Dark mode",
            "Sign in with single sign-on",
            "",
        ];
        let index = Titles::new(titles.iter().copied().enumerate());
        let found: Vec<usize> = index
            .like("Export report as a PDF file", None)
            .into_iter()
            .map(|(key, _)| key)
            .collect();
        assert_eq!(found, [0, 1]);
        assert_eq!(index.like("Export the report as PDF", Some(0)).len(), 1);
        assert!(index.like("", None).is_empty());
        assert_eq!(index.doubtful(), [0, 1]);
    }

    #[test]
    fn pb_22_no_more_than_five_are_suggested() {
        let index = Titles::new((0..20).map(|n| (n, "Same title")));
        assert_eq!(index.like("same Title", None).len(), SUGGESTIONS_MAX);
    }
}
