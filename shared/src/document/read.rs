//! From the document to plain values. Whatever another program wrote, reading never fails: what is missing or of the wrong
//! type reads as its default.

use automerge::{ActorId, Automerge, ObjId, ObjType, ReadDoc, ScalarValue, Value};

use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    document::{authors::Authors, history, lens::Lens, recent, schema::Roots},
    ids::{CommentId, CriterionId, ItemId, PersonId},
    model::{
        Author, Comment, Conflict, ConflictValue, Criterion, Dispute, DisputedValue, Disputes,
        Doubted, Facts, Field, Kind, Person, Place, Row, Scalar, Status, Thing, Things, claim,
        dispute, item::mark_spec,
    },
    planning::ready::is_testable,
    time::Timestamp,
};

/// Change times below this are seconds, as stock Automerge clients write them.
const SECONDS_BELOW: i64 = 100_000_000_000;

/// A change's time in milliseconds, whichever unit its writer used.
pub(crate) fn change_time(time: i64) -> Timestamp {
    Timestamp::from_ms(if time.abs() < SECONDS_BELOW {
        time.saturating_mul(1000)
    } else {
        time
    })
}

/// The text of a value, which other programs write as one value or as a text that merges.
fn text_at(doc: &Automerge, value: &Value<'_>, object: &ObjId) -> Option<String> {
    match value {
        Value::Object(ObjType::Text) => doc.text(object).ok(),
        Value::Object(_) | Value::Scalar(_) => value.as_str().map(str::to_owned),
    }
}

pub(crate) fn integer_of(value: &Value<'_>) -> Option<i64> {
    match value.as_scalar()? {
        ScalarValue::Int(value) | ScalarValue::Timestamp(value) => Some(*value),
        ScalarValue::Uint(value) => i64::try_from(*value).ok(),
        #[allow(
            clippy::cast_possible_truncation,
            reason = "other programs write whole numbers as floats"
        )]
        ScalarValue::F64(value) if value.abs() < 9e15 => Some(*value as i64),
        _ => None,
    }
}

fn number_of(value: &Value<'_>) -> Option<f64> {
    match value.as_scalar()? {
        ScalarValue::F64(value) => Some(*value),
        #[allow(clippy::cast_precision_loss, reason = "estimates are small")]
        ScalarValue::Int(value) => Some(*value as f64),
        #[allow(clippy::cast_precision_loss, reason = "estimates are small")]
        ScalarValue::Uint(value) => Some(*value as f64),
        _ => None,
    }
}

fn is_true(value: &Value<'_>) -> bool {
    value.as_bool().unwrap_or(false)
}

/// The winner at a key, where it is a scalar.
pub(crate) fn scalar(doc: &Automerge, object: &ObjId, key: &str) -> Option<ScalarValue> {
    match doc.get(object, key) {
        Ok(Some((Value::Scalar(value), _))) => Some(value.into_owned()),
        Ok(_) | Err(_) => None,
    }
}

/// The object at a key, where it is one.
pub(crate) fn object(doc: &Automerge, parent: &ObjId, key: &str) -> Option<(ObjType, ObjId)> {
    match doc.get(parent, key) {
        Ok(Some((Value::Object(kind), object))) => Some((kind, object)),
        Ok(_) | Err(_) => None,
    }
}

/// What the list shows of an item; `None` for one that was withdrawn.
pub(crate) fn row(authors: Authors<'_>, id: ItemId, item: &ObjId, lens: &Lens) -> Option<Row> {
    let doc = authors.doc();
    let mut row = Row::blank(id);
    let mut ranks = None;
    let mut touched = None;
    for entry in doc.map_range(item, ..) {
        let object = entry.id();
        let conflict = entry.conflict;
        let key = entry.key.to_string();
        let value = entry.value.into_value();
        match key.as_str() {
            "rank" => ranks = Some(object),
            "touched" => touched = touched.max(integer_of(&value)),
            "comments" => {
                let comments = said(doc, &object);
                row.comments = u32::try_from(comments.len()).unwrap_or(u32::MAX);
                touched = touched.max(comments.last().map(|(comment, _)| comment.at.ms()));
            }
            key => read_entry(doc, &mut row, key, &value, &object),
        }
        if conflict
            && let Some(field) = Field::from_word(&key)
            && holds_several(doc, item, &key)
        {
            row.conflicts.push(field);
        }
    }
    row.place = lens.home_of(row.place, row.status.is_open());
    row.tags = lens.tags(std::mem::take(&mut row.tags));
    row.touched = Timestamp::from_ms(touched.unwrap_or_default()).max(row.created);
    if let Some(ranks) = ranks {
        read_rank(doc, &mut row, &ranks);
    }
    row.more.sort_by_key(|(field, _)| *field);
    row.conflicts.sort_unstable();
    row.doubted = doubted_fields(authors, item, &row);
    (row.status != Status::Withdrawn).then_some(row)
}

/// The rank key in the item's place, or the one it has elsewhere (`MODEL.md` P3).
fn read_rank(doc: &Automerge, row: &mut Row, ranks: &ObjId) {
    let own = row.place.word();
    let key = rank_scope(doc, ranks, &own);
    let Some(key) = key else { return };
    if let Ok(Some((value, id))) = doc.get(ranks, key.as_str()) {
        row.rank = text_at(doc, &value, &id).unwrap_or_default();
    }
    if key == own && holds_several(doc, ranks, &key) {
        row.conflicts.push(Field::Rank);
    }
}

fn rank_scope(doc: &Automerge, ranks: &ObjId, own: &str) -> Option<String> {
    let has = |key: &str| matches!(doc.get(ranks, key), Ok(Some(_)));
    if has(own) {
        return Some(own.to_owned());
    }
    let product = Place::Product.word();
    if has(&product) {
        return Some(product);
    }
    doc.keys(ranks).next()
}

/// The rank key that an item has in a place, whether or not it is there now.
pub(crate) fn rank_in(doc: &Automerge, item: &ObjId, place: Place) -> Option<String> {
    let (_, ranks) = object(doc, item, "rank")?;
    let (value, id) = doc.get(&ranks, place.word()).ok()??;
    text_at(doc, &value, &id)
}

fn read_entry(doc: &Automerge, row: &mut Row, key: &str, value: &Value<'_>, object: &ObjId) {
    let text = || text_at(doc, value, object).unwrap_or_default();
    let moment = || integer_of(value).map(Timestamp::from_ms);
    match key {
        "key" => row.key = text(),
        "title" => row.title = text(),
        "kind" => row.kind = Kind::from_word(&text()).unwrap_or(Kind::Feature),
        "status" => row.status = Status::from_word(&text()).unwrap_or(Status::Todo),
        "estimate" => {
            row.estimate =
                number_of(value).filter(|estimate| estimate.is_finite() && *estimate >= 0.0)
        }
        "for_whom" => row.for_whom = text(),
        "benefit" => row.benefits = !text().is_empty(),
        "place" => row.place = Place::from_word(&text()).unwrap_or(Place::Product),
        "created" => row.created = moment().unwrap_or_default(),
        "estimated" => row.estimated = moment(),
        "reworded" | "described" => row.reworded = row.reworded.max(moment()),
        "cleared" => row.cleared = moment(),
        "description" => {
            row.described = match value {
                Value::Object(_) => doc.length(object) > 0,
                Value::Scalar(_) => value.as_str().is_some_and(|text| !text.is_empty()),
            };
        }
        "tags" => {
            let on = doc
                .map_range(object, ..)
                .filter(|tag| is_true(&tag.value.clone().into_value()));
            row.tags = on.map(|tag| tag.key.to_string()).collect();
        }
        "criteria" => {
            for criterion in criteria(doc, object) {
                let counts = if criterion.requirement {
                    &mut row.requirements
                } else {
                    &mut row.criteria
                };
                counts.1 += 1;
                counts.0 += u32::from(criterion.met);
                let is_vague = !criterion.requirement && !is_testable(&criterion.text);
                row.vague += u32::from(is_vague);
            }
        }
        key => read_further(doc, row, key, value, object),
    }
}

fn read_further(doc: &Automerge, row: &mut Row, key: &str, value: &Value<'_>, object: &ObjId) {
    let field = Field::from_word(key).filter(|field| field.spec().is_some());
    if field.is_none() && mark_spec(key).is_none() {
        return;
    }
    let Some(value) = plain(doc, value, object) else {
        return;
    };
    match field {
        Some(field) => row.more.push((field, value)),
        None => row.marks.push((key.to_owned(), value)),
    }
}

/// A register's value as people hold it; `None` for nothing, and for empty words.
fn plain(doc: &Automerge, value: &Value<'_>, object: &ObjId) -> Option<Scalar> {
    if let Some(text) = text_at(doc, value, object) {
        return (!text.is_empty()).then_some(Scalar::Text(text));
    }
    if let Some(on) = value.as_bool() {
        return Some(Scalar::Flag(on));
    }
    number_of(value)
        .filter(|number| number.is_finite())
        .map(Scalar::Number)
}

/// Every thing of the backlog.
pub(crate) fn things(doc: &Automerge, roots: &Roots) -> Things {
    let mut found: Things = [(Thing::Product, thing(doc, roots, Thing::Product))].into();
    for entry in doc.map_range(&roots.people, ..) {
        if let Ok(person) = entry.key.parse() {
            found.insert(Thing::Person(person), facts(doc, &entry.id()));
        }
    }
    for (collection, object) in &roots.records {
        for entry in doc.map_range(object, ..) {
            if let Ok(id) = entry.key.parse() {
                found.insert(Thing::Record(*collection, id), facts(doc, &entry.id()));
            }
        }
    }
    found
}

/// One thing's registers; none where it is not there.
pub(crate) fn thing(doc: &Automerge, roots: &Roots, thing: Thing) -> Facts {
    let object = thing_object(doc, roots, thing);
    object.map(|object| facts(doc, &object)).unwrap_or_default()
}

/// The registers of one thing that hold several values.
pub(crate) fn thing_disputes(authors: Authors<'_>, roots: &Roots, thing: Thing) -> Vec<Dispute> {
    let doc = authors.doc();
    let Some(object) = thing_object(doc, roots, thing) else {
        return Vec::new();
    };
    let disputed = doc
        .map_range(&object, ..)
        .filter(|entry| entry.conflict)
        .map(|entry| entry.key.to_string())
        .filter(|key| dispute::can_be_settled(thing, key) && holds_several(doc, &object, key));
    disputed
        .map(|key| Dispute {
            values: disputed_values(authors, &object, &key),
            key,
        })
        .collect()
}

/// The registers of a thing that say who did something, where that person did not write it themselves.
pub(crate) fn doubted_keys(
    authors: Authors<'_>,
    roots: &Roots,
    thing: Thing,
    facts: &Facts,
) -> BTreeSet<String> {
    let mut claims = facts
        .iter()
        .filter_map(|(key, value)| Some((key, claim::of_thing(thing, key, value)?)))
        .peekable();
    let object = claims
        .peek()
        .is_some()
        .then(|| thing_object(authors.doc(), roots, thing));
    let Some(object) = object.flatten() else {
        return BTreeSet::new();
    };
    claims
        .filter(|(key, person)| !authors.wrote(&object, key, *person))
        .map(|(key, _)| key.clone())
        .collect()
}

/// The same for all of them; those without any are left out.
pub(crate) fn doubted(authors: Authors<'_>, roots: &Roots, things: &Things) -> Doubted {
    let all = things.iter();
    all.map(|(thing, facts)| (*thing, doubted_keys(authors, roots, *thing, facts)))
        .filter(|(_, keys)| !keys.is_empty())
        .collect()
}

/// The same of an item.
pub(crate) fn doubted_fields(authors: Authors<'_>, item: &ObjId, row: &Row) -> Vec<Field> {
    row.claims()
        .filter(|(field, person)| !authors.wrote(item, field.word(), *person))
        .map(|(field, _)| field)
        .collect()
}

/// The disputes of all things; those without any are left out.
pub(crate) fn disputes(authors: Authors<'_>, roots: &Roots, things: &Things) -> Disputes {
    let all = things.keys();
    all.map(|thing| (*thing, thing_disputes(authors, roots, *thing)))
        .filter(|(_, disputes)| !disputes.is_empty())
        .collect()
}

fn disputed_values(authors: Authors<'_>, object: &ObjId, key: &str) -> Vec<DisputedValue> {
    let doc = authors.doc();
    let all = doc.get_all(object, key).unwrap_or_default();
    // `get_all` has the winner last.
    let values = all.iter().rev().map(|(value, id)| {
        let (by, at) = authors.of(id);
        DisputedValue {
            value: plain(doc, value, id),
            by,
            at,
        }
    });
    values.collect()
}

fn thing_object(doc: &Automerge, roots: &Roots, thing: Thing) -> Option<ObjId> {
    let below = |parent: &ObjId, key: &str| object(doc, parent, key).map(|(_, object)| object);
    match thing {
        Thing::Product => Some(roots.product.clone()),
        Thing::Person(person) => below(&roots.people, &person.to_string()),
        Thing::Record(collection, id) => roots
            .records
            .get(&collection)
            .and_then(|records| below(records, id.as_str())),
    }
}

/// The registers of a thing.
fn facts(doc: &Automerge, object: &ObjId) -> Facts {
    let entries = doc.map_range(object, ..).filter_map(|entry| {
        let id = entry.id();
        let value = plain(doc, &entry.value.clone().into_value(), &id)?;
        Some((entry.key.to_string(), value))
    });
    entries.collect::<BTreeMap<_, _>>()
}

/// Whether a key holds values that differ.
fn holds_several(doc: &Automerge, object: &ObjId, key: &str) -> bool {
    let Ok(all) = doc.get_all(object, key) else {
        return false;
    };
    let [(first, first_id), rest @ ..] = all.as_slice() else {
        return false;
    };
    let shown = show(doc, first, first_id);
    rest.iter().any(|(value, id)| show(doc, value, id) != shown)
}

fn show(doc: &Automerge, value: &Value<'_>, id: &ObjId) -> String {
    match value {
        Value::Object(_) => doc.text(id).unwrap_or_default(),
        Value::Scalar(scalar) => match scalar.as_ref() {
            ScalarValue::Str(text) => text.to_string(),
            ScalarValue::Null => "none".to_owned(),
            other => {
                number_of(value).map_or_else(|| other.to_string(), |number| number.to_string())
            }
        },
    }
}

/// Acceptance criteria in their order.
pub(crate) fn criteria(doc: &Automerge, object: &ObjId) -> Vec<Criterion> {
    let mut found: Vec<(String, Criterion)> = Vec::new();
    for entry in doc.map_range(object, ..) {
        let (Ok(id), fields) = (entry.key.parse::<CriterionId>(), entry.id()) else {
            continue;
        };
        let text = string(doc, &fields, "text");
        if text.is_empty() || flag(doc, &fields, "removed") {
            continue;
        }
        found.push((
            string(doc, &fields, "order"),
            Criterion {
                id,
                text,
                met: flag(doc, &fields, "met"),
                requirement: flag(doc, &fields, "requirement"),
            },
        ));
    }
    found.sort_by(|(a, x), (b, y)| (a, x.id).cmp(&(b, y.id)));
    found.into_iter().map(|(_, criterion)| criterion).collect()
}

/// The order keys of all criteria, removed ones too, ascending.
pub(crate) fn criteria_order(doc: &Automerge, object: &ObjId) -> Vec<(CriterionId, String)> {
    let mut keys: Vec<_> = doc
        .map_range(object, ..)
        .filter_map(|entry| Some((entry.key.parse().ok()?, string(doc, &entry.id(), "order"))))
        .collect();
    keys.sort_by(|(a, x): &(CriterionId, String), (b, y)| (x, a).cmp(&(y, b)));
    keys
}

/// Comments, oldest first.
pub(crate) fn comments(authors: Authors<'_>, object: &ObjId) -> Vec<Comment> {
    let said = said(authors.doc(), object).into_iter();
    said.map(|(comment, fields)| Comment {
        by: comment
            .person()
            .map(|person| authors.of_comment(&fields, person)),
        ..comment
    })
    .collect()
}

/// Comments under the names that they give themselves, each with the map that holds it.
fn said(doc: &Automerge, object: &ObjId) -> Vec<(Comment, ObjId)> {
    let mut found: Vec<(Comment, ObjId)> = Vec::new();
    for entry in doc.map_range(object, ..) {
        let (Ok(id), fields) = (entry.key.parse::<CommentId>(), entry.id()) else {
            continue;
        };
        let text = string(doc, &fields, "text");
        if text.is_empty() || flag(doc, &fields, "removed") {
            continue;
        }
        let at = doc.get(&fields, "at").ok().flatten();
        let at = at.and_then(|(value, _)| integer_of(&value));
        let comment = Comment {
            id,
            by: string(doc, &fields, "by").parse().ok().map(Author::known),
            name: string(doc, &fields, "name"),
            at: Timestamp::from_ms(at.unwrap_or_default()),
            text,
        };
        found.push((comment, fields));
    }
    found.sort_by_key(|(comment, _)| (comment.at, comment.id));
    found
}

fn string(doc: &Automerge, object: &ObjId, key: &str) -> String {
    doc.get(object, key)
        .ok()
        .flatten()
        .and_then(|(value, id)| text_at(doc, &value, &id))
        .unwrap_or_default()
}

fn flag(doc: &Automerge, object: &ObjId, key: &str) -> bool {
    doc.get(object, key)
        .ok()
        .flatten()
        .is_some_and(|(value, _)| is_true(&value))
}

/// The description, whether it was edited here or stands as it was imported.
pub(crate) fn description(doc: &Automerge, item: &ObjId) -> String {
    string(doc, item, "description")
}

pub(crate) fn benefit(doc: &Automerge, item: &ObjId) -> String {
    string(doc, item, "benefit")
}

/// The transitions of an item, oldest first: each with who made it and the intent that it was part of.
pub(crate) fn trail(
    authors: Authors<'_>,
    item: &ObjId,
) -> impl Iterator<Item = ((Timestamp, String), Option<Author>, String)> {
    let transitions = transitions(authors.doc(), item).into_iter();
    transitions.map(move |(at, said, op)| {
        let meta = authors.change_of(&op);
        let by = meta.as_ref().and_then(|meta| authors.of_change(meta));
        let intent = meta.and_then(|meta| meta.message.as_deref().map(recent::intent_of));
        ((at, said), by, intent.unwrap_or_default())
    })
}

/// The entries of an item's trail in their order, each with the op that wrote it.
pub(crate) fn transitions(doc: &Automerge, item: &ObjId) -> Vec<(Timestamp, String, ObjId)> {
    let Some((_, object)) = object(doc, item, "trail") else {
        return Vec::new();
    };
    let mut found: Vec<_> = doc
        .map_range(&object, ..)
        .filter_map(|entry| {
            let key = entry.key.to_string();
            history::entry_order(&key)?;
            let id = entry.id();
            let said = text_at(doc, &entry.value.into_value(), &id)?;
            Some((key, said, id))
        })
        .collect();
    // Keys of one change end with a number, which the order of texts gets wrong from ten on.
    found.sort_by(|(a, ..), (b, ..)| history::entry_order(a).cmp(&history::entry_order(b)));
    let timed = found.into_iter().filter_map(|(key, said, id)| {
        let (at, ..) = history::entry_order(&key)?;
        Some((at, said, id))
    });
    timed.collect()
}

/// Who writes under an actor, where its changes say so.
pub(crate) fn author_of(doc: &Automerge, actor: &ActorId) -> Option<PersonId> {
    doc.get_author_for_actor(actor)
        .and_then(|author| <[u8; 16]>::try_from(author.as_bytes()).ok())
        .map(PersonId::from_bytes)
}

/// The fields of an item that hold several values, with all of them.
pub(crate) fn conflicts(
    authors: Authors<'_>,
    item: &ObjId,
    fields: &[Field],
    place: Place,
) -> Vec<Conflict> {
    fields
        .iter()
        .filter_map(|field| conflict(authors, item, *field, place))
        .collect()
}

/// Where a field's register stands.
pub(crate) fn register(
    doc: &Automerge,
    item: &ObjId,
    field: Field,
    place: Place,
) -> Option<(ObjId, Cow<'static, str>)> {
    match field {
        Field::Rank => object(doc, item, "rank").map(|(_, rank)| (rank, place.word().into())),
        other => Some((item.clone(), other.word().into())),
    }
}

fn conflict(authors: Authors<'_>, item: &ObjId, field: Field, place: Place) -> Option<Conflict> {
    let doc = authors.doc();
    let (object, key) = register(doc, item, field, place)?;
    let mut all = doc.get_all(&object, key.as_ref()).ok()?;
    // `get_all` has the winner last.
    all.reverse();
    let values = all
        .iter()
        .map(|(value, id)| {
            let (by, at) = authors.of(id);
            let shown = show(doc, value, id);
            let shown = match field {
                Field::Kind => {
                    Kind::from_word(&shown).map_or(shown, |kind| kind.label().to_owned())
                }
                Field::Status => {
                    Status::from_word(&shown).map_or(shown, |status| status.label().to_owned())
                }
                _ => shown,
            };
            ConflictValue {
                shown,
                by,
                at,
                token: id.to_string(),
            }
        })
        .collect();
    Some(Conflict { field, values })
}

/// Everybody who has introduced themselves.
pub(crate) fn person(doc: &Automerge, people: &ObjId, id: PersonId) -> Option<Person> {
    let (_, fields) = object(doc, people, &id.to_string())?;
    let name = string(doc, &fields, "name");
    if name.is_empty() {
        return None;
    }
    let colour = doc
        .get(&fields, "colour")
        .ok()
        .flatten()
        .and_then(|(value, _)| integer_of(&value));
    Some(Person {
        name,
        colour: colour.and_then(|c| u8::try_from(c).ok()).unwrap_or(0),
    })
}
