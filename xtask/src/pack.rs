//! Files ready to be served for ever: named by their content and compressed as far as it goes.

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};

use crate::{Result, split};

/// Endings of the compressed forms that lie beside a file.
pub(crate) const BROTLI: &str = "br";
pub(crate) const GZIP: &str = "gz";

/// A folder that is being filled.
pub(crate) struct Files {
    folder: PathBuf,
    /// A folder packed before: what is in it under the same hashed name need not be compressed again.
    former: PathBuf,
    compressed: bool,
    /// Plain name to address, such as `app.js` to `/app-0123456789abcdef.js`.
    addresses: BTreeMap<String, String>,
}

impl Files {
    pub(crate) fn new(folder: PathBuf, former: PathBuf, compressed: bool) -> Self {
        Self {
            folder,
            former,
            compressed,
            addresses: BTreeMap::new(),
        }
    }

    /// Writes a file under a name that holds a hash of its content.
    pub(crate) fn add_hashed(&mut self, name: &str, bytes: &[u8]) -> Result {
        let (stem, ending) = name
            .rsplit_once('.')
            .ok_or_else(|| format!("{name} has no ending"))?;
        let hashed = format!("{stem}-{}.{ending}", hash([bytes]));
        self.write(&hashed, bytes)?;
        self.addresses.insert(name.to_owned(), format!("/{hashed}"));
        Ok(())
    }

    /// Writes a file under a name that people and browsers know.
    pub(crate) fn add_named(&self, name: &str, text: &str) -> Result {
        self.write(name, text.as_bytes())
    }

    /// Puts addresses where the text names files as `{{name}}`. A name that stays is an error: that file comes later or
    /// not at all.
    pub(crate) fn fill(&self, text: &str) -> Result<String> {
        let filled = self
            .addresses
            .iter()
            .fold(text.to_owned(), |text, (name, address)| {
                text.replace(&placeholder(name), address)
            });
        match filled
            .split_once("{{")
            .and_then(|(_, rest)| rest.split_once("}}"))
        {
            Some((unknown, _)) => Err(format!("there is no {unknown} to put in").into()),
            None => Ok(filled),
        }
    }

    /// All hashed files' addresses, in order.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = &str> {
        self.addresses.values().map(String::as_str)
    }

    /// The addresses of the files that a part of the app is in.
    pub(crate) fn needed_for(&self, part: &str) -> Vec<&str> {
        let of_part = |(name, _): &(&String, &String)| split::is_for(name, part);
        let addresses = self.addresses.iter().filter(of_part);
        addresses.map(|(_, address)| address.as_str()).collect()
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result {
        let path = self.folder.join(name);
        fs::write(&path, bytes)?;
        if !self.compressed {
            return Ok(());
        }
        for (ending, compress) in [(BROTLI, brotli as Compress), (GZIP, gzip as Compress)] {
            let name = format!("{name}.{ending}");
            let packed = match fs::read(self.former.join(&name)) {
                Ok(packed) if self.is_same_as_former(&path, bytes) => packed,
                Ok(_) | Err(_) => compress(bytes)?,
            };
            if packed.len() < bytes.len() {
                fs::write(self.folder.join(name), packed)?;
            }
        }
        Ok(())
    }

    fn is_same_as_former(&self, path: &Path, bytes: &[u8]) -> bool {
        path.file_name()
            .and_then(|name| fs::read(self.former.join(name)).ok())
            .is_some_and(|former| former == bytes)
    }
}

type Compress = fn(&[u8]) -> Result<Vec<u8>>;

/// As a text names a file or a value that the build puts in.
pub(crate) fn placeholder(name: &str) -> String {
    format!("{{{{{name}}}}}")
}

/// Sixteen hexadecimal digits that stand for these pieces, in this order.
pub(crate) fn hash<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hasher = Sha256::new();
    for piece in pieces {
        // With lengths, no two lists of pieces run together into the same bytes.
        hasher.update(piece.len().to_le_bytes());
        hasher.update(piece);
    }
    hasher.finalize()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn brotli(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 24);
    packer.write_all(bytes)?;
    Ok(packer.into_inner())
}

fn gzip(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    Ok(packer.finish()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(folder: &Path, former: &Path) -> Files {
        Files::new(folder.to_owned(), former.to_owned(), true)
    }

    #[test]
    fn a_text_names_the_hashed_file_and_an_unknown_name_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let mut files = files(folder.path(), folder.path());
        files.add_hashed("app.js", b"let a = 1;").unwrap();
        let address = files.addresses().next().unwrap().to_owned();
        assert_eq!(files.fill("<{{app.js}}>").unwrap(), format!("<{address}>"));
        assert!(files.fill("{{app.css}}").is_err());
    }

    #[test]
    fn a_compressed_form_is_kept_only_where_it_is_smaller() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path(), folder.path());
        files
            .add_named("long.txt", &"again and ".repeat(100))
            .unwrap();
        files.add_named("short.txt", "x").unwrap();
        assert!(folder.path().join("long.txt.br").exists());
        assert!(folder.path().join("long.txt.gz").exists());
        assert!(!folder.path().join("short.txt.br").exists());
        assert!(!folder.path().join("short.txt.gz").exists());
    }

    #[test]
    fn a_former_form_serves_again_only_for_the_same_content() {
        let [former, folder] = [(); 2].map(|()| tempfile::tempdir().unwrap());
        fs::write(former.path().join("a.txt"), "a".repeat(99)).unwrap();
        fs::write(former.path().join("a.txt.br"), "former").unwrap();
        let files = files(folder.path(), former.path());
        let packed = || fs::read(folder.path().join("a.txt.br")).unwrap();
        files.add_named("a.txt", &"a".repeat(99)).unwrap();
        assert_eq!(packed(), b"former");
        files.add_named("a.txt", &"b".repeat(99)).unwrap();
        assert_ne!(packed(), b"former");
    }
}
