//! The only place of the app that reads a clock.

use shared::time::Timestamp;
use wasm_bindgen::{JsCast, JsValue};

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

/// Today in a time zone such as `Europe/Berlin`, as `2026-11-21`; in this machine's where the zone is empty or unknown.
#[must_use]
pub fn today(zone: &str) -> String {
    let date = js_sys::Date::new_0();
    let zone = if is_zone(zone) {
        JsValue::from_str(zone)
    } else {
        JsValue::UNDEFINED
    };
    let options = super::object(&[("timeZone", zone)]);
    // Canadian English writes days as documents do.
    date.to_locale_date_string("en-CA", &options).into()
}

/// Whether the browser knows a time zone.
#[must_use]
pub fn is_zone(zone: &str) -> bool {
    zones().iter().any(|known| known == zone)
}

/// The time zones that the browser knows.
#[must_use]
pub fn zones() -> Vec<String> {
    let known = || {
        let intl = js_sys::Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let list = js_sys::Reflect::get(&intl, &"supportedValuesOf".into()).ok()?;
        let list: js_sys::Function = list.dyn_into().ok()?;
        list.call1(&intl, &"timeZone".into()).ok()
    };
    let known = known().map(|zones| js_sys::Array::from(&zones));
    let mut zones: Vec<String> = known
        .into_iter()
        .flatten()
        .filter_map(|zone| zone.as_string())
        .collect();
    zones.insert(0, "UTC".to_owned());
    zones
}
