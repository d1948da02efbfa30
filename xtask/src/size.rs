//! What a browser downloads, against what it may.

use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write as _},
    path::Path,
};

use crate::{
    Result,
    pack::{BROTLI, GZIP},
    split,
};

/// A measure of the download: what may be in it, and which files those are.
struct Measure {
    name: &'static str,
    /// What it may be, in bytes: just above what it is, so that no growth goes unnoticed. For the start page, at most
    /// 600,000.
    ceiling: u64,
    holds: fn(&str) -> bool,
}

const MEASURES: [Measure; 3] = [
    Measure {
        name: "before the start page shows",
        ceiling: 545_000,
        holds: is_first,
    },
    Measure {
        name: "before a backlog shows its rows",
        ceiling: 1_055_000,
        holds: |plain| is_first(plain) || plain == "worker.js" || split::is_for(plain, "session"),
    },
    Measure {
        name: "together, kept for use offline",
        ceiling: 1_990_000,
        holds: |_| true,
    },
];

/// Whether the page itself needs a file before it shows anything.
fn is_first(plain: &str) -> bool {
    matches!(
        plain,
        "index.html" | "boot.js" | "app.js" | "app.wasm" | "style.css"
    )
}

/// Prints the size of each file in its three forms, and each measure against its ceiling. More than that is an error.
pub(crate) fn check(bundle: &Path) -> Result {
    let files = files(bundle)?;
    let mut out = io::stdout().lock();
    writeln!(out, "{:>10} {:>10} {:>10}  bytes", "raw", "gzip", "brotli")?;
    for (name, [raw, gzip, brotli]) in &files {
        writeln!(out, "{raw:>10} {gzip:>10} {brotli:>10}  {name}")?;
    }
    let mut grown = Vec::new();
    for measure in &MEASURES {
        let total = total(&files, measure.holds);
        writeln!(
            out,
            "{total:>32}  {}, at most {}",
            measure.name, measure.ceiling
        )?;
        if total > measure.ceiling {
            grown.push(format!(
                "{}: {} bytes over the ceiling",
                measure.name,
                total - measure.ceiling
            ));
        }
    }
    if grown.is_empty() {
        Ok(())
    } else {
        Err(format!("the download grew. {}", grown.join("; ")).into())
    }
}

/// Each file that is served, with its size raw and in both compressed forms, in the order of names.
fn files(bundle: &Path) -> Result<BTreeMap<String, [u64; 3]>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(bundle)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if [BROTLI, GZIP]
            .iter()
            .any(|ending| name.ends_with(&format!(".{ending}")))
        {
            continue;
        }
        let raw = fs::metadata(bundle.join(&name))?.len();
        let packed = |ending| {
            // A file without a compressed form is sent as it is.
            fs::metadata(bundle.join(format!("{name}.{ending}"))).map_or(raw, |data| data.len())
        };
        let sizes = [raw, packed(GZIP), packed(BROTLI)];
        files.insert(name, sizes);
    }
    Ok(files)
}

/// Bytes of some files, compressed with Brotli. The page lies there twice, and is fetched once.
fn total(files: &BTreeMap<String, [u64; 3]>, holds: fn(&str) -> bool) -> u64 {
    files
        .iter()
        .filter(|(name, _)| name.as_str() != "index.html" && holds(&plain(name)))
        .map(|(_, [_, _, brotli])| brotli)
        .sum()
}

/// A file's name without the hash of its content.
fn plain(name: &str) -> String {
    match name.rsplit_once('-') {
        Some((stem, rest)) => match rest.split_once('.') {
            Some((hash, ending)) if hash.len() == 16 => format!("{stem}.{ending}"),
            _ => name.to_owned(),
        },
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_known_without_its_hash() {
        assert_eq!(plain("app-0123456789abcdef.js"), "app.js");
        assert_eq!(plain("a-session-0123456789abcdef.wasm"), "a-session.wasm");
        assert_eq!(plain("icon-192-0123456789abcdef.png"), "icon-192.png");
        assert_eq!(plain("sw.js"), "sw.js");
    }

    #[test]
    fn a_part_counts_where_it_is_fetched_and_the_page_once() {
        let hash = "0123456789abcdef";
        let files: BTreeMap<String, [u64; 3]> = [
            ("index.html".to_owned(), [0, 0, 1]),
            (format!("index-{hash}.html"), [0, 0, 1]),
            (format!("app-{hash}.wasm"), [0, 0, 10]),
            (format!("aside-session-{hash}.wasm"), [0, 0, 100]),
            (format!("aside-{hash}.wasm"), [0, 0, 1_000]),
        ]
        .into();
        let totals = MEASURES.map(|measure| total(&files, measure.holds));
        assert_eq!(totals, [11, 111, 1_111]);
    }
}
