//! What a caught panic said.

use std::any::Any;

/// The words of a panic, written out or formatted.
#[must_use]
pub fn words(panic: &(dyn Any + Send)) -> String {
    let formatted = panic.downcast_ref::<String>().cloned();
    let text = formatted.or_else(|| panic.downcast_ref::<&str>().map(|it| (*it).to_owned()));
    text.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::panic::catch_unwind;

    use super::*;

    #[test]
    fn both_kinds_of_words_are_read() {
        let said = |panics: fn()| words(catch_unwind(panics).expect_err("it panics").as_ref());
        assert_eq!(said(|| panic!("written out")), "written out");
        assert_eq!(said(|| panic!("{} times", 3)), "3 times");
    }
}
