//! The only place of the app that reads a clock.

use shared::time::Timestamp;

/// The moment by this machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    // Whole milliseconds below 2^53: the conversion loses nothing.
    Timestamp::from_ms(js_sys::Date::now() as i64)
}

/// How far this machine's local time is ahead of UTC now, in minutes.
#[must_use]
pub fn utc_offset_minutes() -> i32 {
    // Browsers state the opposite: what is to be added to local time to get UTC. At most a day, so it fits.
    -js_sys::Date::new_0().get_timezone_offset() as i32
}
