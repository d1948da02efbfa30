//! What axe-core finds wrong with a page for people who use assistive technology.

use std::{fs, path::Path, sync::LazyLock};

use super::tab::Tab;

static AXE: LazyLock<String> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("node_modules/axe-core/axe.min.js");
    fs::read_to_string(&path).unwrap_or_else(|error| {
        panic!(
            "{}: {error}: `cargo xtask test` installs it",
            path.display()
        )
    })
});

impl Tab {
    /// Asserts that axe-core finds nothing on what is shown now.
    #[track_caller]
    pub fn is_accessible(&self) {
        if self.value("typeof axe") == "undefined" {
            drop(self.value(&format!("{}; undefined", *AXE)));
        }
        let found = self.value(
            "axe.run(document, { resultTypes: ['violations'] }).then(done =>
                done.violations.map(v => `${v.id}: ${v.help}\\n` + v.nodes.map(n => `  ${n.html}\\n  ${n.failureSummary}`).join('\\n')))",
        );
        let found: Vec<&str> = found
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|text| text.as_str())
            .collect();
        if !found.is_empty() {
            self.fail(&found.join("\n"));
        }
    }
}
