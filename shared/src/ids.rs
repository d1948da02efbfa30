//! Every id its own type: parsed at the border, private inside, copyable and ordered.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Text that is not an id of the wanted kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a valid {kind} id: {text:?}")]
pub struct InvalidId {
    kind: &'static str,
    text: String,
}

impl InvalidId {
    fn new(kind: &'static str, text: &str) -> Self {
        Self {
            kind,
            text: text.chars().take(80).collect(),
        }
    }
}

const BASE_58: &[u8; 58] = b"123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const SHORT_LENGTH: usize = 12;

/// An id of twelve base-58 digits, about 70 random bits.
macro_rules! short_id {
    ($(#[$doc:meta])* $name:ident, $kind:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; SHORT_LENGTH]);

        impl $name {
            /// Draws an id from a source of randomness.
            pub fn random(rng: &mut impl rand::Rng) -> Self {
                Self(std::array::from_fn(|_| BASE_58[rng.random_range(0..BASE_58.len())]))
            }

            /// The id as it stands in documents and addresses.
            #[must_use]
            pub fn as_str(&self) -> &str {
                str::from_utf8(&self.0).expect("base-58 digits are ASCII")
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let digits: [u8; SHORT_LENGTH] =
                    text.as_bytes().try_into().map_err(|_| InvalidId::new($kind, text))?;
                if digits.iter().all(|digit| BASE_58.contains(digit)) {
                    Ok(Self(digits))
                } else {
                    Err(InvalidId::new($kind, text))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        text_id!($name, $kind);
    };
}

/// `Debug` that shows the kind, and serialization as text.
macro_rules! text_id {
    ($name:ident, $kind:literal) => {
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}:{self}", $kind)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;
                impl de::Visitor<'_> for Text {
                    type Value = $name;
                    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(concat!("the id of a ", $kind))
                    }
                    fn visit_str<E: de::Error>(self, text: &str) -> Result<$name, E> {
                        text.parse().map_err(E::custom)
                    }
                }
                deserializer.deserialize_str(Text)
            }
        }
    };
}

short_id!(
    /// One item of a backlog, for life: it keeps its id through every list, release and sprint.
    ItemId,
    "item"
);
short_id!(
    /// One acceptance criterion of an item.
    CriterionId,
    "criterion"
);
short_id!(
    /// One comment on an item.
    CommentId,
    "comment"
);
short_id!(
    /// One goal, list, release or other record of a backlog.
    RecordId,
    "record"
);
short_id!(
    /// One open tab of a browser.
    TabId,
    "tab"
);
short_id!(
    /// One link to a backlog.
    LinkId,
    "link"
);

/// A backlog's document: sixteen random bytes, written like automerge-repo's document ids (base58check).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentId([u8; 16]);

impl DocumentId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Draws an id from a source of randomness.
    pub fn random(rng: &mut impl rand::Rng) -> Self {
        Self(rng.random())
    }

    /// The bytes of the id.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The address under which stock Automerge clients know the backlog.
    #[must_use]
    pub fn automerge_url(&self) -> String {
        format!("automerge:{self}")
    }
}

impl FromStr for DocumentId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId::new("backlog", text);
        if text.len() > 64 {
            return Err(invalid());
        }
        let bytes = bs58::decode(text)
            .with_check(None)
            .into_vec()
            .map_err(|_| invalid())?;
        bytes.try_into().map(Self).map_err(|_| invalid())
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).with_check().into_string())
    }
}

text_id!(DocumentId, "backlog");

/// A person on one device: the author of their changes. Sixteen random bytes, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PersonId([u8; 16]);

impl PersonId {
    /// The id with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Draws an id from a source of randomness.
    pub fn random(rng: &mut impl rand::Rng) -> Self {
        Self(rng.random())
    }

    /// The bytes of the id: the author footer of a change.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl FromStr for PersonId {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let invalid = || InvalidId::new("person", text);
        if text.len() != 32
            || !text
                .bytes()
                .all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err(invalid());
        }
        u128::from_str_radix(text, 16)
            .map(|bits| Self(bits.to_be_bytes()))
            .map_err(|_| invalid())
    }
}

impl fmt::Display for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

text_id!(PersonId, "person");

/// The bytes of a file: their SHA-256, written in hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileHash([u8; 32]);

impl FileHash {
    /// The hash with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for FileHash {
    type Err = InvalidId;

    fn from_str(text: &str) -> Result<Self, InvalidId> {
        let half = |from: usize| {
            let digits = text.get(from..from + 32)?;
            digits.parse().ok().map(|PersonId(bytes)| bytes)
        };
        match (text.len(), half(0), half(32)) {
            (64, Some(first), Some(second)) => Ok(Self(std::array::from_fn(|at| {
                if at < 16 { first[at] } else { second[at - 16] }
            }))),
            _ => Err(InvalidId::new("file", text)),
        }
    }
}

impl fmt::Display for FileHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

text_id!(FileHash, "file");

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    #[test]
    fn ids_survive_text() {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        for _ in 0..200 {
            let item = ItemId::random(&mut rng);
            assert_eq!(item.to_string().parse(), Ok(item));
            let document = DocumentId::random(&mut rng);
            assert_eq!(document.to_string().parse(), Ok(document));
            let person = PersonId::random(&mut rng);
            assert_eq!(person.to_string().parse(), Ok(person));
            let file = FileHash::from_bytes(rand::Rng::random(&mut rng));
            assert_eq!(file.to_string().parse(), Ok(file));
        }
    }

    #[test]
    fn a_mistyped_document_id_is_refused() {
        let text = DocumentId::from_bytes([7; 16]).to_string();
        let mistyped = if text.starts_with('2') {
            text.replacen('2', "3", 1)
        } else {
            format!("2{}", &text[1..])
        };
        assert!(mistyped.parse::<DocumentId>().is_err());
        assert!("".parse::<DocumentId>().is_err());
        assert!("short".parse::<ItemId>().is_err());
        assert!("0OIl56789ABC".parse::<ItemId>().is_err());
        for wrong in [
            "",
            &"0".repeat(63),
            &"0".repeat(65),
            &"A".repeat(64),
            &"é".repeat(32),
        ] {
            assert!(wrong.parse::<FileHash>().is_err(), "{wrong}");
        }
    }
}
