//! Files of the shapes that people bring: the real ones where they lie beside the repository, and made ones.

use std::{fmt::Write, fs, path::Path};

/// Stories, one a line, in backlog order.
pub(crate) const STORIES: &str = "\
As a moderator I want to select an item to be estimated so that the team sees that item
As an estimator, I want to join a game by entering my name, so that I can take part
As a moderator, I want to export the results
";

/// The titles those become.
pub(crate) const STORY_TITLES: [&str; 3] = [
    "Select an item to be estimated",
    "Join a game by entering my name",
    "Export the results",
];

/// An export in the columns of public Jira data sets, with descriptions of so many bytes that hardly compress, and with what makes such files hard: commas, quotes and line breaks.
pub(crate) fn jira(items: usize, description: usize) -> String {
    let mut state = 1_u64;
    let mut words = || {
        let mut text = String::with_capacity(description);
        while text.len() < description {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            text += &format!("{:x} ", state >> 16);
        }
        text
    };
    let mut csv = "issuekey,title,description,storypoint,split_mark\n".to_owned();
    for number in 1..=items {
        writeln!(
            csv,
            "MESOS-{number},\"Report item {number}, \"\"quoted\"\"\",\"First line\n{}of {number}\",{},train",
            words(),
            number % 9
        )
        .expect("a string can be written");
    }
    csv
}

/// A file of the real backlogs in `shared/data`, beside the repository or one of the folders around it. Where they are
/// not, a made one of the same shape stands in.
fn real(path: &str, otherwise: impl FnOnce() -> String) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .find_map(|folder| fs::read_to_string(folder.join("shared/data").join(path)).ok())
        .unwrap_or_else(otherwise)
}

/// The issues of Apache Mesos, as their Jira gave them out.
pub(crate) fn mesos() -> String {
    real("jira/mesos.csv", || jira(1_680, 300))
}

/// The issues of Moodle, as their Jira gave them out.
pub(crate) fn moodle() -> String {
    real("jira/moodle.csv", || jira(1_166, 300))
}

/// A product backlog of user stories, one a line.
pub(crate) fn loudoun() -> String {
    real("user-stories/g03-loudoun.txt", || STORIES.to_owned())
}

/// So many issues of real projects in one file: all of them again and again, each time under new keys.
pub(crate) fn issues(count: usize) -> String {
    let projects = ["mesos", "moodle", "springxd", "duracloud"]
        .map(|name| real(&format!("jira/{name}.csv"), || jira(1_000, 700)));
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer
        .write_record(["issuekey", "title", "description", "storypoint"])
        .expect("memory takes every write");
    let mut readers: Vec<Vec<csv::StringRecord>> = Vec::new();
    for project in &projects {
        let records = csv::Reader::from_reader(project.as_bytes()).into_records();
        readers.push(records.map(|record| record.expect("a row")).collect());
    }
    let all = readers.iter().flatten().cycle();
    for (record, number) in all.zip(1..=count) {
        let key = format!("ALL-{number}");
        writer
            .write_record([&key, &record[1], &record[2], &record[3]])
            .expect("memory takes every write");
    }
    let bytes = writer.into_inner().expect("memory takes every write");
    String::from_utf8(bytes).expect("cells are text")
}

/// A column of a table, without its header.
pub(crate) fn column(table: &str, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let headers = reader.headers().expect("a header").clone();
    let at = headers
        .iter()
        .position(|header| header == name)
        .expect("the table has the column");
    let records = reader.into_records();
    records
        .map(|record| record.expect("a row")[at].to_owned())
        .collect()
}
