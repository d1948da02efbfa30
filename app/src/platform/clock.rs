//! The only place of the app that reads a clock.

use shared::time::Timestamp;

/// The moment by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    // Whole milliseconds below 2^53: the conversion loses nothing.
    Timestamp::from_ms(js_sys::Date::now() as i64)
}
