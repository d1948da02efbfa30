//! The screen a tab is on, and how its person likes it.

use serde_json::json;

use super::tab::Tab;

/// A screen.
#[derive(Clone, Copy, Debug)]
pub struct Viewport {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Device pixels per CSS pixel.
    pub scale: f64,
    /// Whether it is a phone that is touched.
    pub touch: bool,
}

/// A laptop's window.
pub const DESKTOP: Viewport = Viewport {
    width: 1280,
    height: 800,
    scale: 1.0,
    touch: false,
};

/// The narrowest phone that must do.
pub const PHONE: Viewport = Viewport {
    width: 360,
    height: 740,
    scale: 2.0,
    touch: true,
};

/// A colour scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Dark text on light ground.
    Light,
    /// Light text on dark ground.
    Dark,
}

impl Tab {
    /// Puts the tab on another screen.
    #[track_caller]
    pub fn on(&self, screen: Viewport) {
        // The size comes last: a change of touch lays the page out at its own size and back, between two frames.
        let touch = json!({ "enabled": screen.touch, "maxTouchPoints": 1 });
        self.must("Emulation.setTouchEmulationEnabled", touch);
        let params = json!({ "width": screen.width, "height": screen.height,
            "deviceScaleFactor": screen.scale, "mobile": screen.touch });
        self.must("Emulation.setDeviceMetricsOverride", params);
    }

    /// How the person likes their screen: colours, and whether things may move.
    #[track_caller]
    pub fn likes(&self, look: Look, reduced_motion: bool) {
        let scheme = match look {
            Look::Light => "light",
            Look::Dark => "dark",
        };
        let motion = if reduced_motion {
            "reduce"
        } else {
            "no-preference"
        };
        let params = json!({ "features": [
            { "name": "prefers-color-scheme", "value": scheme },
            { "name": "prefers-reduced-motion", "value": motion },
        ] });
        self.must("Emulation.setEmulatedMedia", params);
    }
}
