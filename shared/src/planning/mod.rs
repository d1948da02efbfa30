//! The rules of planning as pure functions over plain values (`formulas.md`). Nothing here knows documents or screens.

pub mod limit;
pub mod round;
