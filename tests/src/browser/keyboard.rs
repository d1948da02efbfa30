//! Keys, typed and pasted text.

use serde_json::{Value, json};

use super::tab::Tab;

/// The bits of modifier keys in a chord such as `Control+Shift`.
pub(super) fn modifiers(chord: &str) -> u8 {
    chord.split('+').fold(0, |bits, key| {
        bits | match key {
            "Alt" => 1,
            "Control" => 2,
            "Meta" => 4,
            "Shift" => 8,
            _ => 0,
        }
    })
}

/// How a key is told to the browser: key, code, Windows code, text.
fn key(name: &str, held: u8) -> (String, String, u32, String) {
    let named = |code: u32, text: &str| (name.to_owned(), name.to_owned(), code, text.to_owned());
    match name {
        "Enter" => named(13, "\r"),
        "Tab" => named(9, ""),
        "Escape" => named(27, ""),
        "Backspace" => named(8, ""),
        "Delete" => named(46, ""),
        "Home" => named(36, ""),
        "End" => named(35, ""),
        "PageUp" => named(33, ""),
        "PageDown" => named(34, ""),
        "ArrowLeft" => named(37, ""),
        "ArrowUp" => named(38, ""),
        "ArrowRight" => named(39, ""),
        "ArrowDown" => named(40, ""),
        "F2" => named(113, ""),
        "Space" => (" ".to_owned(), "Space".to_owned(), 32, " ".to_owned()),
        _ => {
            let character = name.chars().next().unwrap_or_default();
            let code = match character {
                'a'..='z' | 'A'..='Z' => format!("Key{}", character.to_ascii_uppercase()),
                '0'..='9' => format!("Digit{character}"),
                '/' | '?' => "Slash".to_owned(),
                '[' => "BracketLeft".to_owned(),
                ']' => "BracketRight".to_owned(),
                _ => String::new(),
            };
            let text = if held & 0b111 == 0 { name } else { "" };
            (
                name.to_owned(),
                code,
                u32::from(character.to_ascii_uppercase()),
                text.to_owned(),
            )
        }
    }
}

/// What the browser does with a chord in a text field, which a chord by itself does not set off in a headless one.
fn editing_command(chord: &str) -> Vec<&'static str> {
    match chord {
        "Control+a" => vec!["selectAll"],
        "Control+End" => vec!["moveToEndOfDocument"],
        "Control+Home" => vec!["moveToBeginningOfDocument"],
        _ => Vec::new(),
    }
}

impl Tab {
    /// Presses a key or chord: `Enter`, `Alt+ArrowDown`, `Control+k`, `?`.
    #[track_caller]
    pub fn press(&self, chord: &str) {
        let (held, name) = match chord.rsplit_once('+') {
            Some((held, name)) if !name.is_empty() => (modifiers(held), name),
            _ => (0, chord),
        };
        let shifted =
            matches!(name, "?") || name.len() == 1 && name.chars().all(|c| c.is_ascii_uppercase());
        let bits = held | if shifted { 8 } else { 0 };
        let (key, code, number, text) = key(name, held);
        let down = if text.is_empty() {
            "rawKeyDown"
        } else {
            "keyDown"
        };
        let mut event = json!({ "type": down, "key": key, "code": code, "windowsVirtualKeyCode": number,
            "modifiers": bits, "text": text, "commands": editing_command(chord) });
        self.must("Input.dispatchKeyEvent", event.clone());
        event["type"] = "keyUp".into();
        event["text"] = "".into();
        event["commands"] = Value::Array(Vec::new());
        self.must("Input.dispatchKeyEvent", event);
    }

    /// Puts text in at the caret at once, as an input method does.
    #[track_caller]
    pub fn type_text(&self, text: &str) {
        self.must("Input.insertText", json!({ "text": text }));
    }

    /// Types text key by key.
    #[track_caller]
    pub fn type_keys(&self, text: &str) {
        for character in text.chars() {
            match character {
                '\n' => self.press("Enter"),
                ' ' => self.press("Space"),
                other => self.press(&other.to_string()),
            }
        }
    }

    /// Pastes plain text where the focus is. The machine's clipboard is left alone, since tests share it.
    #[track_caller]
    pub fn paste(&self, text: &str) {
        let untouched = self.value(&format!(
            "(() => {{
                const data = new DataTransfer();
                data.setData('text/plain', {});
                const event = new ClipboardEvent('paste', {{ clipboardData: data, bubbles: true, cancelable: true }});
                return (document.activeElement ?? document.body).dispatchEvent(event);
            }})()",
            Value::from(text)
        ));
        if untouched == true {
            self.type_text(text);
        }
    }

    /// What the page copied last, once it has; the next answer needs another copy.
    #[track_caller]
    #[must_use]
    pub fn clipboard(&self) -> String {
        self.until_some(|| {
            let copied =
                "(() => { const { copied } = window; delete window.copied; return copied; })()";
            let copied = self.evaluate(copied)?;
            copied
                .as_str()
                .map(str::to_owned)
                .ok_or_else(|| "nothing was copied".to_owned())
        })
    }
}
