//! Files of the shapes that people bring.

use std::fmt::Write;

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
