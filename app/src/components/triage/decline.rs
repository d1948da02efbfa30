//! It does not belong to the backlog: for a reason, and perhaps until a day or until something comes true (PB-21, PB-23).

use leptos::prelude::*;
use shared::{
    ids::ItemId,
    intent::Intent,
    model::{Field, item::DECLINE_REASONS},
};

use super::{form, set, together};
use crate::{state::desk::Desk, words};

/// What people call a reason.
#[must_use]
pub fn reason_label(reason: &str) -> &'static str {
    match reason {
        "out-of-vision" => "Out of vision",
        "low-impact" => "Low impact",
        "duplicate" => "Duplicate",
        "obsolete" => "Obsolete",
        "too-costly" => "Too costly",
        _ => "Other",
    }
}

pub(super) fn dialog(desk: Desk, items: Vec<ItemId>) -> AnyView {
    let reason = RwSignal::new(None::<&'static str>);
    let [note, day, condition] = [(); 3].map(|()| RwSignal::new(String::new()));
    let wrong = RwSignal::new(None::<&'static str>);
    let own = items.clone();
    let submit = move || {
        let note = note.get_untracked().trim().to_owned();
        let Some(reason) = reason.get_untracked() else {
            wrong.set(Some("Choose a reason."));
            return;
        };
        if reason == "other" && note.is_empty() {
            wrong.set(Some("Say in a few words why."));
            return;
        }
        let day = Some(day.get_untracked()).filter(|day| !day.is_empty());
        let mut parts = vec![Intent::Decline {
            items: own.clone(),
            reason: reason.to_owned(),
            note,
            reconsider_on: day,
        }];
        let condition = condition.get_untracked().trim().to_owned();
        if !condition.is_empty() {
            parts.push(set(&own, Field::ReconsiderIf, Some(condition.into())));
        }
        let said = format!("Declined {}", words::count(own.len(), "item", "items"));
        desk.decide(&own, together("decline", said, parts));
    };
    let body = view! {
        <fieldset class="reasons" role="radiogroup" aria-label="Reason" aria-required="true">
            {DECLINE_REASONS
                .iter()
                .enumerate()
                .map(|(nth, word)| {
                    view! {
                        <label class="choice">
                            <input
                                type="radio"
                                name="reason"
                                data-focus=(nth == 0).then_some("")
                                value=*word
                                on:change=move |_| {
                                    reason.set(Some(*word));
                                    wrong.set(None);
                                }
                            />
                            <span>{reason_label(word)}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
        <label>
            <span>"Note " <span class="soft">{move || if reason.get() == Some("other") { "" } else { "(optional)" }}</span></span>
            <input
                class="field"
                aria-label="Note"
                autocomplete="off"
                maxlength="500"
                on:input=move |event| note.set(event_target_value(&event))
            />
        </label>
        <label>
            <span>"Reconsider on " <span class="soft">"(optional)"</span></span>
            <input
                class="field"
                type="date"
                aria-label="Reconsider on"
                on:input=move |event| day.set(event_target_value(&event))
            />
        </label>
        <label>
            <span>"Reconsider if " <span class="soft">"(optional)"</span></span>
            <input
                class="field"
                aria-label="Reconsider if"
                autocomplete="off"
                maxlength="500"
                on:input=move |event| condition.set(event_target_value(&event))
            />
        </label>
        <p class="wrong" role="alert">{move || wrong.get()}</p>
    }
    .into_any();
    form(desk, "Decline", &items, submit, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pb_21_every_reason_has_words_of_its_own() {
        let mut labels: Vec<&str> = DECLINE_REASONS
            .iter()
            .map(|word| reason_label(word))
            .collect();
        labels.dedup();
        assert_eq!(labels.len(), DECLINE_REASONS.len());
    }
}
