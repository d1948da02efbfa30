//! Light, dark, or as the system has it: kept on this device.

use crate::platform::page;

const SETTING: &str = "cutline-theme";

/// Shows the theme that was chosen here before.
pub fn restore() {
    page::show_theme(&page::setting(SETTING).unwrap_or_default());
}

/// Changes to the next theme and says which that is.
pub fn next() -> &'static str {
    let now = page::setting(SETTING).unwrap_or_default();
    let system_is_dark = page::media("(prefers-color-scheme: dark)");
    let (next, words) = match (now.as_str(), system_is_dark) {
        ("", true) | ("dark", false) => ("light", "Light theme."),
        ("", false) | ("light", true) => ("dark", "Dark theme."),
        _ => ("", "The system's theme."),
    };
    page::set_setting(SETTING, next);
    page::show_theme(next);
    words
}
