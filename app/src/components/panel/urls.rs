//! Addresses on the web that belong to the item: an address with a name before it, or alone.

use leptos::prelude::*;
use shared::{ids::RecordId, intent::Intent, model::Scalar};

use super::Open;
use crate::ui::icon::{Icon, icon};

/// The links, and a field for the next.
pub(super) fn urls(open: Open) -> AnyView {
    let all = Memo::new(move |_| {
        open.row.with(|row| {
            let marks = row.iter().flat_map(|row| row.marks.iter());
            marks
                .filter(|(key, _)| key.starts_with("url:"))
                .filter_map(|(key, value)| Some((key.clone(), value.text()?.to_owned())))
                .collect::<Vec<_>>()
        })
    });
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(false);
    let add = move || {
        let text = typed.get_untracked().trim().to_owned();
        if text.is_empty() {
            return;
        }
        let is_link = parse(&text).is_some();
        wrong.set(!is_link);
        if is_link {
            let id = open.desk.draw(RecordId::random);
            set(open, format!("url:{id}"), Some(text.into()));
            typed.set(String::new());
        }
    };
    view! {
        <ul class="urls">
            <For each=move || all.get() key=Clone::clone let((key, text))>{one(open, key, &text)}</For>
        </ul>
        <form
            on:submit=move |event| {
                event.prevent_default();
                add();
            }
        >
            <input
                class="field"
                aria-label="Add a link"
                placeholder="Add a link: name https://\u{2026}"
                autocomplete="off"
                maxlength="500"
                aria-invalid=move || wrong.get().to_string()
                prop:value=move || typed.get()
                on:input=move |event| typed.set(event_target_value(&event))
            />
        </form>
        <p class="wrong" role="alert">
            {move || wrong.get().then_some("A link begins with https://, http:// or mailto:.")}
        </p>
    }
    .into_any()
}

fn one(open: Open, key: String, text: &str) -> AnyView {
    let (name, address) = parse(text).unwrap_or_else(|| (text.to_owned(), String::new()));
    let label = format!("Remove link {name}");
    view! {
        <li>
            <a class="cut" href=(!address.is_empty()).then_some(address) target="_blank" rel="noopener noreferrer">{name}</a>
            <button class="quiet" aria-label=label on:click=move |_| set(open, key.clone(), None)>{icon(Icon::Close)}</button>
        </li>
    }
    .into_any()
}

fn set(open: Open, key: String, value: Option<Scalar>) {
    open.intend(Intent::Mark {
        items: vec![open.id],
        key,
        value,
    });
}

/// The name and the address of a link: `Sketch https://example.org/a`. Only addresses that can do no harm.
fn parse(text: &str) -> Option<(String, String)> {
    let (name, address) = text.rsplit_once(char::is_whitespace).unwrap_or(("", text));
    let lower = address.to_ascii_lowercase();
    let is_safe = ["https://", "http://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme) && lower.len() > scheme.len());
    is_safe.then(|| {
        let name = name.trim();
        let name = if name.is_empty() { address } else { name };
        (name.to_owned(), address.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_32_links_have_names_and_never_run() {
        let pair = |name: &str, address: &str| Some((name.to_owned(), address.to_owned()));
        assert_eq!(
            parse("https://a.org/x"),
            pair("https://a.org/x", "https://a.org/x")
        );
        assert_eq!(
            parse("The sketch HTTPS://a.org"),
            pair("The sketch", "HTTPS://a.org")
        );
        assert_eq!(parse("javascript:alert(1)"), None);
        assert_eq!(parse("name only"), None);
        assert_eq!(parse("https://"), None);
    }
}
