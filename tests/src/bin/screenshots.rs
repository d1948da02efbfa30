//! Takes the pictures of the documents anew: those of the README as PNG files in `docs`, and every view of a backlog in
//! full use, in light and dark, wide and on a phone, as WebP files in `docs/screens` with `docs/screens.md` to show them.

use std::{error::Error, fmt::Write, fs, path::Path};

use tests::{
    browser::{DESKTOP, Look, PHONE, Person, Tab},
    pages::{BacklogPage, HomePage},
    relay::RunningRelay,
};

fn main() -> Result<(), Box<dyn Error>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    fs::create_dir_all(&folder)?;
    let take = |tab: &Tab, name: &str| -> Result<(), Box<dyn Error>> {
        tab.frame();
        Ok(fs::write(
            folder.join(format!("{name}.png")),
            tab.picture()?,
        )?)
    };
    let relay = RunningRelay::start();
    let (_ada, hers) = Person::with_tab();
    hers.on(DESKTOP);
    hers.likes(Look::Light, true);
    let home = HomePage::open(&hers, &relay);
    take(&hers, "start")?;
    let page = home.open_example();
    page.is_saved();
    page.introduce("Ada Lovelace");
    let titles = page.titles();
    for (title, points) in titles.iter().zip(["3", "5", "1", "8", "2", "13", "3"]) {
        page.set_estimate(title, points);
    }
    for (title, tag) in titles
        .iter()
        .zip(["game", "list", "list", "list", "estimate"])
    {
        page.tag(title, tag);
    }
    let (_bob, his) = Person::with_tab();
    let other = BacklogPage::open(&his, &page.link());
    other.row(&titles[3]).appears();
    other.introduce("Bob Brown");
    other.choose(&titles[3]);
    page.row(&titles[3])
        .find("image", "Bob Brown looks at this")
        .appears();
    take(&hers, "backlog-light")?;
    let panel = page.open_item(&titles[1]);
    panel.add_criterion("Every player sees the item within a second");
    panel.comment("Shall the observers see it too?");
    panel.reads("observers");
    take(&hers, "item")?;
    panel.close();
    hers.likes(Look::Dark, true);
    take(&hers, "backlog-dark")?;
    hers.likes(Look::Light, true);
    hers.on(PHONE);
    take(&hers, "phone")?;
    screens(&relay, &folder)
}

/// Every view in every look.
fn screens(relay: &RunningRelay, folder: &Path) -> Result<(), Box<dyn Error>> {
    let pictures = folder.join("screens");
    if pictures.exists() {
        fs::remove_dir_all(&pictures)?;
    }
    fs::create_dir_all(&pictures)?;
    let (_ada, tab) = Person::with_tab();
    tab.on(DESKTOP);
    let page = BacklogPage::demo(&tab, relay);
    let mut text =
        "# Every view\n\nTaken by `cargo xtask screenshots` from a backlog in full use.\n"
            .to_owned();
    let mut failed = None;
    page.each_view(|view| {
        let shown = view_in_every_look(&tab, view, &pictures);
        match shown {
            Ok(shown) => text.push_str(&shown),
            Err(error) => failed = Some(error),
        }
    });
    if let Some(error) = failed {
        return Err(error);
    }
    fs::write(folder.join("screens.md"), text)?;
    Ok(())
}

/// Takes the pictures of the view that is shown; returns what shows them.
fn view_in_every_look(tab: &Tab, view: &str, pictures: &Path) -> Result<String, Box<dyn Error>> {
    let file = view.to_lowercase().replace(", ", "-").replace(' ', "-");
    let mut text = format!("\n## {view}\n\n");
    for (width, device) in [("wide", DESKTOP), ("phone", PHONE)] {
        tab.on(device);
        for (name, look) in [("light", Look::Light), ("dark", Look::Dark)] {
            tab.likes(look, true);
            tab.frame();
            let picture = format!("{file}-{width}-{name}.webp");
            fs::write(pictures.join(&picture), tab.small_picture()?)?;
            let shown = if width == "wide" { 640 } else { 200 };
            writeln!(
                text,
                "<img src=\"screens/{picture}\" width=\"{shown}\" alt=\"{view}, {width}, {name}\">"
            )?;
        }
    }
    tab.on(DESKTOP);
    tab.likes(Look::Light, true);
    Ok(text)
}
