//! Takes the pictures of the README anew: the example backlog in light and dark and on a phone, as PNG files in `docs`.

use std::{error::Error, fs, path::Path};

use tests::{
    browser::{DESKTOP, Look, PHONE, Person, Tab},
    pages::HomePage,
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
    let other = tests::pages::BacklogPage::open(&his, &page.link());
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
    Ok(())
}
