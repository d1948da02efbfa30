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

/// How far a time zone is ahead of UTC now, in minutes; this machine's own where it is empty or unknown.
#[must_use]
pub fn offset_minutes(zone: &str) -> i32 {
    if zone.is_empty() || !is_zone(zone) {
        return utc_offset_minutes();
    }
    let options = super::object(&[
        ("timeZone", JsValue::from_str(zone)),
        ("timeZoneName", JsValue::from_str("longOffset")),
    ]);
    let said: String = js_sys::Date::new_0()
        .to_locale_date_string("en-US", &options)
        .into();
    minutes_of(&said).unwrap_or_default()
}

/// What tells how far a time zone is ahead of UTC at a moment, in minutes; this machine's own where it is empty or unknown.
pub fn offsets(zone: &str) -> impl Fn(Timestamp) -> i32 + use<> {
    let is_known = !zone.is_empty() && is_zone(zone);
    let options = super::object(&[
        ("timeZone", JsValue::from_str(zone)),
        ("timeZoneName", JsValue::from_str("longOffset")),
    ]);
    let format = is_known
        .then(|| js_sys::Intl::DateTimeFormat::new(&js_sys::Array::of1(&"en-US".into()), &options));
    move |at| {
        // Milliseconds stay below 2^53; later moments are no dates and have no offset.
        let date = js_sys::Date::new(&JsValue::from_f64(at.ms() as f64));
        let Some(format) = &format else {
            return -date.get_timezone_offset() as i32;
        };
        let said = format.format().call1(&JsValue::NULL, &date);
        let said = said.ok().and_then(|said| said.as_string());
        said.and_then(|said| minutes_of(&said)).unwrap_or_default()
    }
}

/// The minutes of a text that ends like `GMT+05:30`; `None` of plain `GMT`.
fn minutes_of(said: &str) -> Option<i32> {
    let (_, offset) = said.rsplit_once("GMT")?;
    let (hours, minutes) = offset.split_once(':')?;
    let hours: i32 = hours.parse().ok()?;
    let minutes: i32 = minutes.parse().ok()?;
    Some(
        hours * 60
            + if offset.starts_with('-') {
                -minutes
            } else {
                minutes
            },
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn offsets_are_read_as_browsers_say_them() {
        let read = super::minutes_of;
        assert_eq!(read("11/21/2026, GMT+05:30"), Some(330));
        assert_eq!(read("11/21/2026, GMT-03:30"), Some(-210));
        assert_eq!(read("11/21/2026, GMT"), None);
    }
}
