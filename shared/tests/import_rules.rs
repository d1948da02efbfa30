//! The rules of importing, one synthetic file each. Numbers are those of the rules: 1 byte order mark, 2 delimiters and
//! quotes, 3 repeated headers, 4 wide rows, 5 dates, 6 preview, 7 keys, 9 order, 10 guards.

use shared::{
    import::{
        Field, Format, ImportError, ImportedItem, Importer, NotImported, Options, Preview, Source,
        example, import,
    },
    model::{Kind, Status},
    time::Timestamp,
};

fn preview(name: &str, text: &str) -> Preview {
    import(name, text.into(), Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refused(name: &str, bytes: impl Into<Vec<u8>>) -> ImportError {
    let bytes = bytes.into();
    import(name, bytes, Options::default()).expect_err("the file is refused")
}

fn titles(preview: &Preview) -> Vec<&str> {
    preview
        .items
        .iter()
        .map(|item| item.title.as_str())
        .collect()
}

fn item<'a>(preview: &'a Preview, key: &str) -> &'a ImportedItem {
    preview
        .items
        .iter()
        .find(|item| item.key == key)
        .expect("the item is taken")
}

fn left_out<'a>(preview: &'a Preview, reason: &str) -> &'a NotImported {
    let found = preview
        .not_imported
        .iter()
        .find(|left_out| left_out.reason.contains(reason));
    found.unwrap_or_else(|| panic!("{reason:?} is not among {:?}", preview.not_imported))
}

fn column(preview: &Preview, name: &str) -> Option<Field> {
    let column = preview.columns.iter().find(|column| column.column == name);
    column.expect("the column is there").field
}

fn at(text: &str) -> Option<Timestamp> {
    let json = format!(
        r#"{{"format":"cutline-backlog","version":1,"items":[{{"title":"t","created":"{text}"}}]}}"#
    );
    preview("t.json", &json).items[0].created
}

#[test]
fn rule_1_a_byte_order_mark_is_stripped_at_the_beginning_only() {
    let found = preview("a.csv", "\u{FEFF}Title,Points\n\u{FEFF}A,1\n");
    assert_eq!(titles(&found), ["\u{FEFF}A"]);
    assert_eq!(column(&found, "Title"), Some(Field::Title));
}

#[test]
fn rule_1_utf_16_is_refused_with_and_without_its_mark() {
    let text = "Title,Points\nA,1\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xFF\xFE".as_slice(), &little].concat();
    for bytes in [little, marked] {
        assert_eq!(refused("a.csv", bytes), ImportError::Utf16);
    }
}

#[test]
fn rule_2_delimiters_are_told_by_the_header() {
    for delimiter in [",", ";", "\t"] {
        let text = ["Title|Points|Tags", "\"A, b; c\"|3|x", "B|5|"]
            .join("\r\n")
            .replace('|', delimiter);
        let found = preview("a.csv", &text);
        assert_eq!(titles(&found), ["A, b; c", "B"], "{delimiter:?}");
        assert_eq!(found.items[0].estimate, Some(3.0));
        assert_eq!(found.items[1].estimate, Some(5.0));
    }
    let pasted = preview("", "Summary\tStory points\nA\t0,5\n");
    assert_eq!(
        (pasted.format, pasted.items[0].estimate),
        (Format::Table, Some(0.5))
    );
}

#[test]
fn rule_2_quotes_hold_delimiters_quotes_and_line_ends() {
    let found = preview(
        "a.csv",
        "Title,Description\n\"say \"\"hi\"\", now\",\"one\r\ntwo\n\nthree\"\n",
    );
    assert_eq!(titles(&found), ["say \"hi\", now"]);
    assert_eq!(found.items[0].description, "one\ntwo\n\nthree");
}

#[test]
fn rule_2_an_unclosed_quote_is_named_with_its_row() {
    let error = refused("a.csv", "Title,Points\nA,1\n\"B\nb\",2\n\"C,3\nD,4\n");
    assert_eq!(error, ImportError::UnclosedQuote { row: 4, line: 5 });
    assert!(error.to_string().contains("row 4"));
}

#[test]
fn rule_3_repeated_headers_give_all_their_cells_in_order() {
    let text = "Issue key,Summary,Labels,Labels,Comment,Comment,Sprint,Sprint\nA-1,One,x,\"y, z\",first,second,S1,S2\n";
    let found = preview("a.csv", text);
    let one = item(&found, "A-1");
    assert_eq!(one.tags, ["x", "y", "z"]);
    let comments: Vec<&str> = one
        .comments
        .iter()
        .map(|comment| comment.text.as_str())
        .collect();
    assert_eq!(comments, ["first", "second"]);
}

#[test]
fn rule_4_a_row_wider_than_the_header_is_reported_and_not_taken() {
    let found = preview("a.csv", "Title,Points\nA,1\nB,x,2\nC,3,,\nD\n");
    assert_eq!(titles(&found), ["A", "C", "D"]);
    let wide = left_out(&found, "It has 3 of 2 columns");
    assert_eq!(wide.source, Source::Rows(vec![3]));
    assert!(
        found.warnings.iter().any(
            |warning| warning.text.starts_with("1 rows have fewer cells") && warning.rows == [5]
        )
    );
}

#[test]
fn rule_5_the_file_decides_whether_the_day_comes_first() {
    let text = "Title,Created\nA,7/9/2026 10:00\nB,22/08/2024\nC,soon\n";
    let found = preview("a.csv", text);
    assert_eq!(found.items[0].created, at("2026-09-07T10:00:00Z"));
    assert_eq!(found.items[1].created, at("2024-08-22"));
    assert_eq!(found.items[2].created, None);
    assert_eq!(
        left_out(&found, "no known form").source,
        Source::Rows(vec![4])
    );
    assert_eq!(found.ambiguous_date, None);
}

#[test]
fn rule_5_a_date_that_can_be_read_in_two_ways_is_asked_about() {
    let text = "Title,Created\nA,7/9/2026 10:00\n";
    let open = preview("a.csv", text);
    assert_eq!(open.ambiguous_date.as_deref(), Some("7/9/2026 10:00"));
    assert_eq!(open.items[0].created, None);
    assert_eq!(left_out(&open, "day first or month first").count, 1);
    let options = Options {
        day_first: Some(false),
        utc_offset_minutes: 120,
        ..Options::default()
    };
    let settled = import("a.csv", text.into(), options).expect("it is a table");
    assert_eq!(settled.items[0].created, at("2026-07-09T08:00:00Z"));
    assert_eq!(settled.ambiguous_date, None);
}

#[test]
fn rule_6_the_preview_counts_and_says_what_is_left_out() {
    let text = "Title,Type,Status,Points,Owner,Mood\nA,Bug,Done,3,ann,\nB,Wish,Frozen,XL,,good\n,Bug,Done,1,,\n";
    let found = preview("my_backlog.csv", text);
    assert_eq!(
        (found.name.as_str(), found.format),
        ("my backlog", Format::Table)
    );
    assert_eq!(found.kinds, [(Kind::Feature, 1), (Kind::Bug, 1)]);
    assert_eq!(found.statuses, [(Status::Todo, 1), (Status::Done, 1)]);
    assert_eq!(found.estimated, 1);
    assert_eq!(
        left_out(&found, "not assigned").source,
        Source::Column("Owner".into())
    );
    let mood = left_out(&found, "no field for it");
    assert_eq!((mood.count, mood.example.as_str()), (1, "good"));
    assert_eq!(left_out(&found, "no title").source, Source::Rows(vec![4]));
    assert_eq!(left_out(&found, "not a number").example, "XL");
    let warnings: Vec<&str> = found
        .warnings
        .iter()
        .map(|warning| warning.text.as_str())
        .collect();
    assert!(
        warnings[0].contains("“Frozen”") && warnings[1].contains("“Wish”"),
        "{warnings:?}"
    );
    let points = &found.columns[3];
    assert_eq!(
        (points.field, points.filled, points.example.as_str()),
        (Some(Field::Estimate), 3, "3")
    );
}

#[test]
fn rule_6_columns_can_be_mapped_by_hand() {
    let text = "Chave,Tytuł,Punkty\nA-1,Jeden,3\n";
    let Err(ImportError::NoTitleColumn { headers }) =
        import("a.csv", text.into(), Options::default())
    else {
        panic!("no header is known as a title");
    };
    assert_eq!(headers, ["Chave", "Tytuł", "Punkty"]);
    let mut options = Options::default();
    options.columns.insert(1, Some(Field::Title));
    options.columns.insert(2, Some(Field::Estimate));
    let found = import("a.csv", text.into(), options).expect("the titles are mapped");
    assert_eq!(
        (titles(&found), item(&found, "A-1").estimate),
        (vec!["Jeden"], Some(3.0))
    );
}

#[test]
fn rule_7_the_first_of_two_rows_with_one_key_is_taken() {
    let found = preview(
        "a.csv",
        "Key,Title\nA-1,one\nA-2,two\nA-1,again\n,three\n,four\n",
    );
    assert_eq!(titles(&found), ["one", "two", "three", "four"]);
    let again = left_out(&found, "used before");
    assert_eq!(
        (again.source.clone(), again.example.as_str()),
        (Source::Rows(vec![4]), "A-1, first used in row 2")
    );
}

#[test]
fn rule_7_plain_numbers_are_marked_as_keys() {
    let found = preview("a.csv", "ID,Title\n12,one\n");
    assert_eq!(found.items[0].key, "#12");
}

#[test]
fn rule_9_a_rank_decides_the_order_and_else_the_file_does() {
    let jira = "Issue key,Summary,Custom field (Rank)\nA-1,one,1|i05es3:\nA-2,two,\nA-3,three,1|i043cz:hhkz\nA-4,four,1|i043cz:\n";
    assert_eq!(
        titles(&preview("a.csv", jira)),
        ["four", "three", "one", "two"]
    );
    let numbers = "Title,Stack Rank\none,10\ntwo,9\nthree,\nfour,9.5\n";
    assert_eq!(
        titles(&preview("a.csv", numbers)),
        ["two", "four", "one", "three"]
    );
    assert_eq!(
        titles(&preview("a.csv", "Title,Priority\none,2\ntwo,1\n")),
        ["one", "two"]
    );
}

#[test]
fn rule_10_one_guarding_apostrophe_is_taken_off() {
    let found = preview("a.csv", "Title\n'=SUM(A1)\n'≤ 5\n'tis\n-1\n");
    assert_eq!(titles(&found), ["=SUM(A1)", "≤ 5", "'tis", "-1"]);
}

#[test]
fn broken_files_name_row_and_cause() {
    assert_eq!(refused("a.csv", ""), ImportError::Empty);
    assert_eq!(refused("a.txt", " \n\r\n"), ImportError::Empty);
    assert_eq!(refused("a.csv", "\u{FEFF}"), ImportError::Empty);
    let latin = refused("a.csv", b"Title\nfine\ncaf\xE9\n".to_vec());
    assert_eq!(
        latin,
        ImportError::NotUtf8 {
            row: 3,
            offset: 14,
            value: 0xE9
        }
    );
    assert!(
        latin
            .to_string()
            .starts_with("Row 3 is not UTF-8 text: byte 0xE9")
    );
    assert_eq!(
        refused("a.csv", "Title\na\nb\0\n"),
        ImportError::Nul { row: 3 }
    );
    let large = refused("a.csv", vec![b'x'; 50 * 1024 * 1024]);
    assert!(large.to_string().contains("50 MB") && large.to_string().contains("32 MB"));
    let untitled = refused("a.csv", "Foo,Bar\n1,2\n");
    assert!(
        untitled.to_string().contains("Found: “Foo”, “Bar”"),
        "{untitled}"
    );
    assert!(matches!(
        refused("a.csv", "Title,Points\n"),
        ImportError::NoItems { .. }
    ));
    let all_left_out = refused("a.csv", "Title,Points\n,3\n");
    assert!(
        all_left_out.to_string().contains("Row 2: It has no title."),
        "{all_left_out}"
    );
    assert!(matches!(
        refused("a.json", "{\"a\":\n1,}"),
        ImportError::BrokenJson { line: 2, .. }
    ));
    assert_eq!(refused("a.json", "{\"a\":1}"), ImportError::UnknownJson);
    assert_eq!(
        refused("a.json", "[]").to_string(),
        "No row of the file is an item. Its list is empty."
    );
    let newer = r#"{"format":"cutline-backlog","version":2,"items":[]}"#;
    assert_eq!(
        refused("a.json", newer),
        ImportError::NewerVersion { version: 2 }
    );
}

#[test]
fn more_items_than_a_backlog_takes_at_once_are_refused() {
    let text = format!("Title\n{}", "a\n".repeat(50_001));
    assert_eq!(
        refused("a.csv", text),
        ImportError::TooManyItems {
            row: 50_002,
            limit: 50_000
        }
    );
    let lines = "a\n".repeat(50_001);
    assert_eq!(
        refused("a.txt", lines),
        ImportError::TooManyItems {
            row: 50_001,
            limit: 50_000
        }
    );
}

#[test]
fn an_error_in_a_later_step_ends_the_import() {
    let text = format!("Title\n{}", "a\n".repeat(50_001));
    let mut importer = Importer::new("a.csv", text.into(), Options::default());
    let mut steps = 0;
    while !importer.step(10_000).finished {
        steps += 1;
        assert!(steps < 20);
    }
    assert!(importer.step(1).finished);
    assert!(importer.finish().is_err());
}

#[test]
fn jira_server_exports_are_read() {
    let text = "Summary,Issue key,Issue id,Issue Type,Status,Project key,Priority,Resolution,Assignee,Created,Due Date,Votes,\
                Description,Original Estimate\n\
                Fix it,P-1,10,Bug,Open,P,Major,,ann,25/Jun/20 12:44,,0,\"h3. Steps\n* one\n{code}x{code}\",3600\n\
                Drop it,P-2,11,Story,Closed,P,Minor,Won't Fix,,25/Jun/20 12:45,,0,,\n\
                Ship it,P-3,12,Sub-task,Resolved,P,Minor,Fixed,,25/Jun/20 12:46,,0,,\n\
                Improve it,P-4,13,Improvement,Odd,P,Minor,,,25/Jun/20 12:47,,0,,\n";
    let found = preview("jira.csv", text);
    assert_eq!(found.format, Format::JiraCsv);
    let fix = item(&found, "P-1");
    assert_eq!(
        (fix.kind, fix.status, fix.created),
        (Kind::Bug, Status::Todo, at("2020-06-25T12:44:00Z"))
    );
    assert_eq!(fix.description, "### Steps\n- one\n\n```\nx\n```");
    assert_eq!(fix.estimate, None);
    let others: Vec<_> = found.items[1..]
        .iter()
        .map(|item| (item.kind, item.status))
        .collect();
    assert_eq!(
        others,
        [
            (Kind::Story, Status::Dropped),
            (Kind::Technical, Status::Done),
            (Kind::Improvement, Status::Todo)
        ]
    );
    assert!(left_out(&found, "Time is not effort").example == "3600");
    assert!(left_out(&found, "ranks instead of priorities").count == 4);
    assert!(
        found
            .not_imported
            .iter()
            .any(|left_out| left_out.source == Source::Column("Issue id".into()))
    );
}

#[test]
fn jira_cloud_exports_are_read() {
    let text = "\u{FEFF}Work item key,Summary,Issue Type,Status,Labels,Labels,Sprint,Sprint,Custom field (Story Points),\
                Custom field (Story point estimate),Custom field (Rank),Custom field (Mood),Comment,Comment,Parent,\
                Outward issue link (Blocks),Status Category,Created\n\
                C-1,One,Epic,Vorbereitung,a,b,S1,S2,,5.0,1|b:,happy,05/May/26 2:47 PM;712020:4c7b;yes; really *now*,,7,C-2,In Progress,24/Jun/26 5:39 PM\n\
                C-2,Two,Spike,Won't Do,,,,,8.0,1.0,1|a:,,plain,,,,Done,24/Jun/26 5:40 PM\n";
    let found = preview("jira.csv", text);
    assert_eq!(titles(&found), ["Two", "One"]);
    let one = item(&found, "C-1");
    assert_eq!(
        (one.kind, one.status, one.estimate),
        (Kind::Feature, Status::Doing, Some(5.0))
    );
    assert_eq!(one.tags, ["a", "b"]);
    assert_eq!(one.comments[0].name, "712020:4c7b");
    assert_eq!(one.comments[0].at, at("2026-05-05T14:47:00Z"));
    assert_eq!(one.comments[0].text, "yes; really **now**");
    let two = item(&found, "C-2");
    assert_eq!(
        (two.kind, two.status, two.estimate),
        (Kind::Research, Status::Dropped, Some(8.0))
    );
    assert_eq!(
        (two.comments[0].text.as_str(), two.comments[0].at),
        ("plain", None)
    );
    assert_eq!(left_out(&found, "Links between items").example, "C-2");
    assert_eq!(
        left_out(&found, "no field for it").source,
        Source::Column("Custom field (Mood)".into())
    );
}

#[test]
fn dates_of_comments_are_settled_with_those_of_the_file() {
    let row = "Issue key,Summary,Comment\nC-1,One,7/9/2026 10:00;ann;yes\n";
    let open = preview("jira.csv", row);
    assert_eq!(
        (
            open.items[0].comments[0].at,
            open.warnings[0].rows.as_slice()
        ),
        (None, [2].as_slice())
    );
    assert!(open.ambiguous_date.is_some());
    let settled = preview("jira.csv", &format!("{row}C-2,Two,22/08/2024;ann;no\n"));
    assert_eq!(settled.items[0].comments[0].at, at("2026-09-07T10:00:00Z"));
    assert_eq!((settled.ambiguous_date, settled.warnings.len()), (None, 0));
}

#[test]
fn jira_headers_in_portuguese_are_read() {
    let found = preview(
        "jira.csv",
        "Chave da item,Resumo,Responsável,Sprint,Categorias\nP-1,Um,ana,S1,x\n",
    );
    assert_eq!(found.format, Format::JiraCsv);
    assert_eq!(
        (
            item(&found, "P-1").title.as_str(),
            item(&found, "P-1").tags.len()
        ),
        ("Um", 1)
    );
}

#[test]
fn linear_exports_are_read() {
    let header = "\"ID\",\"Team\",\"Title\",\"Description\",\"Status\",\"Estimate\",\"Priority\",\"Creator\",\"Labels\",\"Cycle Number\",\
                  \"Created\",\"Started\",\"Completed\",\"Canceled\",\"Archived\",\"Roadmaps\"";
    let text = format!(
        "{header}\n\
         \"ENG-1\",\"E\",\"'=SUM\",\"*Markdown* stays\",\"Shaping\",3,\"High\",\"a@b.c\",\"x, y\",,\"Wed May 13 2026 11:21:41 GMT+0000 (GMT+00:00)\",,,,,\n\
         \"ENG-2\",\"E\",\"Two\",,\"Cooking\",,,,,,\"2026-05-13T11:21:41.123Z\",\"2026-05-14T00:00:00.000Z\",,,\n\
         {header}\n\
         \"ENG-3\",\"E\",\"Three\",,\"Shipped!\",,,,,,,\"x\",\"x\",,,\n\
         \"ENG-4\",\"E\",\"Four\",,\"Gone\",,,,,,,,,\"x\",,\n\
         \"ENG-5\",\"E\",\"Five\",,\"Done\",,,,,,,,,,\"x\",\n"
    );
    let found = preview("linear.csv", &text);
    assert_eq!(found.format, Format::LinearCsv);
    let statuses: Vec<Status> = found.items.iter().map(|item| item.status).collect();
    assert_eq!(
        statuses,
        [
            Status::Todo,
            Status::Doing,
            Status::Done,
            Status::Dropped,
            Status::Archived
        ]
    );
    let one = item(&found, "ENG-1");
    assert_eq!(
        (one.title.as_str(), one.description.as_str()),
        ("=SUM", "*Markdown* stays")
    );
    assert_eq!(
        (one.tags.join("|"), one.created),
        ("x|y".into(), at("2026-05-13T11:21:41Z"))
    );
    assert_eq!(
        left_out(&found, "repeats the header").source,
        Source::Rows(vec![4])
    );
    assert!(
        found
            .warnings
            .iter()
            .any(|warning| warning.text.contains("fewer cells") && warning.rows == [3])
    );
}

#[test]
fn stories_in_tables_become_stories() {
    let text = "Title,Type\n\"As a user, I want to pay, so that I own it\",\n\"As a user, I want to pay\",Bug\nPay,Story\n";
    let found = preview("a.csv", text);
    let first = &found.items[0];
    assert_eq!(
        (first.kind, first.title.as_str(), first.for_whom.as_str()),
        (Kind::Story, "Pay", "user")
    );
    assert_eq!(first.benefit, "I own it");
    assert_eq!(
        (found.items[1].kind, found.items[2].kind),
        (Kind::Bug, Kind::Story)
    );
    let parts = preview("a.csv", "As a,I want to,So that\nuser,pay,I own it\n");
    assert_eq!(parts.items[0].kind, Kind::Story);
    assert_eq!(
        (
            parts.items[0].for_whom.as_str(),
            parts.items[0].benefit.as_str()
        ),
        ("user", "I own it")
    );
}

#[test]
fn text_has_one_item_a_line() {
    let found = preview(
        "notes.txt",
        "\u{FEFF}- [ ] Fix it\r\n\r\n* [x] Done it\nAs a user I want it\rLast",
    );
    assert_eq!(titles(&found), ["Fix it", "Done it", "It", "Last"]);
    assert_eq!(found.items[1].status, Status::Done);
    assert_eq!(found.items[2].kind, Kind::Story);
    let comma = preview("notes.txt", "Title, summary and points are shown\nSecond\n");
    assert_eq!((comma.format, comma.items.len()), (Format::Lines, 2));
}

#[test]
fn github_issues_are_read() {
    let text = r#"[
        {"number": 2, "title": "Two", "html_url": "https://github.com/o/r/issues/2", "state": "closed",
         "state_reason": "not_planned", "body": null, "labels": [{"name": "bug"}, "size: 3"], "comments": 4},
        {"number": 3, "title": "A pull", "html_url": "https://github.com/o/r/pull/3", "pull_request": {}, "state": "open"},
        {"number": 1, "title": "One", "html_url": "https://github.com/o/r/issues/1", "state": "open", "body": "x\r\ny",
         "created_at": "2026-05-13T11:21:41Z", "labels": [],
         "comments": [{"author": {"login": "ann"}, "body": "hi", "createdAt": "2026-05-13T11:21:41Z"}]}
    ]"#;
    let found = preview("issues.json", text);
    assert_eq!(
        (found.format, titles(&found)),
        (Format::GitHubJson, vec!["One", "Two"])
    );
    let (one, two) = (item(&found, "o/r#1"), item(&found, "o/r#2"));
    assert_eq!(
        (one.description.as_str(), one.created),
        ("x\ny", at("2026-05-13T11:21:41Z"))
    );
    assert_eq!(
        (one.comments[0].name.as_str(), one.comments[0].text.as_str()),
        ("ann", "hi")
    );
    assert_eq!(
        (two.kind, two.status, two.estimate),
        (Kind::Bug, Status::Dropped, Some(3.0))
    );
    assert_eq!(left_out(&found, "pull request").example, "A pull");
    assert_eq!(left_out(&found, "only counts comments").count, 1);
}

#[test]
fn trello_boards_are_read() {
    let text = r#"{"name": "My board", "lists": [
            {"id": "l2", "name": "Doing", "pos": 2.5, "closed": false}, {"id": "l1", "name": "Ideas", "pos": 1, "closed": false},
            {"id": "l3", "name": "Old", "pos": 3, "closed": true}],
        "cards": [
            {"id": "5ca529f80000000000000001", "shortLink": "aaa", "name": "(5) Later", "idList": "l2", "pos": 2, "desc": "d",
             "labels": [{"name": "", "color": "green"}, {"name": "x", "color": "red"}], "attachments": [{"id": "q"},
                {"name": "a sketch.png", "url": "https://trello.example/sketch.png"}]},
            {"id": "5ca529f80000000000000002", "shortLink": "bbb", "name": "Sooner [0.5]", "idList": "l2", "pos": 1},
            {"id": "5ca529f80000000000000003", "shortLink": "ccc", "name": "First", "idList": "l1", "pos": 9},
            {"id": "zz", "shortLink": "ddd", "name": "Gone", "idList": "l3", "pos": 9}],
        "checklists": [{"idCard": "5ca529f80000000000000001", "name": "AC", "checkItems": [
            {"name": "second", "state": "incomplete", "pos": 2}, {"name": "first", "state": "complete", "pos": 1}]}],
        "actions": [{"type": "commentCard", "date": "2026-05-13T11:21:41.000Z", "memberCreator": {"fullName": "Ann"},
                     "data": {"text": "hi", "card": {"id": "5ca529f80000000000000001"}}}, {"type": "updateCard"}]}"#;
    let found = preview("board.json", text);
    assert_eq!(
        (found.format, found.name.as_str()),
        (Format::TrelloJson, "My board")
    );
    assert_eq!(titles(&found), ["First", "Sooner", "Later", "Gone"]);
    let later = item(&found, "aaa");
    assert_eq!(
        (later.status, later.estimate, later.tags.join(",")),
        (Status::Doing, Some(5.0), "green,x".into())
    );
    assert_eq!(
        later.criteria,
        [("first".to_owned(), true), ("second".to_owned(), false)]
    );
    assert_eq!(
        (later.comments[0].name.as_str(), later.created),
        ("Ann", at("2019-04-03T21:47:36Z"))
    );
    assert_eq!(item(&found, "ddd").status, Status::Archived);
    assert_eq!(item(&found, "bbb").estimate, Some(0.5));
    assert_eq!(left_out(&found, "Attachments").count, 1);
    let links: Vec<&str> = later
        .marks
        .iter()
        .filter_map(|(_, value)| value.text())
        .collect();
    assert_eq!(links, ["a sketch.png https://trello.example/sketch.png"]);
}

#[test]
fn a_full_trello_export_says_that_older_comments_are_missing() {
    let actions = vec![r#"{"type":"updateCard"}"#; 1_000].join(",");
    let text = format!(
        r#"{{"lists": [], "cards": [{{"id": "x", "name": "One"}}], "actions": [{actions}]}}"#
    );
    assert!(
        preview("b.json", &text).warnings[0]
            .text
            .contains("newest 1,000 actions")
    );
}

#[test]
fn json_is_told_by_its_contents_whatever_the_name() {
    let text = r#" {"format":"cutline-backlog","version":1,"name":"N","items":[{"title":"A","type":"odd","estimate":-1}]}"#;
    let found = preview("backup", text);
    assert_eq!(
        (found.format, found.name.as_str()),
        (Format::CutlineJson, "N")
    );
    assert_eq!(
        (found.items[0].kind, found.items[0].estimate),
        (Kind::Feature, None)
    );
    assert_eq!(
        preview("list.txt", "[draft] Write it\n{x} y\n").format,
        Format::Lines
    );
}

#[test]
fn damaged_json_never_panics() {
    let text = r#"{"name":"b","format":"x","lists":[{"id":"l","name":"é","pos":1}],"cards":[{"id":"5ca529f8ff","name":"(5) é",
        "idList":"l","labels":[{"name":""}]}],"items":[{"number":1,"title":"é","labels":["a:b"],"comments":2}],"actions":[],
        "checklists":[{"idCard":"5ca529f8ff","checkItems":[{"name":"x","pos":-1}]}]}"#;
    let swaps = [
        "null",
        "-1",
        "1e400",
        "[]",
        "{}",
        "\"é\"",
        "true",
        "\"cutline-backlog\"",
        "",
    ];
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
    let mut taken = 0;
    for (nth, from) in ends.iter().enumerate() {
        for length in [1, 2, 5, 11] {
            let Some(to) = ends.get(nth + length) else {
                continue;
            };
            for swap in swaps {
                let damaged = format!("{}{swap}{}", &text[..*from], &text[*to..]);
                taken += usize::from(import("a.json", damaged.into(), Options::default()).is_ok());
            }
        }
    }
    assert!(taken > 100, "{taken}");
}

#[test]
fn long_texts_are_fitted_and_named() {
    let text = format!(
        "Title,Description\n{},{}\n",
        "word ".repeat(120),
        "d".repeat(70_000)
    );
    let found = preview("a.csv", &text);
    assert!(found.items[0].title.chars().count() <= 500);
    assert!(found.items[0].description.len() <= 60_000);
    assert!(found.items[0].description.starts_with("word word"));
    assert_eq!(found.warnings.len(), 2);
    assert!(found.warnings.iter().all(|warning| warning.rows == [2]));
}

#[test]
fn the_example_is_a_backlog_of_stories() {
    let (name, attribution, items) = example();
    assert_eq!((name, items.len()), ("Planning Poker", 53));
    assert!(attribution.contains("Dalpiaz") && attribution.contains("CC BY 4.0"));
    assert!(
        items
            .iter()
            .all(|item| item.kind == Kind::Story && !item.for_whom.is_empty())
    );
}

#[test]
fn attachments_of_jira_are_links_with_their_names() {
    let found = preview(
        "jira.csv",
        "Summary,Issue key,Issue id,Issue Type,Status,Attachment,Attachment\n\
         One,A-1,1,Story,To Do,27/Jul/26 3:43 PM;ada;a; b.png;https://jira.example/1/a.png,\n\
         Two,A-2,2,Story,To Do,https://jira.example/2,27/Jul/26 3:43 PM;ada;c.png;file://c.png\n",
    );
    assert_eq!(found.format, Format::JiraCsv);
    let links = |key: &str| -> Vec<String> {
        let marks = item(&found, key).marks.iter();
        marks
            .filter_map(|(_, value)| value.text().map(str::to_owned))
            .collect()
    };
    assert_eq!(links("A-1"), ["a; b.png https://jira.example/1/a.png"]);
    assert_eq!(links("A-2"), ["https://jira.example/2"]);
    assert_eq!(left_out(&found, "Attachments").count, 1);
}
