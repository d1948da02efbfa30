//! The mouse and the finger.

use serde_json::{Value, json};

use super::{element::Element, tab::Tab};

/// How many steps a pointer takes on its way.
const STEPS: u32 = 12;

/// What is done to an element.
impl Element<'_> {
    /// Clicks it.
    #[track_caller]
    pub fn click(&self) -> &Self {
        self.click_holding("")
    }

    /// Clicks it while keys such as `Shift` or `Control` are held.
    #[track_caller]
    pub fn click_holding(&self, modifiers: &str) -> &Self {
        let place = self.place();
        let modifiers = super::keyboard::modifiers(modifiers);
        self.tab.mouse("mouseMoved", place, 0, modifiers);
        self.tab.mouse("mousePressed", place, 1, modifiers);
        self.tab.mouse("mouseReleased", place, 1, modifiers);
        self
    }

    /// Clicks it twice.
    #[track_caller]
    pub fn double_click(&self) -> &Self {
        let place = self.place();
        self.tab.mouse("mouseMoved", place, 0, 0);
        for clicks in [1, 2] {
            self.tab.mouse("mousePressed", place, clicks, 0);
            self.tab.mouse("mouseReleased", place, clicks, 0);
        }
        self
    }

    /// Drags it with the mouse and lets go in the upper or lower part of another element.
    #[track_caller]
    pub fn drag_to(&self, to: &Element<'_>, part: Part) {
        let from = self.place();
        let to = part.of(to);
        self.tab.mouse("mouseMoved", from, 0, 0);
        self.tab.mouse("mousePressed", from, 1, 0);
        for place in way(from, to) {
            self.tab.mouse("mouseMoved", place, 1, 0);
        }
        self.tab.frame();
        self.tab.mouse("mouseReleased", to, 1, 0);
    }

    /// Drags it with a finger, after a rest of `hold_ms` on it, as long presses want.
    #[track_caller]
    pub fn touch_drag_to(&self, to: &Element<'_>, part: Part, hold_ms: u32) {
        let from = self.place();
        let to = part.of(to);
        self.tab.touch("touchStart", Some(from));
        self.tab.value_of_wait(hold_ms);
        for place in way(from, to) {
            self.tab.touch("touchMove", Some(place));
        }
        self.tab.frame();
        self.tab.touch("touchEnd", None);
    }

    /// Taps it with a finger.
    #[track_caller]
    pub fn tap(&self) {
        let place = self.place();
        self.tab.touch("touchStart", Some(place));
        self.tab.touch("touchEnd", None);
    }
}

/// Which part of an element is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Its upper quarter: before it.
    Upper,
    /// Its lower quarter: after it.
    Lower,
}

impl Part {
    #[track_caller]
    fn of(self, element: &Element<'_>) -> (f64, f64) {
        let (x, y) = element.place();
        let height = element.call(
            "function() { return this.getBoundingClientRect().height }",
            &[],
        );
        let quarter = height.as_f64().unwrap_or_default() / 4.0;
        match self {
            Self::Upper => (x, y - quarter),
            Self::Lower => (x, y + quarter),
        }
    }
}

fn way(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = (f64, f64)> {
    (1..=STEPS).map(move |step| {
        let part = f64::from(step) / f64::from(STEPS);
        (
            from.0 + (to.0 - from.0) * part,
            from.1 + (to.1 - from.1) * part,
        )
    })
}

impl Tab {
    #[track_caller]
    fn mouse(&self, kind: &str, (x, y): (f64, f64), clicks: u8, modifiers: u8) {
        let moving = kind == "mouseMoved";
        let held = moving && clicks > 0 || kind == "mousePressed";
        let params = json!({ "type": kind, "x": x, "y": y, "modifiers": modifiers,
            "button": if moving && clicks == 0 { "none" } else { "left" },
            "buttons": u8::from(held), "clickCount": if moving { 0 } else { clicks } });
        self.must("Input.dispatchMouseEvent", params);
    }

    #[track_caller]
    fn touch(&self, kind: &str, at: Option<(f64, f64)>) {
        let points: Vec<Value> = at
            .iter()
            .map(|(x, y)| json!({ "x": x, "y": y, "id": 1 }))
            .collect();
        self.must(
            "Input.dispatchTouchEvent",
            json!({ "type": kind, "touchPoints": points }),
        );
    }

    /// Waits until the page has drawn.
    #[track_caller]
    pub fn frame(&self) {
        drop(self.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))"));
    }

    /// A finger rests: real time passes in the page, since it is what a long press measures.
    #[track_caller]
    fn value_of_wait(&self, ms: u32) {
        if ms > 0 {
            drop(self.value(&format!(
                "new Promise(done => setTimeout(done, {ms}, true))"
            )));
        }
    }

    /// Scrolls under the mouse.
    #[track_caller]
    pub fn wheel(&self, (x, y): (f64, f64), by: f64) {
        let params = json!({ "type": "mouseWheel", "x": x, "y": y, "deltaX": 0, "deltaY": by });
        self.must("Input.dispatchMouseEvent", params);
    }
}
