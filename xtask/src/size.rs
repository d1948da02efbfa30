//! What a browser downloads, against what it may.

use std::{
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::{
    Result,
    pack::{BROTLI, GZIP},
};

/// What all files together should be, compressed with Brotli, in bytes.
const BUDGET: u64 = 600_000;

/// What they may be until they are within the budget: the screens of planning are not taken apart yet.
const CEILING: u64 = 1_640_000;

/// Prints the size of each file in its three forms and says how far the whole is over the budget. More than the ceiling is
/// an error.
pub(crate) fn check(bundle: &Path) -> Result {
    let mut names = fs::read_dir(bundle)?
        .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
        .collect::<Result<Vec<_>>>()?;
    names.retain(|name| {
        ![BROTLI, GZIP]
            .iter()
            .any(|ending| name.ends_with(&format!(".{ending}")))
    });
    names.sort();

    let mut out = io::stdout().lock();
    let mut total = [0; 3];
    writeln!(out, "{:>10} {:>10} {:>10}  bytes", "raw", "gzip", "brotli")?;
    for name in names {
        let raw = fs::metadata(bundle.join(&name))?.len();
        let packed = |ending| {
            // A file without a compressed form is sent as it is.
            fs::metadata(bundle.join(format!("{name}.{ending}"))).map_or(raw, |data| data.len())
        };
        let sizes = [raw, packed(GZIP), packed(BROTLI)];
        writeln!(
            out,
            "{:>10} {:>10} {:>10}  {name}",
            sizes[0], sizes[1], sizes[2]
        )?;
        for (total, size) in total.iter_mut().zip(sizes) {
            *total += size;
        }
    }
    writeln!(
        out,
        "{:>10} {:>10} {:>10}  together, of {BUDGET}",
        total[0], total[1], total[2]
    )?;
    if total[2] > BUDGET {
        writeln!(out, "OVER BUDGET by {} bytes", total[2] - BUDGET)?;
    }
    if total[2] > CEILING {
        return Err(format!(
            "the download grew {} bytes over its ceiling",
            total[2] - CEILING
        )
        .into());
    }
    Ok(())
}
