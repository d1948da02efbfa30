//! Issue 2, point 3: real backlogs come in, broken files change nothing, exports come back.

use std::{fs::File, time::Duration};

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
fn p3_a_real_project_comes_in_with_progress_in_file_order_and_goes_with_one_undo() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let table = data::mesos();
    let path = file("mesos.csv", table.as_bytes());
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.records_progress();
    dialog.choose_file(&path);
    let dialog = dialog
        .says("1,680 items")
        .says("1,680 estimated")
        .column_becomes("issuekey", "Key")
        .column_becomes("title", "Title")
        .column_becomes("description", "Description")
        .column_becomes("storypoint", "Estimate")
        .column_becomes("split_mark", "not imported");
    assert!(dialog.progress("Reading the file") > 1);
    let page = dialog.accept();
    page.items_are(1_681);
    assert!(dialog.progress("Importing") > 1);
    page.is_saved();
    tab.until("!document.querySelector('progress')");
    page.is_numbered();
    page.command("Export as CSV");
    let exported = ada.next_download().text();
    let mut wanted = vec![String::new()];
    wanted.extend(data::column(&table, "issuekey"));
    assert_eq!(data::column(&exported, "Key"), wanted);
    page.undo();
    page.shows(&["before"]);
    page.is_saved();
}

#[test]
fn p3_twenty_three_thousand_issues_go_through() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let path = file("all.csv", data::issues(23_000).as_bytes());
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    page.command("Import a file");
    page.import_dialog().choose_file(&path);
    let patience = Duration::from_secs(240);
    tab.until_within(patience, || {
        let summary =
            tab.evaluate("document.querySelector('.import .summary')?.innerText ?? ''")?;
        let summary = summary.as_str().unwrap_or_default();
        if summary.contains("23,000 items") {
            Ok(())
        } else {
            Err(summary.to_owned())
        }
    });
    let page = page.import_dialog().accept();
    let arrives = |count: usize, chip: &str| {
        tab.until_within(patience, || {
            if page.counts(count) && page.chip().contains(chip) {
                Ok(())
            } else {
                Err(format!("not {count} items, or {}", page.chip()))
            }
        });
    };
    arrives(23_001, "saved on the relay");
    page.press("End");
    tab.until_equal(&"23,001".to_owned(), || {
        page.lines()
            .last()
            .map(|line| line.number.clone())
            .unwrap_or_default()
    });
    page.is_numbered();
    tab.reload();
    let page = page.is_shown();
    arrives(23_001, "saved on the relay");
    page.is_numbered();
}

#[test]
fn p3_a_large_import_goes_with_one_undo_and_comes_again_with_one_redo() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let path = file("some.csv", data::issues(5_000).as_bytes());
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    page.command("Import a file");
    page.import_dialog().choose_file(&path);
    let page = page.import_dialog().says("5,000 items").accept();
    page.items_are(5_001);
    page.undo();
    page.shows(&["before"]);
    page.redo();
    page.items_are(5_001);
    page.is_numbered();
    page.is_saved();
}

#[test]
fn p3_a_file_of_50_mb_is_refused_with_its_size_while_the_page_goes_on() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    let path = file("huge.csv", b"issuekey,title\n");
    File::options()
        .write(true)
        .open(&path)
        .and_then(|huge| huge.set_len(50 * 1024 * 1024))
        .unwrap();
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    dialog
        .refuses("too large: 50 MB; files of up to 32 MB can be imported")
        .cancel();
    page.shows(&["before"]);
    page.add("after");
    page.shows(&["before", "after"]);
}

#[test]
fn p3_a_long_file_is_read_beside_the_page_and_can_be_called_off() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    let mut text = data::issues(23_000);
    text += "ALL-23001,\"never closed\n";
    let path = file("broken.csv", text.as_bytes());
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    dialog.refuses("row 23002").refuses("never closed").cancel();
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&path);
    dialog.cancel();
    page.add("after");
    page.shows(&["before", "after"]);
}

#[test]
fn p3_a_real_backlog_of_user_stories_comes_in_line_by_line() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let text = data::loudoun();
    let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
    let path = file("g03-loudoun.txt", text.as_bytes());
    let home = HomePage::open(&tab, &relay);
    let page = home
        .choose_file(&path)
        .says(&format!("{lines} items"))
        .says(&format!("{lines} Story"))
        .accept();
    page.name().holds("g03-loudoun");
    page.items_are(lines);
    page.is_numbered();
    page.command("Export as CSV");
    let exported = ada.next_download().text();
    let roles = data::column(&exported, "For whom");
    assert_eq!(roles.len(), lines);
    for (line, role) in text.lines().zip(&roles) {
        assert!(
            !role.is_empty() && line.contains(role.as_str()),
            "{line}: {role}"
        );
    }
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
fn p3_the_person_says_what_each_column_becomes() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    let table = "colour,size,what\nred,3,Paint the door\nblue,5,Paint the wall\n";
    page.command("Import a file");
    let dialog = page.import_dialog();
    dialog.choose_file(&file("columns.csv", table.as_bytes()));
    let dialog = dialog
        .refuses("No column in row 1 is called Title")
        .map_column("what", "Title")
        .says("2 items")
        .says("2 estimated")
        .column_becomes("size", "Estimate")
        .column_becomes("colour", "not imported")
        .map_column("colour", "Tags")
        .says("Import 2 items at the bottom")
        .map_column("size", "Title")
        .column_becomes("what", "not imported")
        .map_column("what", "Title")
        .column_becomes("size", "not imported")
        .map_column("size", "Estimate");
    let page = dialog.says("2 estimated").accept();
    page.shows(&["before", "Paint the door", "Paint the wall"]);
    page.row_reads("Paint the door", "red");
    page.row_reads("Paint the wall", "5");
    page.undo();
    page.shows(&["before"]);
}

#[test]
fn p3_keys_that_are_there_are_skipped_updated_or_added_again_in_one_step() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &[]);
    let import = |table: &str| {
        page.command("Import a file");
        let dialog = page.import_dialog();
        dialog.choose_file(&file("again.csv", table.as_bytes()));
        dialog
    };
    let page = import("Key,Title,Estimate\nA-1,one,3\nA-2,two,5\n")
        .says("Import 2 items at the bottom")
        .accept();
    page.shows(&["one", "two"]);
    let second = "Key,Title,Estimate\nA-2,two anew,8\nA-3,three,1\n";
    let page = import(second)
        .says("1 item is already in this backlog")
        .says("Import 1 item at the bottom")
        .accept();
    page.shows(&["one", "two", "three"]);
    page.undo();
    page.shows(&["one", "two"]);
    let page = import(second)
        .chooses("Update them")
        .says("Import 1 item at the bottom, update 1")
        .accept();
    page.shows(&["one", "two anew", "three"]);
    page.row_reads("two anew", "8");
    page.undo();
    page.shows(&["one", "two"]);
    page.row_reads("two", "5");
    let page = import(second)
        .chooses("Add them again")
        .says("Import 2 items at the bottom")
        .accept();
    page.shows(&["one", "two", "two anew", "three"]);
    page.undo();
    page.shows(&["one", "two"]);
    import("Key,Title\nA-1,one\n")
        .says("1 item is already")
        .imports_nothing()
        .cancel();
}

#[test]
fn bt_49_rows_pasted_from_a_spreadsheet_keep_their_columns() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["before"]);
    page.quick_add().focus();
    tab.paste(
        "Summary\tPoints\tLabels\nPaint the door\t3\thouse\n\"Paint \"\"the\"\" wall\"\t5\t\n",
    );
    let page = page
        .import_dialog()
        .says("2 items")
        .column_becomes("Points", "Estimate")
        .accept();
    page.shows(&["before", "Paint the door", "Paint \"the\" wall"]);
    page.row_reads("Paint the door", "3");
    page.row_reads("Paint the door", "house");
    page.undo();
    page.shows(&["before"]);
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
        // Imported items are new ones: only their ids differ.
        let told = |text: &str| {
            let lines = text
                .lines()
                .filter(|line| !line.trim().starts_with("\"id\":"));
            let lines = lines.map(|line| match format {
                "CSV" => line.rsplit_once(',').map_or(line, |(line, _)| line),
                _ => line,
            });
            lines.map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(
            told(&ada.next_download().text()),
            told(&exported.text()),
            "{format}"
        );
    }
}
