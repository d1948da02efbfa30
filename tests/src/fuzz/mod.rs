//! Hostile input by mutation: what strangers, files and disks can bring, made of honest examples and known attacks.
//!
//! `tests/corpus` holds one folder for each [`Target`]. The test command replays all files in it and a few mutations; the
//! program `fuzz` goes on for as long as one likes and adds what it finds.

use std::{
    fs, io,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

mod bytes;
mod documents;
mod rooms;
mod seeds;

use self::{documents::Documents, rooms::Table};
use crate::panics;

/// What is given hostile input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Frames of Cutline's own protocol, to the relay's room and to a browser.
    Frames,
    /// Messages of stock clients, to the relay's room.
    Door,
    /// Changes, through the gate into a document.
    Changes,
    /// Whole documents, as backup files bring them.
    Documents,
    /// Files to import.
    Imports,
    /// The relay's store on a bad disk.
    Stores,
}

impl Target {
    /// All targets.
    pub const ALL: [Self; 6] = [
        Self::Frames,
        Self::Door,
        Self::Changes,
        Self::Documents,
        Self::Imports,
        Self::Stores,
    ];

    /// The name of its folder in the corpus.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Frames => "frames",
            Self::Door => "door",
            Self::Changes => "changes",
            Self::Documents => "documents",
            Self::Imports => "imports",
            Self::Stores => "stores",
        }
    }

    /// The target with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|target| target.name() == name)
    }
}

/// One target with its inputs.
#[derive(Debug)]
pub struct Fuzzer {
    target: Target,
    inputs: Vec<Input>,
    table: Table,
    documents: Documents,
    rng: ChaCha8Rng,
    tally: Tally,
}

/// An input with the name of its file.
#[derive(Clone, Debug)]
pub struct Input {
    /// Says what kind of file it is, where that matters.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What became of the inputs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many were tried.
    pub tried: u64,
    /// How many were taken: they were well formed, or harmless.
    pub taken: u64,
}

/// An input that does what none may.
#[derive(Debug)]
pub struct Finding {
    /// The input.
    pub input: Input,
    /// What went wrong.
    pub what: String,
}

impl Fuzzer {
    /// A fuzzer over the corpus and the honest examples. All that it does follows from the seed.
    ///
    /// # Errors
    /// When the corpus can't be read.
    pub fn new(target: Target, seed: u64) -> io::Result<Self> {
        let mut inputs = corpus(target)?;
        inputs.extend(seeds::honest(target));
        Ok(Self {
            target,
            inputs,
            table: Table::new(),
            documents: Documents::new(),
            rng: ChaCha8Rng::seed_from_u64(seed),
            tally: Tally::default(),
        })
    }

    /// What became of the inputs so far.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Tries every file of the corpus and every example as it is.
    ///
    /// # Errors
    /// The first input that does what none may.
    pub fn replay(&mut self) -> Result<(), Finding> {
        for input in self.inputs.clone() {
            self.give(input)?;
        }
        Ok(())
    }

    /// Tries one mutation of one input.
    ///
    /// # Errors
    /// The input, when it does what none may.
    ///
    /// # Panics
    /// When there is no input at all.
    pub fn mutate(&mut self) -> Result<(), Finding> {
        let rng = &mut self.rng;
        let mut input = self.inputs.choose(rng).expect("there are examples").clone();
        let other = self.inputs.choose(rng).expect("there are examples");
        for _ in 0..rng.random_range(1..5) {
            bytes::mutate(&mut input.bytes, &other.bytes, rng);
        }
        if matches!(self.target, Target::Changes | Target::Documents) && rng.random_ratio(9, 10) {
            bytes::mend_checksum(&mut input.bytes);
        }
        self.give(input)
    }

    fn give(&mut self, input: Input) -> Result<(), Finding> {
        self.tally.tried += 1;
        let (table, documents) = (&mut self.table, &self.documents);
        let tried = catch_unwind(AssertUnwindSafe(|| match self.target {
            Target::Frames => table.frame(&input.bytes),
            Target::Door => table.door(&input.bytes),
            Target::Changes => documents.change(&input.bytes),
            Target::Documents => Ok(Documents::whole(&input.bytes)),
            Target::Imports => Ok(documents::import_file(&input)),
            Target::Stores => Ok(documents::open_store(&input.bytes)),
        }));
        let what = match tried {
            Ok(Ok(taken)) => {
                self.tally.taken += u64::from(taken);
                return Ok(());
            }
            Ok(Err(what)) => what,
            Err(panic) => format!("panicked: {}", panics::words(panic.as_ref())),
        };
        self.table = Table::new();
        Err(Finding { input, what })
    }
}

/// Where the corpus of a target is.
#[must_use]
pub fn folder(target: Target) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("corpus")
        .join(target.name())
}

/// Writes an input to the corpus.
///
/// # Errors
/// When it can't be written.
pub fn keep(target: Target, input: &Input) -> io::Result<PathBuf> {
    let folder = folder(target);
    fs::create_dir_all(&folder)?;
    let file = folder.join(&input.name);
    fs::write(&file, &input.bytes)?;
    Ok(file)
}

/// The known attacks on a target.
#[must_use]
pub fn attacks(target: Target) -> Vec<Input> {
    seeds::attacks(target)
}

fn corpus(target: Target) -> io::Result<Vec<Input>> {
    let mut inputs = Vec::new();
    for entry in fs::read_dir(folder(target))? {
        let entry = entry?;
        inputs.push(Input {
            name: entry.file_name().to_string_lossy().into_owned(),
            bytes: fs::read(entry.path())?,
        });
    }
    inputs.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(inputs)
}
