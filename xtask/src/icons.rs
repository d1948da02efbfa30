//! The icons that installed apps need, drawn from `icon.svg` by Chromium.

use std::{fs, process::Command};

use crate::{Result, check, machine::install_browser, root};

/// Draws `icon-192.png` and `icon-512.png`, with the ground up to the edges: devices cut icons into their own shapes.
pub(crate) fn draw() -> Result {
    install_browser()?;
    let public = root().join("app/public");
    let drawing = fs::read_to_string(public.join("icon.svg"))?;
    let drawing = drawing.replacen(" rx=\"104\"", "", 1);
    let workshop = tempfile::tempdir()?;
    for side in [192, 512] {
        let page = workshop.path().join("icon.html");
        let style = format!(
            "<style>body {{ margin: 0 }} svg {{ display: block; width: {side}px }}</style>"
        );
        fs::write(&page, format!("<!doctype html>{style}{drawing}"))?;
        let picture = public.join(format!("icon-{side}.png"));
        check(
            Command::new("chromium")
                .args([
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--hide-scrollbars",
                ])
                .arg(format!(
                    "--user-data-dir={}",
                    workshop.path().join("profile").display()
                ))
                .arg(format!("--window-size={side},{side}"))
                .arg(format!("--screenshot={}", picture.display()))
                .arg(page),
        )?;
    }
    Ok(())
}
