//! Issue 2, point 3: real backlogs come in, broken files change nothing, exports come back.

use tests::{
    browser::{Person, file},
    pages::{BacklogPage, HomePage},
    relay::RunningRelay,
};

use crate::data;

#[test]
fn p3_a_jira_export_is_previewed_imported_and_undone_in_one_step() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let path = file("export.csv", data::jira(1_680, 30).as_bytes());
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    let page = dialog
        .says("1,680")
        .says("issuekey")
        .says("split_mark")
        .accept();
    page.items_are(1_681);
    page.is_numbered();
    page.undo();
    page.shows(&["before"]);
    page.redo();
    page.items_are(1_681);
}

#[test]
fn p3_lines_of_text_become_stories_in_file_order() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let path = file("stories.txt", data::STORIES.as_bytes());
    let home = HomePage::open(&tab, &relay);
    let page = home.drop_file(&path).says("3").accept();
    page.shows(&data::STORY_TITLES);
    page.is_numbered();
    let panel = page.open_item(data::STORY_TITLES[0]);
    panel.field("For whom").holds("moderator");
}

#[test]
fn p3_broken_files_name_row_and_cause_and_change_nothing() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    let broken: [(&str, &[u8], &str); 4] = [
        ("latin1.csv", b"title\ncaf\xe9\n", "UTF-8"),
        (
            "open.csv",
            b"title,description\none,\"never closed\n",
            "quote",
        ),
        ("columns.csv", b"colour,size\nred,3\n", "title"),
        ("empty.csv", b"", "empty"),
    ];
    for (name, bytes, cause) in broken {
        page.command("Import a file");
        let dialog = page.import_dialog();
        dialog.choose_file(&file(name, bytes));
        dialog.refuses(cause).cancel();
        page.shows(&["before"]);
    }
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&file("latin1.csv", b"title\none\ncaf\xe9\n"));
    dialog.refuses("3").cancel();
    page.items_are(1);
}

#[test]
fn p3_exports_import_back_to_the_same_backlog() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["=SUM(1)", "comma, \"quote\"", "plain"]);
    page.choose("plain");
    page.set_estimate("plain", "3");
    for format in ["CSV", "JSON"] {
        page.command(&format!("Export as {format}"));
        let exported = ada.next_download();
        let other = ada.tab();
        let again = HomePage::open(&other, &relay)
            .choose_file(&exported.keep())
            .accept();
        again.shows(&["=SUM(1)", "comma, \"quote\"", "plain"]);
        again.row_reads("plain", "3");
        again.command(&format!("Export as {format}"));
        assert_eq!(ada.next_download().text(), exported.text(), "{format}");
    }
}
