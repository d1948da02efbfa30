//! Making a failure small, so that it can be understood.

use std::{panic, sync::Once, thread};

/// The fewest rounds it finds that still fail: it leaves out halves, quarters and so on down to single ones.
pub(crate) fn shrink(mut rounds: Vec<u64>, fails: impl Fn(&[u64]) -> bool) -> Vec<u64> {
    let mut size = rounds.len() / 2;
    while size > 0 {
        let mut at = 0;
        while at < rounds.len() {
            let end = rounds.len().min(at + size);
            let fewer = [&rounds[..at], &rounds[end..]].concat();
            if fails(&fewer) {
                rounds = fewer;
            } else {
                at = end;
            }
        }
        size /= 2;
    }
    rounds
}

/// Threads of this name don't say that they panic: they are expected to, again and again.
pub(crate) fn hush(name: &'static str) {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let tell = panic::take_hook();
        panic::set_hook(Box::new(move |panicked| {
            if thread::current().name() != Some(name) {
                tell(panicked);
            }
        }));
    });
}

#[test]
fn a_failure_keeps_the_rounds_that_it_takes() {
    let takes = |needed: &[u64]| {
        shrink((0..40).collect(), |rounds| {
            needed.iter().all(|round| rounds.contains(round))
        })
    };
    assert_eq!(takes(&[7, 12, 39]), [7, 12, 39]);
    assert!(takes(&[]).is_empty());
    assert_eq!(takes(&[0]), [0]);
}
