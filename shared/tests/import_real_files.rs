//! Real backlogs through the import, as far as they lie beside the repository (`../shared/data`).

use std::{fs, path::PathBuf};

use shared::{
    export,
    import::{Field, Format, Importer, Options, Preview, Source, import},
    model::{Kind, Status},
};

fn data(path: &str) -> Option<Vec<u8>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/data");
    fs::read(folder.join(path)).ok()
}

fn imported(path: &str) -> Option<Preview> {
    let bytes = data(path)?;
    Some(import(path, bytes, Options::default()).unwrap_or_else(|error| panic!("{path}: {error}")))
}

#[test]
fn every_issue_of_the_jira_projects_is_taken_in_file_order() {
    for (path, count, first, last) in [
        ("jira/mesos.csv", 1_680, "MESOS-313", "MESOS"),
        ("jira/moodle.csv", 1_166, "MDL-1626", "MDL"),
        ("jira/springxd.csv", 3_526, "XD-1", "XD"),
        ("jira/duracloud.csv", 666, "DURACLOUD-4", "DURACLOUD"),
    ] {
        let Some(preview) = imported(path) else {
            continue;
        };
        assert_eq!(preview.items.len(), count, "{path}");
        assert_eq!(preview.format, Format::JiraStoryPoints);
        assert_eq!(preview.items[0].key, first);
        assert!(preview.items[count - 1].key.starts_with(last));
        let fields: Vec<_> = preview.columns.iter().map(|column| column.field).collect();
        assert_eq!(
            fields,
            [
                Some(Field::Key),
                Some(Field::Title),
                Some(Field::Description),
                Some(Field::Estimate),
                None
            ]
        );
        assert_eq!(preview.estimated, count);
        assert_eq!(
            preview.not_imported.len(),
            1,
            "{path}: {:?}",
            preview.not_imported
        );
        assert_eq!(
            preview.not_imported[0].source,
            Source::Column("split_mark".into())
        );
        assert_eq!(preview.not_imported[0].count, count);
        assert!(
            preview.warnings.is_empty(),
            "{path}: {:?}",
            preview.warnings
        );
        assert!(
            preview
                .items
                .iter()
                .all(|item| item.status == Status::Todo && !item.title.is_empty())
        );
    }
}

#[test]
fn every_line_of_the_user_stories_is_taken_and_nearly_all_are_stories() {
    for (path, count, stories) in [
        ("user-stories/g03-loudoun.txt", 58, 58),
        ("user-stories/g08-frictionless.txt", 66, 66),
        ("user-stories/g10-scrumalliance.txt", 97, 97),
        ("user-stories/g13-planningpoker.txt", 53, 53),
    ] {
        let Some(preview) = imported(path) else {
            continue;
        };
        assert_eq!(preview.items.len(), count, "{path}");
        assert_eq!(preview.format, Format::Lines);
        let plain: Vec<_> = preview
            .items
            .iter()
            .filter(|item| item.kind != Kind::Story)
            .map(|item| &item.title)
            .collect();
        assert_eq!(count - plain.len(), stories, "{path}: {plain:?}");
        for item in &preview.items {
            let text = format!("{}|{}|{}", item.for_whom, item.title, item.benefit).to_lowercase();
            assert!(
                !text.contains("so that so that") && !text.contains("|i want to"),
                "{item:?}"
            );
        }
        assert!(
            preview.not_imported.is_empty() && preview.warnings.is_empty(),
            "{path}"
        );
    }
}

#[test]
fn real_backlogs_survive_export_and_import() {
    for path in [
        "jira/mesos.csv",
        "jira/moodle.csv",
        "jira/duracloud.csv",
        "user-stories/g08-frictionless.txt",
    ] {
        let Some(preview) = imported(path) else {
            continue;
        };
        let table = import(
            "b.csv",
            export::csv(&preview.items, &preview.things).into_bytes(),
            Options::default(),
        );
        assert_eq!(
            table.map(|back| back.items == preview.items),
            Ok(true),
            "{path}"
        );
        let json = import(
            "b.json",
            export::json("b", &preview.items, &preview.things).into_bytes(),
            Options::default(),
        );
        assert_eq!(
            json.map(|back| back.items == preview.items),
            Ok(true),
            "{path}"
        );
    }
}

#[test]
fn a_long_file_shows_how_far_it_has_come() {
    let Some(bytes) = data("jira/mesos.csv") else {
        return;
    };
    let total = bytes.len() as u64;
    let mut importer = Importer::new("mesos.csv", bytes, Options::default());
    let mut steps = Vec::new();
    loop {
        let progress = importer.step(100);
        assert_eq!(progress.total_bytes, total);
        steps.push(progress.done_bytes);
        if progress.finished {
            break;
        }
    }
    assert!(steps.len() > 16 && steps.is_sorted() && steps.last() == Some(&total));
    assert_eq!(
        importer.finish().map(|preview| preview.items.len()),
        Ok(1_680)
    );
}

#[test]
fn damaged_files_never_panic() {
    let sources = ["jira/duracloud.csv", "user-stories/g10-scrumalliance.txt"];
    let mut state: usize = 7;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for path in sources {
        let Some(bytes) = data(path) else { continue };
        let head = &bytes[..bytes.len().min(12_000)];
        for _ in 0..150 {
            let mut damaged = head.to_vec();
            for _ in 0..=next(6) {
                let at = next(damaged.len());
                match next(5) {
                    0 => damaged[at] = b'"',
                    1 => damaged[at] = [0, 0xFF, b'\n', b',', b'{', 0xC3][next(6)],
                    2 => damaged.truncate(at.max(1)),
                    3 => drop(damaged.drain(at..(at + next(50)).min(damaged.len()))),
                    _ => damaged.insert(at, b'\r'),
                }
                if damaged.is_empty() {
                    damaged.push(b'x');
                }
            }
            if let Err(error) = import(
                ["a.csv", "a.txt", "a.json", "a"][next(4)],
                damaged,
                Options::default(),
            ) {
                assert!(!error.to_string().is_empty());
            }
        }
    }
}
