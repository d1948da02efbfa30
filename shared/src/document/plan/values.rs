//! What people type into registers, checked against what the registers take.

use automerge::ScalarValue;
use chrono::NaiveDate;

use super::{LINE_CHARS_MAX, TEXT_BYTES_MAX};
use crate::{
    document::{Rejection, edit::stored},
    ids::{ItemId, PersonId, RecordId},
    model::{
        Attachment, Field, Scalar,
        item::mark_spec,
        rank::RankKey,
        thing::{self, Spec, Thing},
    },
};

/// The value of an item's further register.
pub(super) fn of_field(
    field: Field,
    value: Option<&Scalar>,
) -> Result<Option<ScalarValue>, Rejection> {
    let spec = field.spec().ok_or(Rejection::Value(field.label()))?;
    checked(spec, field.label(), value)
}

/// The value of an item's mark.
pub(super) fn of_mark(key: &str, value: Option<&Scalar>) -> Result<Option<ScalarValue>, Rejection> {
    let spec = mark_spec(key)
        .filter(|_| key.len() <= 200)
        .ok_or(Rejection::Value("A mark"))?;
    checked(spec, "A mark", value)
}

/// The value of a thing's register.
pub(super) fn of_thing(
    thing: Thing,
    key: &str,
    value: Option<&Scalar>,
) -> Result<Option<ScalarValue>, Rejection> {
    let spec = thing::spec(thing, key)
        .filter(|_| key.len() <= 200)
        .ok_or(Rejection::Value("A setting"))?;
    checked(spec, label(key), value)
}

/// Whether an item's further register takes a value as it is.
pub(crate) fn takes_field(field: Field, value: &Scalar) -> bool {
    is_kept(of_field(field, Some(value)), value)
}

/// Whether an item's mark takes a value as it is.
pub(crate) fn takes_mark(key: &str, value: &Scalar) -> bool {
    is_kept(of_mark(key, Some(value)), value)
}

/// Whether a thing's register takes a value as it is.
pub(crate) fn takes_register(thing: Thing, key: &str, value: &Scalar) -> bool {
    is_kept(of_thing(thing, key, Some(value)), value)
}

fn is_kept(checked: Result<Option<ScalarValue>, Rejection>, value: &Scalar) -> bool {
    matches!(checked, Ok(Some(kept)) if kept == stored(value))
}

/// What people call a register.
fn label(key: &str) -> &'static str {
    match key.rsplit(':').next().unwrap_or(key) {
        "name" => "The name",
        "description" => "The description",
        "capacity" => "The capacity",
        "start" => "The start",
        "target" => "The target",
        "end" => "The end",
        "due" => "The due date",
        "weight" => "The weight",
        "quote" => "The quote",
        "equation" => "The equation",
        "velocity" => "The velocity",
        _ => "The value",
    }
}

fn checked(
    spec: Spec,
    what: &'static str,
    value: Option<&Scalar>,
) -> Result<Option<ScalarValue>, Rejection> {
    let Some(value) = value else {
        return Ok(None);
    };
    let value = match (spec, value) {
        (Spec::Line, Scalar::Text(text)) => {
            let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
            if text.chars().count() > LINE_CHARS_MAX {
                return Err(Rejection::TooLong(what, LINE_CHARS_MAX));
            }
            Scalar::Text(text)
        }
        (Spec::Text | Spec::Signature, Scalar::Text(text)) => {
            if text.len() > TEXT_BYTES_MAX {
                return Err(Rejection::TooLong(what, TEXT_BYTES_MAX));
            }
            Scalar::Text(text.trim().to_owned())
        }
        (Spec::Number(low, high), Scalar::Number(number)) => {
            if !number.is_finite() || !(low..=high).contains(number) {
                return Err(Rejection::OutOfRange(what, shown(low), shown(high)));
            }
            value.clone()
        }
        (Spec::Day, Scalar::Text(day)) => {
            let day = NaiveDate::parse_from_str(day, "%Y-%m-%d");
            let day = day.map_err(|_| Rejection::Day(what))?;
            Scalar::Text(day.format("%Y-%m-%d").to_string())
        }
        (Spec::Flag, Scalar::Flag(_)) => value.clone(),
        (Spec::Choice(words), Scalar::Text(word)) if words.contains(&word.as_str()) => {
            value.clone()
        }
        (Spec::Person | Spec::Doer, Scalar::Text(id)) if id.parse::<PersonId>().is_ok() => {
            value.clone()
        }
        (Spec::Record(_), Scalar::Text(id)) if id.parse::<RecordId>().is_ok() => value.clone(),
        (Spec::Item, Scalar::Text(id)) if id.parse::<ItemId>().is_ok() => value.clone(),
        (Spec::Order, Scalar::Text(key)) if key.parse::<RankKey>().is_ok() => value.clone(),
        (Spec::File, Scalar::Text(said)) if said.parse::<Attachment>().is_ok() => value.clone(),
        _ => return Err(Rejection::Value(what)),
    };
    let is_empty = value.text().is_some_and(str::is_empty);
    Ok((!is_empty).then(|| stored(&value)))
}

fn shown(bound: f64) -> String {
    if bound.abs() >= 1e15 {
        format!("{bound:e}")
    } else {
        format!("{bound}")
    }
}
