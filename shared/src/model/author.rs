//! Who did something, and whether that is sure.

use serde::{Deserialize, Serialize};

use crate::ids::PersonId;

/// Who a change says made it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Author {
    /// Who.
    pub person: PersonId,
    /// `false` where the relay took the change from somebody else, who could have written any name into it.
    pub verified: bool,
}

impl Author {
    /// Somebody whose name is not doubted.
    #[must_use]
    pub const fn known(person: PersonId) -> Self {
        Self {
            person,
            verified: true,
        }
    }
}
