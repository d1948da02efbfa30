//! What the tabs of one browser say to each other about a backlog, over its channel. Pure.
//!
//! Every envelope begins with the build that wrote it: after an update, tabs of two builds may be open, and their
//! messages need not mean the same. Of a foreign envelope only its origin is read.

use serde::{Deserialize, Serialize};
use shared::ids::{DocumentId, TabId};

/// Which build of the app wrote an envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Build(u64);

impl Build {
    /// The build that is loaded from this address: the names of built files carry a hash of their content.
    #[must_use]
    pub fn of_address(address: &str) -> Self {
        // FNV-1a: a few bytes, no adversary.
        let hash = address.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        Self(hash)
    }
}

/// One message among tabs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Envelope {
    /// Who leads? Said by a tab that has just come.
    Ask,
    /// I lead. Said every two seconds, and when asked.
    Lead {
        /// Under which claim.
        epoch: u64,
        /// Whether the leader's page is hidden, so that its browser may freeze it.
        hidden: bool,
    },
    /// From a page to the leader.
    ToLeader {
        /// The leader that is meant.
        epoch: u64,
        /// Whose page.
        tab: TabId,
        /// A [`shared::session::messages::ToSession`].
        message: Vec<u8>,
    },
    /// From the leader to one page.
    ToTab {
        /// The leader that says it.
        epoch: u64,
        /// Whose page.
        tab: TabId,
        /// A [`shared::session::messages::FromSession`].
        message: Vec<u8>,
    },
}

/// What came out of the channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened {
    /// A message of this build.
    Own(Envelope),
    /// Another build is at work in another tab, or something unreadable was posted.
    Foreign,
}

impl Envelope {
    /// The bytes that go over the channel.
    #[must_use]
    pub fn seal(&self, build: Build) -> Vec<u8> {
        let mut bytes = build.0.to_le_bytes().to_vec();
        let body = postcard::to_stdvec(self)
            .expect("envelopes are plain data, which postcard can always encode");
        bytes.extend(body);
        bytes
    }

    /// Reads what came over the channel.
    #[must_use]
    pub fn open(bytes: &[u8], build: Build) -> Opened {
        bytes
            .strip_prefix(&build.0.to_le_bytes())
            .and_then(|body| postcard::from_bytes(body).ok())
            .map_or(Opened::Foreign, Opened::Own)
    }
}

/// The name of the channel of a backlog.
#[must_use]
pub fn channel_of(document: DocumentId) -> String {
    format!("cutline-{document}")
}

/// The name of the lock that a tab holds as long as it lives.
#[must_use]
pub fn lock_of_tab(tab: TabId) -> String {
    format!("cutline-tab-{tab}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_read_by_its_own_build_only() {
        let (old, new) = (
            Build::of_address("/app-1.js"),
            Build::of_address("/app-2.js"),
        );
        let envelope = Envelope::ToTab {
            epoch: 7,
            tab: "123456789ABC".parse().expect("twelve digits"),
            message: vec![1, 2, 3],
        };
        let bytes = envelope.seal(old);
        assert_eq!(Envelope::open(&bytes, old), Opened::Own(envelope));
        assert_eq!(Envelope::open(&bytes, new), Opened::Foreign);
        assert_eq!(Envelope::open(&bytes[..9], old), Opened::Foreign);
        assert_eq!(Envelope::open(&[], old), Opened::Foreign);
    }
}
