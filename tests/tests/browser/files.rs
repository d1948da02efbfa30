//! Files at items: attached with and without a network, fetched by others, removed and brought back (PB-32).

use tests::{
    browser::{DESKTOP, Element, Look, PHONE, Person, Tab, file, starting},
    pages::{BacklogPage, Panel},
    relay::RunningRelay,
};

/// A picture of two by two dots.
const PICTURE: &[u8] = &[
    0x42, 0x4d, 0x46, 0, 0, 0, 0, 0, 0, 0, 0x36, 0, 0, 0, 0x28, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1,
    0, 0x18, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0,
    0, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0xff, 0, 0,
];

/// Whether the panel shows a picture small.
const SHOWS_PICTURE: &str = "document.querySelector('.attached img')?.naturalWidth === 2";

fn files(tab: &Tab) -> Element<'_> {
    tab.find("region", "Files")
}

fn attach(tab: &Tab, name: &str, bytes: &[u8]) {
    files(tab)
        .find("button", starting("Add files"))
        .choose_file(&file(name, bytes));
    files(tab).reads(name);
}

fn download(tab: &Tab, name: &str) {
    files(tab)
        .find("button", format!("Download {name}"))
        .click();
}

#[test]
fn f6_pb_32_files_attached_offline_are_sent_and_others_get_the_same_bytes() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.introduce("Ada");
    let link = page.link();
    page.works_offline();
    let _panel = page.open_item("one");
    ada.offline(true);
    page.chip_says("offline");
    let notes: Vec<u8> = (0..700_000_u32).map(|n| (n % 251) as u8).collect();
    attach(&hers, "notes.bin", &notes);
    attach(&hers, "sketch.bmp", PICTURE);
    files(&hers).reads("684 KB").reads("on this device");
    hers.until(SHOWS_PICTURE);
    page.chip_says("2 changes to send");

    hers.reload();
    let page = page.is_shown();
    let _panel = Panel(&hers).is_shown();
    files(&hers).reads("notes.bin").reads("on this device");
    hers.until(SHOWS_PICTURE);
    // Without the relay she has what she attached.
    download(&hers, "notes.bin");
    assert_eq!(ada.next_download().bytes, notes);

    ada.offline(false);
    page.is_saved();
    hers.until_some(|| {
        let text = files(&hers).text();
        let sent = text.matches("sent").count();
        (sent == 2 && !text.contains("on this device"))
            .then_some(())
            .ok_or(text)
    });

    let (bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &link);
    other.shows(&["one"]);
    let _panel = other.open_item("one");
    files(&his).reads("notes.bin").reads("Ada");
    his.until(SHOWS_PICTURE);
    for (name, bytes) in [("notes.bin", &notes[..]), ("sketch.bmp", PICTURE)] {
        download(&his, name);
        let got = bob.next_download();
        assert_eq!((got.name.as_str(), &got.bytes[..]), (name, bytes));
    }
    // What he fetched once is on his device.
    bob.offline(true);
    download(&his, "notes.bin");
    assert_eq!(bob.next_download().bytes, notes);
}

#[test]
fn pb_32_a_removed_file_comes_back_by_undo_with_its_bytes() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    let (bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["one"]);
    let _hers = page.open_item("one");
    let _his = other.open_item("one");
    attach(&hers, "plan.txt", b"first this, then that");
    files(&hers).reads("sent");
    files(&his).reads("plan.txt");
    let his_file = files(&his).find("button", "Download plan.txt");
    let remove = files(&his).find("button", "Remove file plan.txt");
    remove.click();
    his_file.goes();
    files(&hers).find("button", "Download plan.txt").goes();
    his.find("button", "Undo").nth(0).click();
    his_file.appears();
    download(&hers, "plan.txt");
    assert_eq!(ada.next_download().text(), "first this, then that");
    download(&his, "plan.txt");
    assert_eq!(bob.next_download().text(), "first this, then that");
    his.press("Escape");
}

#[test]
fn pb_32_files_are_dropped_on_the_panel_and_pictures_pasted() {
    let relay = RunningRelay::start();
    let (_ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    let _panel = page.open_item("one");
    let bytes = PICTURE
        .iter()
        .map(u8::to_string)
        .collect::<Vec<_>>()
        .join(",");
    drop(tab.value(&format!(
        "(() => {{ const data = new DataTransfer();
           data.items.add(new File([new Uint8Array([{bytes}])], 'image.bmp', {{ type: 'image/bmp' }}));
           document.body.dispatchEvent(new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }}));
         }})()"
    )));
    files(&tab).reads("pasted 20");
    tab.until(SHOWS_PICTURE);
    // On a phone the panel is the whole screen.
    tab.on(PHONE);
    tab.drop_file(&file("list.csv", b"title\nnever an item\n"));
    files(&tab).reads("list.csv");
    let too_large = vec![0; 10 * 1024 * 1024 + 1];
    files(&tab)
        .find("button", starting("Add files"))
        .choose_file(&file("film.mp4", &too_large));
    tab.sees("film.mp4 has more than 10 MB");
    assert!(!files(&tab).text().contains("film.mp4"));
    tab.until("document.documentElement.scrollWidth <= screen.width");
    for look in [Look::Light, Look::Dark] {
        tab.likes(look, true);
        tab.frame();
        tab.is_accessible();
    }
    tab.on(DESKTOP);
    page.items_are(1);
}

#[test]
fn pb_32_who_only_reads_gets_files_and_attaches_none() {
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    let _panel = page.open_item("one");
    attach(&hers, "plan.txt", b"first this, then that");
    files(&hers).reads("sent");
    page.is_saved();
    let link = crate::access::make(page, &hers, "Can read", "The board");
    let (vera, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &link);
    other.shows(&["one"]);
    let _panel = other.open_item("one");
    files(&his).reads("plan.txt");
    let is_disabled = "function() { return this.matches(':disabled') }";
    for name in ["Add files", "Remove file plan.txt"] {
        let control = files(&his).find("button", starting(name));
        assert_eq!(control.call(is_disabled, &[]), true, "{name}");
    }
    download(&his, "plan.txt");
    assert_eq!(vera.next_download().text(), "first this, then that");
    his.on(PHONE);
    his.drop_file(&file("mine.txt", b"mine"));
    his.sees("Your link lets you read files, not attach them.");
    assert!(!files(&his).text().contains("mine.txt"));
}

#[test]
fn pb_32_a_file_that_is_not_here_says_where_it_is() {
    let relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    page.introduce("Ada");
    let (bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.shows(&["one"]);
    let _panel = page.open_item("one");
    attach(&hers, "plan.txt", b"first this, then that");
    files(&hers).reads("sent");
    let _panel = other.open_item("one");
    files(&his).reads("plan.txt");
    bob.offline(true);
    other.chip_says("offline");
    download(&his, "plan.txt");
    his.sees("plan.txt is not on this device, and the relay can\u{2019}t be reached.");
    bob.offline(false);
    other.is_saved();
    download(&his, "plan.txt");
    assert_eq!(bob.next_download().text(), "first this, then that");
    drop(ada);
}

#[test]
fn f5_pb_32_a_relay_that_was_put_back_gets_its_files_again() {
    let mut relay = RunningRelay::start();
    let (ada, hers) = Person::with_tab();
    let page = BacklogPage::with(&hers, &relay, &["one"]);
    let link = page.link();
    ada.expect_network_errors();
    relay.stop();
    let monday = relay.copy_of_data();
    relay.resume();
    let _panel = page.open_item("one");
    attach(&hers, "plan.txt", b"first this, then that");
    files(&hers).reads("sent");
    page.is_saved();
    relay.stop();
    relay.restore_data(&monday);
    relay.resume();
    page.is_saved();

    let (bob, his) = Person::with_tab();
    // He may ask before it is there.
    bob.expect_network_errors();
    let other = BacklogPage::open(&his, &link);
    other.shows(&["one"]);
    let _panel = other.open_item("one");
    files(&his).reads("plan.txt");
    hers.until_some(|| {
        let listed = hers.value(
            "fetch(`/api/v1/backlogs/${location.pathname.split('/')[2]}/files`).then(found => found.text())",
        );
        let text = listed.as_str().unwrap_or_default().to_owned();
        (text.len() > 60).then_some(()).ok_or(text)
    });
    download(&his, "plan.txt");
    assert_eq!(bob.next_download().text(), "first this, then that");
}

#[test]
fn f3_pb_32_a_file_that_the_relay_has_no_room_for_says_so_and_stays() {
    let relay = RunningRelay::start();
    let (ada, tab) = Person::with_tab();
    let page = BacklogPage::with(&tab, &relay, &["one"]);
    ada.expect_network_errors();
    let _panel = page.open_item("one");
    for n in 0..20 {
        let put = tab.value(&format!(
            "(async () => {{ const bytes = new Uint8Array(10485760).fill({n});
               const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
               const name = [...hash].map(byte => byte.toString(16).padStart(2, '0')).join('');
               const at = `/api/v1/backlogs/${{location.pathname.split('/')[2]}}/files/${{name}}`;
               return (await fetch(at, {{ method: 'PUT', body: bytes }})).status; }})()"
        ));
        assert_eq!(put, 201);
    }
    attach(&tab, "late.txt", b"too late");
    files(&tab)
        .reads("On this device only. The files of this backlog take all the room")
        .reads("put its address among the links");
    tab.is_accessible();
    download(&tab, "late.txt");
    assert_eq!(ada.next_download().text(), "too late");
}
