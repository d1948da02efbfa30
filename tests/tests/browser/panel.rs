//! Issue 2, point 4: the side panel with description, criteria and comments.

use tests::{browser::Person, pages::BacklogPage, relay::RunningRelay};

#[test]
fn p4_descriptions_are_markdown_and_never_run() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    let panel = page.open_item("one");
    panel.write();
    panel.description().focus();
    tab.type_text(
        "**bold** and [a link](javascript:document.title='ran')\n\n<img src=x onerror=\"document.title='ran'\">\n\n- item",
    );
    panel.preview();
    tab.until(
        "[...document.querySelectorAll('strong')].some(strong => strong.textContent === 'bold')",
    );
    assert_ne!(tab.value("document.title"), "ran");
    assert_eq!(
        tab.value("document.querySelectorAll('aside img, [role=complementary] img').length"),
        0
    );
    assert_eq!(
        tab.value(
            "[...document.querySelectorAll('a')].some(a => a.href.startsWith('javascript:'))"
        ),
        false
    );
}

#[test]
fn p4_escape_takes_back_what_was_typed_in_the_title_and_then_closes() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    let panel = page.open_item("one");
    panel.title().focus();
    tab.press("End");
    tab.type_text(" and more");
    panel.title().holds("one and more");
    tab.press("Escape");
    panel.title().holds("one");
    tab.press("Escape");
    tab.find("complementary", "Item").goes();
    page.shows(&["one"]);
    page.add("two");
    page.shows(&["one", "two"]);
}

#[test]
fn p4_criteria_are_a_checklist_and_comments_are_signed() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    page.introduce("Ada");
    let panel = page.open_item("one");
    panel.add_criterion("it is quick");
    panel.add_criterion("it is calm");
    panel.criterion("it is quick").click();
    page.row_reads("one", "1/2");
    panel.comment("Looks **good**");
    panel.reads("Looks good");
    panel.reads("Ada");
    page.is_saved();
    tab.reload();
    let panel = panel.is_shown();
    panel.reads("Looks good");
    tab.until_some(|| {
        match panel
            .criterion("it is quick")
            .attribute("aria-checked")
            .as_deref()
        {
            Some("true") => Ok(()),
            _ if panel
                .criterion("it is quick")
                .call("function() { return this.checked }", &[])
                == true =>
            {
                Ok(())
            }
            other => Err(format!("{other:?}")),
        }
    });
}

#[test]
fn p4_the_open_item_stands_in_the_address() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one", "two"]);
    let panel = page.open_item("two");
    panel.title().holds("two");
    let id = page.id("two");
    tab.until(&format!("location.search.includes('item={id}')"));
    tab.reload();
    let panel = panel.is_shown();
    panel.title().holds("two");
    panel.title().fill("deux");
    tab.press("Enter");
    page.shows(&["one", "deux"]);
    panel.close();
    tab.until("!location.search.includes('item=')");
}
