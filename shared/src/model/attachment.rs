//! A file at an item: what the document says of it, in one register of the item, `file:<record>`. Its bytes are not part
//! of the document; they are found by their hash (`PROTOCOL.md` F1).

use std::{fmt, str::FromStr};

use sha2::{Digest, Sha256};

use crate::{
    ids::{FileHash, PersonId},
    limits::FILE_BYTES_MAX,
    time::Timestamp,
};

use super::{Row, Scalar};

/// What the registers of files begin with.
pub const MARK: &str = "file:";

/// How many characters a file's name has at most: what file systems take.
const NAME_CHARS_MAX: usize = 200;
/// How many characters a media type has at most.
const MEDIA_TYPE_CHARS_MAX: usize = 100;
/// The media type of what nobody knows the type of.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// What the document says of a file. Written as one line of words: hash, bytes, UTC milliseconds, person, media type,
/// name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Names its bytes.
    pub hash: FileHash,
    /// How many bytes it has.
    pub bytes: u64,
    /// When it was attached.
    pub at: Timestamp,
    /// Who attached it.
    pub by: PersonId,
    /// What kind of file it is said to be.
    pub media_type: String,
    /// What it is called.
    pub name: String,
}

/// Text that does not describe a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that does not describe a file")]
pub struct NotAFile;

impl Attachment {
    /// A file under a name that is one line and hides nothing: without control characters, marks that turn the
    /// direction of writing, and what separates folders.
    #[must_use]
    pub fn new(hash: FileHash, bytes: u64, (name, media_type): (&str, &str)) -> Self {
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        Self {
            hash,
            bytes,
            at: Timestamp::default(),
            by: PersonId::from_bytes([0; 16]),
            media_type: if is_media_type(media_type) {
                media_type.to_ascii_lowercase()
            } else {
                UNKNOWN_TYPE.to_owned()
            },
            name: clean(name),
        }
    }

    /// The same, attached by somebody.
    #[must_use]
    pub fn by(self, by: PersonId, at: Timestamp) -> Self {
        Self { by, at, ..self }
    }

    /// Whether browsers may show it as a picture: only formats that are dots and nothing else, never a program.
    #[must_use]
    pub fn is_picture(&self) -> bool {
        matches!(
            self.media_type.as_str(),
            "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif" | "image/bmp"
        )
    }
}

/// Takes the hash of a file, part by part.
#[derive(Clone, Debug, Default)]
pub struct Hashing(Sha256);

impl Hashing {
    /// Takes in the next bytes.
    pub fn add(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all of them.
    #[must_use]
    pub fn hash(self) -> FileHash {
        FileHash::from_bytes(self.0.finalize().into())
    }
}

/// The files of an item with their registers, in the order in which they were attached.
#[must_use]
pub fn attachments(row: &Row) -> Vec<(String, Attachment)> {
    let mut found: Vec<(String, Attachment)> = row
        .marks
        .iter()
        .filter(|(key, _)| key.starts_with(MARK))
        .filter_map(|(key, value)| Some((key.clone(), read(value)?)))
        .collect();
    found.sort_by(|(a, x), (b, y)| (x.at, a).cmp(&(y.at, b)));
    found
}

/// The file that a register describes.
#[must_use]
pub fn read(value: &Scalar) -> Option<Attachment> {
    value.text()?.parse().ok()
}

impl fmt::Display for Attachment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            hash,
            bytes,
            at,
            by,
            media_type,
            name,
        } = self;
        write!(f, "{hash} {bytes} {} {by} {media_type} {name}", at.ms())
    }
}

impl FromStr for Attachment {
    type Err = NotAFile;

    fn from_str(text: &str) -> Result<Self, NotAFile> {
        let mut words = text.splitn(6, ' ');
        let mut word = || words.next().ok_or(NotAFile);
        let hash = word()?.parse().map_err(|_| NotAFile)?;
        let bytes = word()?.parse().map_err(|_| NotAFile)?;
        let at: i64 = word()?.parse().map_err(|_| NotAFile)?;
        let by = word()?.parse().map_err(|_| NotAFile)?;
        let (media_type, name) = (word()?.to_owned(), word()?.to_owned());
        let is_sound = bytes <= FILE_BYTES_MAX
            && at >= 0
            && is_media_type(&media_type)
            && clean(&name) == name;
        is_sound
            .then_some(Self {
                hash,
                bytes,
                at: Timestamp::from_ms(at),
                by,
                media_type,
                name,
            })
            .ok_or(NotAFile)
    }
}

fn clean(name: &str) -> String {
    let seen = |letter: char| match letter {
        '/' | '\\' => Some('_'),
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
        letter if letter.is_whitespace() => Some(' '),
        letter => (!letter.is_control()).then_some(letter),
    };
    let name: String = name.chars().filter_map(seen).collect();
    let words: Vec<&str> = name.split_whitespace().collect();
    let name = words.join(" ");
    if name.is_empty() {
        return "file".to_owned();
    }
    shortened(&name)
}

/// Keeps the ending of a long name, which says what it is.
fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME_CHARS_MAX {
        return name.to_owned();
    }
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    let ending = match ending.chars().count() {
        1..=10 => format!(".{ending}"),
        _ => String::new(),
    };
    let kept = NAME_CHARS_MAX - ending.chars().count();
    let stem: String = name.chars().take(kept).collect();
    format!("{}{ending}", stem.trim_end())
}

fn is_media_type(text: &str) -> bool {
    let is_name = |name: &str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte))
    };
    let parts = text.split_once('/');
    text.len() <= MEDIA_TYPE_CHARS_MAX
        && parts.is_some_and(|(kind, form)| is_name(kind) && is_name(form))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, media_type: &str) -> Attachment {
        Attachment::new(FileHash::from_bytes([7; 32]), 5, (name, media_type))
            .by(PersonId::from_bytes([1; 16]), Timestamp::from_ms(9))
    }

    #[test]
    fn k1_what_is_said_of_a_file_survives_text() {
        for name in ["a.png", "Grüße an Ada (2).pdf", "no ending", "名前.txt"] {
            let said = file(name, "image/png");
            assert_eq!(said.name, name);
            assert_eq!(said.to_string().parse(), Ok(said));
        }
    }

    #[test]
    fn f1_a_file_is_named_by_its_bytes_however_they_come() {
        let mut hashing = Hashing::default();
        hashing.add(b"ab");
        hashing.add(b"c");
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(hashing.hash().to_string(), expected);
    }

    #[test]
    fn k1_names_hide_nothing() {
        for (given, kept) in [
            ("../../etc/passwd", ".._.._etc_passwd"),
            ("C:\\a\\b.txt", "C:_a_b.txt"),
            ("invoice\u{202e}gpj.exe", "invoicegpj.exe"),
            ("two\nlines\u{0}.txt", "two lines.txt"),
            ("  \t ", "file"),
        ] {
            assert_eq!(file(given, "").name, kept);
        }
        let long = file(&format!("{}.tar", "a".repeat(300)), "");
        assert_eq!(long.name.chars().count(), NAME_CHARS_MAX);
        assert!(long.name.ends_with(".tar"));
        assert_eq!(long.to_string().parse(), Ok(long));
    }

    #[test]
    fn k1_a_type_is_a_type_or_unknown() {
        for (given, kept) in [
            ("text/plain; charset=utf-8", "text/plain"),
            ("IMAGE/PNG", "image/png"),
            ("", UNKNOWN_TYPE),
            ("image png", UNKNOWN_TYPE),
            ("text/html\r\nx-evil: 1", UNKNOWN_TYPE),
        ] {
            assert_eq!(file("a", given).media_type, kept, "{given:?}");
        }
        assert!(file("a.png", "image/png").is_picture());
        for never in ["image/svg+xml", "text/html", "application/pdf"] {
            assert!(!file("a", never).is_picture(), "{never}");
        }
    }

    #[test]
    fn k1_what_describes_no_file_is_none() {
        let sound = file("a.png", "image/png").to_string();
        let words: Vec<&str> = sound.split(' ').collect();
        let with = |at: usize, word: &str| {
            let mut words = words.clone();
            words[at] = word;
            words.join(" ")
        };
        let largest = FILE_BYTES_MAX.to_string();
        assert!(with(1, &largest).parse::<Attachment>().is_ok());
        let larger = (FILE_BYTES_MAX + 1).to_string();
        for broken in [
            with(0, "07"),
            with(1, &larger),
            with(1, "-1"),
            with(2, "-1"),
            with(3, "ada"),
            with(4, "image"),
            with(5, "a/b"),
            with(5, ""),
            words[..5].join(" "),
            String::new(),
        ] {
            assert_eq!(broken.parse::<Attachment>(), Err(NotAFile), "{broken:?}");
        }
    }
}
