use proptest::prelude::*;

use super::*;
use crate::{
    import::{ImportedComment, Options, Terms, import},
    model::{Collection, Facts, Field, Kind, Place, Scalar, Thing},
    time::Timestamp,
};

/// Texts with everything that has a meaning in some format.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\""),
        Just("\"\""),
        Just(","),
        Just(";"),
        Just("\t"),
        Just("\n"),
        Just("\r\n"),
        Just("'"),
        Just("="),
        Just("+"),
        Just("-"),
        Just("@"),
        Just("\\"),
        Just("- [x] "),
        Just("# "),
        Just("שלום"),
        Just("\u{200F}"),
        Just("é"),
        Just("💡"),
        Just("∑"),
        Just("As a user, I want it, so that "),
        Just("{code}"),
        Just("*b*"),
        Just(" "),
        Just("word"),
        Just("12"),
    ];
    prop::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat())
}

fn line() -> impl Strategy<Value = String> {
    text().prop_map(|text| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn full_line() -> impl Strategy<Value = String> {
    line().prop_map(|text| if text.is_empty() { "x".into() } else { text })
}

fn comment() -> impl Strategy<Value = ImportedComment> {
    let at = prop::option::of((0..4_000_000_000_000_i64).prop_map(Timestamp::from_ms));
    (line(), at, text()).prop_map(|(name, at, text)| ImportedComment {
        name,
        at,
        text: format!("{text}."),
    })
}

fn item() -> impl Strategy<Value = ImportedItem> {
    let statuses = vec![
        Status::Todo,
        Status::Doing,
        Status::Done,
        Status::Dropped,
        Status::Archived,
    ];
    let estimate = prop_oneof![
        Just(None),
        (0.0..1e6).prop_map(Some),
        (0..100_u8).prop_map(|points| Some(points.into()))
    ];
    (
        (
            full_line(),
            prop::sample::select(Kind::ALL),
            prop::sample::select(statuses),
            estimate,
        ),
        prop::collection::btree_set(full_line(), 0..4),
        (line(), line(), text()),
        prop::collection::vec((full_line(), any::<bool>()), 0..4),
        prop::collection::vec(comment(), 0..3),
        prop::option::of(
            (-60_000_000_000_000_i64..200_000_000_000_000).prop_map(Timestamp::from_ms),
        ),
    )
        .prop_map(
            |(
                (title, kind, status, estimate),
                tags,
                (for_whom, benefit, description),
                criteria,
                comments,
                created,
            )| ImportedItem {
                key: String::new(),
                title,
                kind,
                status,
                estimate,
                tags: tags.into_iter().collect(),
                for_whom,
                benefit,
                description: if description.trim().is_empty() {
                    String::new()
                } else {
                    description
                },
                // A text that begins like a check box is one, whoever wrote it.
                criteria: criteria
                    .into_iter()
                    .filter(|(text, _)| !text.is_empty())
                    .collect(),
                comments,
                created,
                ..ImportedItem::titled("")
            },
        )
        .prop_flat_map(|item| {
            (
                Just(item),
                prop::collection::vec((full_line(), any::<bool>()), 0..3),
                (
                    prop::option::of(-1e6..1e6_f64),
                    prop::option::of(0.0..1e3_f64),
                    line(),
                ),
            )
        })
        .prop_map(|(item, requirements, (value, hours, category))| {
            let more = [
                value.map(|value| (Field::Value, Scalar::from(value))),
                hours.map(|hours| (Field::Hours, Scalar::from(hours))),
                (!category.is_empty()).then(|| (Field::Category, category.into())),
            ];
            ImportedItem {
                requirements,
                more: more.into_iter().flatten().collect(),
                ..item
            }
        })
}

/// Lists, goals and settings as a backlog may hold them.
fn things() -> impl Strategy<Value = Things> {
    let record = |collection| {
        ("[a-km-z]{12}", full_line(), 0..12_u8).prop_map(move |(id, name, colour)| {
            let facts: Facts = [
                ("name".to_owned(), Scalar::from(name)),
                ("created".to_owned(), 1.0.into()),
                ("colour".to_owned(), f64::from(colour).into()),
            ]
            .into();
            let id = id.parse().unwrap();
            (Thing::Record(collection, id), facts)
        })
    };
    let lists = prop::collection::vec(record(Collection::Lists), 0..3);
    let goals = prop::collection::vec(record(Collection::Goals), 0..3);
    (lists, goals, full_line()).prop_map(|(lists, goals, purpose)| {
        let settings: Facts = [("purpose".to_owned(), Scalar::from(purpose))].into();
        lists
            .into_iter()
            .chain(goals)
            .chain([(Thing::Product, settings)])
            .collect()
    })
}

/// Items in lists, linked to goals and to each other by the names that the file gives them.
fn woven(mut items: Vec<ImportedItem>, things: &Things) -> Vec<ImportedItem> {
    let names: Vec<String> = (0..items.len())
        .map(|nth| format!("{nth:z>12}").replace('0', "Z"))
        .collect();
    for (nth, item) in items.iter_mut().enumerate() {
        item.id.clone_from(&names[nth]);
        item.place = Some(Place::Product);
        for thing in things.keys() {
            match thing {
                Thing::Record(Collection::Lists, id) if nth % 2 == 0 => {
                    item.place = Some(Place::List(*id));
                }
                Thing::Record(Collection::Goals, id) => {
                    item.marks.push((format!("goal:{id}"), true.into()));
                }
                _ => {}
            }
        }
        if nth > 0 {
            let before = names[nth - 1].as_str();
            item.marks.push((format!("depends:{before}"), true.into()));
            item.more.push((Field::Parent, before.into()));
        }
        item.marks.sort_by(|(a, _), (b, _)| a.cmp(b));
        item.more.sort_by_key(|(field, _)| *field);
    }
    items
}

fn items() -> impl Strategy<Value = Vec<ImportedItem>> {
    prop::collection::vec((item(), line()), 1..6).prop_map(|items| {
        let keyed = items.into_iter().enumerate().map(|(nth, (mut item, key))| {
            if nth % 2 == 0 {
                item.key = format!("{key}{nth}");
            }
            item
        });
        keyed.collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// BT-49: what a backlog holds besides items comes back as well.
    #[test]
    fn bt_49_json_imports_back_to_the_same_backlog(items in items(), things in things()) {
        let items = woven(items, &things);
        let text = json("B", &items, &things);
        let preview = import("b.json", text.into_bytes(), Options::default()).unwrap();
        prop_assert_eq!(&preview.items, &items);
        prop_assert_eq!(&preview.things, &things);
        prop_assert!(preview.not_imported.is_empty() && preview.warnings.is_empty());
    }

    #[test]
    fn a_table_imports_back_to_the_same_items(items in items()) {
        let preview = import("b.csv", csv(&items, &Things::new()).into_bytes(), Options::default()).unwrap();
        prop_assert_eq!(&preview.items, &items);
        prop_assert!(preview.not_imported.is_empty() && preview.warnings.is_empty());
    }

    #[test]
    fn json_imports_back_to_the_same_items(items in items(), name in full_line()) {
        let preview = import("b.json", json(&name, &items, &Things::new()).into_bytes(), Options::default()).unwrap();
        prop_assert_eq!(&preview.items, &items);
        prop_assert_eq!(preview.name, name);
        prop_assert!(preview.not_imported.is_empty() && preview.warnings.is_empty());
    }
}

fn sample() -> ImportedItem {
    let mut item = ImportedItem::titled("=1+1");
    item.key = "A-1".into();
    item.kind = Kind::Story;
    item.estimate = Some(0.5);
    item.tags = vec!["a, b".into(), "c".into()];
    item.for_whom = "user".into();
    item.description = "one\ntwo \"three\"".into();
    item.criteria = vec![("works".into(), true), ("fast".into(), false)];
    item.comments = vec![ImportedComment {
        name: "A; B".into(),
        at: Some(Timestamp::from_ms(1_782_900_000_000)),
        text: "; yes".into(),
    }];
    item
}

#[test]
fn a_table_is_rfc_4180_and_harms_no_spreadsheet() {
    assert_eq!(
        csv(&[sample()], &Things::new()),
        "Key,Title,Type,Status,Estimate,Tags,For whom,Benefit,Description,Acceptance criteria,Created,Requirements,Business value,Hours,Category,List,Goals,Initiatives,Themes,Part of,Depends on,Links,Cutline id,Comment\r\n\
         A-1,'=1+1,Story,To do,0.5,\"\"\"a, b\"\", c\",user,,\"one\ntwo \"\"three\"\"\",\"'- [x] works\n- [ ] fast\",,,,,,,,,,,,,,\
         2026-07-01T10:00:00.000Z;A\\; B;; yes\r\n"
    );
}

#[test]
fn guards_are_taken_off_exactly_where_they_were_put_on() {
    for cell in [
        "=x", "'=x", "''=x", "'x", "'", "", "-1", "∑", "'∑", "@a", "\tx", "\rx", "'\tx", "x=", "''",
    ] {
        let guarded = guarded(cell);
        assert_eq!(unguarded(&guarded), cell, "{cell:?}");
        assert!(
            !guarded.starts_with(['=', '+', '-', '@', '\t', '\r']),
            "{cell:?}"
        );
    }
    assert_eq!(unguarded("'≤ 5"), "≤ 5");
}

#[test]
fn markdown_is_a_check_list() {
    let mut done = ImportedItem::titled("Ship");
    done.status = Status::Done;
    assert_eq!(
        markdown("B", &[sample(), done]),
        "# B\n\n- [ ] A-1: =1+1 (0.5)\n- [x] Ship\n"
    );
}

#[test]
fn an_empty_backlog_is_a_header() {
    assert_eq!(
        csv(&[], &Things::new()),
        format!("{},{}\r\n", COLUMNS.join(","), LINK_COLUMNS.join(","))
    );
    assert!(json("B", &[], &Things::new()).contains("\"items\": []"));
}

#[test]
fn pb_14_a_table_says_types_in_the_teams_words_and_they_are_read_again() {
    let facts: Facts = [("term:feature".to_owned(), Scalar::from("Capability"))].into();
    let things: Things = [(Thing::Product, facts)].into();
    let text = csv(&[ImportedItem::titled("Rooms")], &things);
    assert!(text.contains("Rooms,Capability,"), "{text}");
    let read = |feature: &str| {
        let options = Options {
            terms: Terms {
                feature: feature.to_owned(),
                ..Terms::default()
            },
            ..Options::default()
        };
        import("b.csv", text.clone().into_bytes(), options).unwrap()
    };
    let here = read("capability");
    assert!(here.warnings.is_empty());
    assert_eq!(here.items[0].kind, Kind::Feature);
    // Elsewhere the word is not known, and is said so; the items are features all the same.
    let elsewhere = read("");
    assert_eq!(elsewhere.items[0].kind, Kind::Feature);
    assert_eq!(elsewhere.warnings.len(), 1);
}
