//! The whole gate over a log that is no room's: changes from a file, one after the other.

use super::{ChangeIndex, References, Refusal, admit, describe};

/// What has passed so far.
#[derive(Debug, Default)]
pub struct Sieve {
    index: ChangeIndex,
    references: References,
}

impl Sieve {
    /// Takes the next change of a document that is known to be sound.
    ///
    /// # Errors
    /// When it is no sound change after all.
    pub fn trust(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let meta = describe(bytes, &self.index)?;
        self.references.learn(bytes);
        self.index.add(&meta);
        Ok(())
    }

    /// Takes the next change if nothing is wrong with it. Gives it uncompressed.
    ///
    /// # Errors
    /// When it may not be applied; nothing has happened then.
    pub fn pass(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Refusal> {
        let admitted = admit(bytes, &self.index)?;
        let (meta, operations) = (&admitted.meta, &admitted.operations);
        let located = self.references.check(meta, operations, &self.index)?;
        self.references.add(located);
        self.index.add(meta);
        Ok(admitted.bytes)
    }
}
