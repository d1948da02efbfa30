//! Who may do what with a backlog: the roles of links, and the one function that decides. Pure: the relay's room asks it
//! for each frame, its HTTP side for each request, and the app to know which controls to offer.
//!
//! What a link is stands here too: a secret that only browsers hold, of which the relay keeps a hash.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    ids::{LinkId, PersonId},
    intent::Intent,
    sync::frame::ClientFrame,
};

/// What a link lets people do. Each role may do all that those before it may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Read.
    Viewer,
    /// Also comment and vote, in one's own name.
    Commenter,
    /// Also change everything.
    Editor,
    /// Also make and revoke links.
    Owner,
}

impl Role {
    /// All, from the least to the most.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Commenter, Self::Editor, Self::Owner];

    /// The word for it in files and messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Commenter => "commenter",
            Self::Editor => "editor",
            Self::Owner => "owner",
        }
    }

    /// The role with that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.word() == word)
    }
}

/// What a frame or a request is about, as far as access goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// To come in, and to get the log, snapshots and others' presence.
    Read,
    /// To be seen by others.
    Appear,
    /// To add changes to the log.
    Change,
    /// To put a file that is attached to an item on the relay.
    PutFile,
    /// To list, make, change and revoke links.
    ManageLinks,
}

impl From<&ClientFrame> for Deed {
    fn from(frame: &ClientFrame) -> Self {
        match frame {
            ClientFrame::Hello { .. }
            | ClientFrame::Pull { .. }
            | ClientFrame::Seen { .. }
            | ClientFrame::Have { .. }
            | ClientFrame::Doubt { .. } => Self::Read,
            ClientFrame::Presence { .. } => Self::Appear,
            ClientFrame::Push { .. } => Self::Change,
        }
    }
}

/// The answer to who may do what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Yes.
    Allowed,
    /// Yes, for changes that do nothing but comment and vote in the person's own name.
    RemarksOnly,
    /// No.
    Refused(Denial),
}

/// Why something is refused, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denial {
    /// The link lets people read.
    #[error("Your link lets you read this backlog, not change it.")]
    ReadOnly,
    /// The link lets people comment.
    #[error("Your link lets you comment and vote, not change anything else.")]
    RemarksOnly,
    /// Links are the owners' business.
    #[error("Only owners make and revoke links.")]
    OwnersOnly,
}

/// Who may do what: the whole table.
#[must_use]
pub const fn authorize(role: Role, deed: Deed) -> Verdict {
    match (deed, role) {
        (
            Deed::Read | Deed::Appear,
            Role::Viewer | Role::Commenter | Role::Editor | Role::Owner,
        )
        | (Deed::Change | Deed::PutFile, Role::Editor | Role::Owner)
        | (Deed::ManageLinks, Role::Owner) => Verdict::Allowed,
        (Deed::Change, Role::Commenter) => Verdict::RemarksOnly,
        (Deed::Change | Deed::PutFile, Role::Viewer) => Verdict::Refused(Denial::ReadOnly),
        (Deed::PutFile, Role::Commenter) => Verdict::Refused(Denial::RemarksOnly),
        (Deed::ManageLinks, Role::Viewer | Role::Commenter | Role::Editor) => {
            Verdict::Refused(Denial::OwnersOnly)
        }
    }
}

/// Whether somebody may want this: said by the app before anything is changed, so that nothing has to be refused later.
///
/// # Errors
/// Why not.
pub fn may_want(role: Role, intent: &Intent) -> Result<(), Denial> {
    match authorize(role, Deed::Change) {
        Verdict::Allowed => Ok(()),
        Verdict::Refused(denial) => Err(denial),
        Verdict::RemarksOnly => match intent {
            Intent::AddComment { .. }
            | Intent::SetComment { .. }
            | Intent::RemoveComment { .. }
            | Intent::Introduce { .. } => Ok(()),
            _ => Err(Denial::RemarksOnly),
        },
    }
}

/// What a connection may do and for whom it speaks, found out before it was let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What it may do.
    pub role: Role,
    /// The link it came by; `None` where the backlog has no links yet and its id alone opens it.
    pub link: Option<LinkId>,
    /// The person it proved to speak for. `None` for one who proved nothing: a stock client, or somebody who uses the
    /// id of a person whose key they lack.
    pub person: Option<PersonId>,
    /// The name that somebody whom the relay trusts vouches for.
    pub name: Option<String>,
}

impl Grant {
    /// What the creator of a backlog may do, in no proved name.
    #[must_use]
    pub const fn owner() -> Self {
        Self {
            role: Role::Owner,
            link: None,
            person: None,
            name: None,
        }
    }
}

/// How many bytes a secret has.
const SECRET_BYTES: usize = 32;

/// What opens a backlog: stands behind the `#` of a link, which no browser sends to a server.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret([u8; SECRET_BYTES]);

/// The hash of a secret, for one purpose: all that the relay keeps of it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Verifier([u8; SECRET_BYTES]);

/// Text that is not a secret or a verifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is not a link's secret")]
pub struct NotASecret;

impl Secret {
    /// Draws a secret from a source of randomness.
    pub fn random(rng: &mut impl rand::Rng) -> Self {
        Self(rng.random())
    }

    /// What the relay keeps of it.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        let digest = Sha256::new()
            .chain_update(b"cutline link 1")
            .chain_update(self.0)
            .finalize();
        Verifier(digest.into())
    }
}

impl Verifier {
    /// The verifier with these bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; SECRET_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }

    /// Whether it is the same, in a time that does not depend on where they differ.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let differing = self
            .0
            .iter()
            .zip(other.0)
            .fold(0, |differing, (own, other)| {
                std::hint::black_box(differing | (own ^ other))
            });
        differing == 0
    }
}

/// Both are written as 64 hexadecimal digits: one alphabet with the ids of people, and no digit to escape in an address.
macro_rules! hexadecimal {
    ($name:ident) => {
        impl FromStr for $name {
            type Err = NotASecret;

            fn from_str(text: &str) -> Result<Self, NotASecret> {
                let digits = text.as_bytes();
                if digits.len() != 2 * SECRET_BYTES {
                    return Err(NotASecret);
                }
                let mut bytes = [0; SECRET_BYTES];
                for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
                    let digit = |digit: u8| char::from(digit).to_digit(16).ok_or(NotASecret);
                    let value = digit(pair[0])? * 16 + digit(pair[1])?;
                    *byte = u8::try_from(value).map_err(|_| NotASecret)?;
                }
                Ok(Self(bytes))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    };
}

hexadecimal!(Secret);
hexadecimal!(Verifier);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "verifier:{self}")
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// The table once more, as people read it.
    #[test]
    fn a1_who_may_do_what() {
        use Verdict::{Allowed, Refused, RemarksOnly};
        let table = [
            (Deed::Read, [Allowed, Allowed, Allowed, Allowed]),
            (Deed::Appear, [Allowed, Allowed, Allowed, Allowed]),
            (
                Deed::Change,
                [Refused(Denial::ReadOnly), RemarksOnly, Allowed, Allowed],
            ),
            (
                Deed::PutFile,
                [
                    Refused(Denial::ReadOnly),
                    Refused(Denial::RemarksOnly),
                    Allowed,
                    Allowed,
                ],
            ),
            (
                Deed::ManageLinks,
                [
                    Refused(Denial::OwnersOnly),
                    Refused(Denial::OwnersOnly),
                    Refused(Denial::OwnersOnly),
                    Allowed,
                ],
            ),
        ];
        for (deed, verdicts) in table {
            for (role, verdict) in Role::ALL.into_iter().zip(verdicts) {
                assert_eq!(authorize(role, deed), verdict, "{role:?} {deed:?}");
            }
        }
    }

    #[test]
    fn a1_only_a_push_changes_anything() {
        let push = ClientFrame::Push {
            batch: 1,
            changes: Vec::new(),
            passed_on: Vec::new(),
        };
        assert_eq!(Deed::from(&push), Deed::Change);
        for frame in [
            ClientFrame::Pull { after: 0 },
            ClientFrame::Seen { seq: 0 },
            ClientFrame::Have {
                hashes: Vec::new(),
                last: true,
            },
        ] {
            assert_eq!(Deed::from(&frame), Deed::Read);
        }
    }

    #[test]
    fn a_role_is_known_by_its_word() {
        for role in Role::ALL {
            assert_eq!(Role::from_word(role.word()), Some(role));
        }
        assert_eq!(Role::from_word("Owner"), None);
    }

    #[test]
    fn a_secret_survives_text_and_shows_only_its_hash() {
        let secret = Secret::random(&mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(secret.to_string().parse(), Ok(secret));
        assert_eq!(format!("{secret:?}"), "a secret");
        let verifier = secret.verifier();
        assert_eq!(verifier.to_string().parse(), Ok(verifier));
        assert_ne!(verifier.as_bytes(), &secret.0);
        for text in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            assert_eq!(text.parse::<Secret>(), Err(NotASecret), "{text}");
        }
    }

    #[test]
    fn verifiers_match_when_all_of_them_does() {
        let one = Verifier::from_bytes([5; 32]);
        assert!(one.matches(&one));
        for at in 0..32 {
            let mut bytes = [5; 32];
            bytes[at] ^= 1;
            assert!(!one.matches(&Verifier::from_bytes(bytes)));
        }
    }
}
