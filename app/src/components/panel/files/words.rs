//! What is said about files.

use crate::{platform::attached::NotMoved, state::files::Whereabouts, words::count};

/// Said to who may not attach files.
pub(super) const MAY_NOT_ATTACH: &str =
    "Your link lets you read files, not attach them. Ask an owner for a link that lets you edit.";
/// Said at a file that may not be sent any more.
pub(super) const MAY_NOT_SEND: &str = "On this device only: your link no longer lets you attach files. Ask an owner for one that lets you edit.";

/// A size as people read it: `12 KB`.
pub(super) fn size(bytes: u64) -> String {
    let tenths = |unit: u64| (bytes * 10).div_ceil(unit);
    let shown = |tenths: u64, unit: &str| match tenths {
        tenths if tenths < 100 && tenths % 10 > 0 => {
            format!("{}.{} {unit}", tenths / 10, tenths % 10)
        }
        tenths => format!("{} {unit}", tenths.div_ceil(10)),
    };
    match bytes {
        0..1_024 => count(usize::try_from(bytes).unwrap_or(0), "byte", "bytes"),
        1_024..1_048_576 => shown(tenths(1_024), "KB"),
        _ => shown(tenths(1_048_576), "MB"),
    }
}

/// Where a file is, if that is worth a word.
pub(super) fn whereabouts(whereabouts: Whereabouts, who: &str) -> String {
    match whereabouts {
        Whereabouts::Somewhere => String::new(),
        Whereabouts::Moving => "on its way\u{2026}".to_owned(),
        Whereabouts::OnThisDevice => "on this device, sent when online".to_owned(),
        Whereabouts::Sent => "sent".to_owned(),
        Whereabouts::OnAnotherDevice => format!("still on {who}\u{2019}s device"),
    }
}

/// What was done, for several files.
pub(super) fn attached(names: &[String]) -> String {
    format!("Attached {}", names.join(", "))
}

pub(super) fn too_large(name: &str) -> String {
    format!(
        "{name} has more than 10 MB and was not attached. Share it elsewhere and put its address among the links."
    )
}

pub(super) fn unreadable(name: &str) -> String {
    format!(
        "The browser could not read {name}, so it was not attached. A folder has to be packed into one file first."
    )
}

pub(super) fn not_kept(name: &str, why: &str) -> String {
    format!("{name} was not attached: {why}. Make room on this device and attach it again.")
}

/// Said at a file that the relay does not take.
pub(super) fn refused(said: &str) -> String {
    format!("On this device only. {said}")
}

/// Why a file can't be had now.
pub(super) fn not_here(name: &str, who: &str, why: &NotMoved) -> String {
    match why {
        NotMoved::Later => format!(
            "{name} is not on this device, and the relay can\u{2019}t be reached. Try again when online."
        ),
        NotMoved::Missing => format!(
            "The relay does not have {name} yet: it comes when {who} is online with the device that it was attached on."
        ),
        NotMoved::Refused(said) => format!("{name} could not be fetched. {said}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        for (bytes, shown) in [
            (0, "0 bytes"),
            (1, "1 byte"),
            (1_023, "1,023 bytes"),
            (1_024, "1 KB"),
            (1_500, "1.5 KB"),
            (12_345, "13 KB"),
            (1_048_575, "1024 KB"),
            (1_048_576, "1 MB"),
            (10 * 1_048_576, "10 MB"),
        ] {
            assert_eq!(size(bytes), shown);
        }
    }
}
