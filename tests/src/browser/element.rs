//! Elements as people find them: by role and accessible name, waited for, and only acted on once they hold still and
//! nothing covers them.

use std::fmt;

use serde_json::{Value, json};

use super::{eventually, tab::Tab};

/// Which accessible names are meant.
#[derive(Clone, Debug)]
pub enum Name {
    /// This one.
    Is(String),
    /// Those that begin so.
    Starts(String),
    /// Those that end so.
    Ends(String),
    /// Those with this in them.
    Contains(String),
    /// All.
    Any,
}

/// Names that begin so.
#[must_use]
pub fn starting(text: &str) -> Name {
    Name::Starts(text.to_owned())
}

/// Names that end so.
#[must_use]
pub fn ending(text: &str) -> Name {
    Name::Ends(text.to_owned())
}

/// Names with this in them.
#[must_use]
pub fn containing(text: &str) -> Name {
    Name::Contains(text.to_owned())
}

/// Every name, and none.
#[must_use]
pub const fn any() -> Name {
    Name::Any
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self::Is(text.to_owned())
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self::Is(text)
    }
}

impl From<&String> for Name {
    fn from(text: &String) -> Self {
        Self::Is(text.clone())
    }
}

impl Name {
    fn fits(&self, name: &str) -> bool {
        match self {
            Self::Is(text) => name == text,
            Self::Starts(text) => name.starts_with(text),
            Self::Ends(text) => name.ends_with(text),
            Self::Contains(text) => name.contains(text),
            Self::Any => true,
        }
    }
}

/// Roles with a name each, from the outermost in.
#[derive(Clone)]
pub struct Element<'t> {
    pub(super) tab: &'t Tab,
    path: Vec<(&'static str, Name)>,
    /// Which of several; without it there must be one alone.
    nth: Option<usize>,
}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, (role, name)) in self.path.iter().enumerate() {
            let within = if at == 0 { "" } else { " / " };
            write!(f, "{within}{role} {name:?}")?;
        }
        match self.nth {
            Some(nth) => write!(f, " #{nth}"),
            None => Ok(()),
        }
    }
}

impl<'t> Element<'t> {
    pub(super) fn new(tab: &'t Tab, role: &'static str, name: Name) -> Self {
        Self {
            tab,
            path: vec![(role, name)],
            nth: None,
        }
    }

    /// An element within this one.
    #[must_use]
    pub fn find(&self, role: &'static str, name: impl Into<Name>) -> Self {
        let mut path = self.path.clone();
        path.push((role, name.into()));
        Self {
            tab: self.tab,
            path,
            nth: None,
        }
    }

    /// The one at this index of several.
    #[must_use]
    pub fn nth(&self, nth: usize) -> Self {
        Self {
            nth: Some(nth),
            ..self.clone()
        }
    }

    /// The nodes that fit now, with their names.
    fn nodes(&self) -> Result<Vec<(i64, String)>, String> {
        let document = self.tab.ask("DOM.getDocument", json!({ "depth": 0 }))?;
        let mut roots = vec![json!({ "nodeId": document["root"]["nodeId"] })];
        let mut found = Vec::new();
        for (role, name) in &self.path {
            found.clear();
            for root in &roots {
                let mut question = root.clone();
                question["role"] = (*role).into();
                if let Name::Is(name) = name {
                    question["accessibleName"] = name.as_str().into();
                }
                let answer = self.tab.ask("Accessibility.queryAXTree", question)?;
                let nodes = answer["nodes"].as_array().cloned().unwrap_or_default();
                found.extend(
                    nodes
                        .iter()
                        .filter(|node| node["ignored"] != true)
                        .filter_map(|node| {
                            let called = node["name"]["value"].as_str().unwrap_or_default();
                            let id = node["backendDOMNodeId"].as_i64()?;
                            (name.fits(called) && root["backendNodeId"] != id)
                                .then(|| (id, called.to_owned()))
                        }),
                );
            }
            roots = found
                .iter()
                .map(|(id, _)| json!({ "backendNodeId": id }))
                .collect();
        }
        Ok(found)
    }

    fn one(&self) -> Result<i64, String> {
        let nodes = self.nodes()?;
        match (self.nth, &*nodes) {
            (Some(nth), _) if nth < nodes.len() => Ok(nodes[nth].0),
            (None, [(node, _)]) => Ok(*node),
            (_, []) => Err(format!("there is no {self:?}")),
            (_, several) => Err(format!("there is not one {self:?}: {several:?}")),
        }
    }

    /// Whether such an element is there now.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.nodes()
            .is_ok_and(|nodes| nodes.len() > self.nth.unwrap_or(0))
    }

    /// How many such elements are there now.
    #[must_use]
    pub fn count(&self) -> usize {
        self.nodes().map_or(0, |nodes| nodes.len())
    }

    /// The accessible names of all such elements now.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.nodes()
            .map(|nodes| nodes.into_iter().map(|(_, name)| name).collect())
            .unwrap_or_default()
    }

    /// Waits until it is there.
    #[track_caller]
    pub fn appears(&self) -> &Self {
        self.tab.until_some(|| self.one());
        self
    }

    /// Waits until it is gone.
    #[track_caller]
    pub fn goes(&self) {
        self.tab.until_some(|| match self.nodes()?.len() {
            0 => Ok(()),
            _ => Err(format!("there still is a {self:?}")),
        });
    }

    /// Calls a JavaScript function with the element as `this`; waits for the element, and for the function's promise.
    #[track_caller]
    pub fn call(&self, function: &str, arguments: &[Value]) -> Value {
        self.tab
            .until_some(|| self.try_call(self.one()?, function, arguments))
    }

    pub(super) fn try_call(
        &self,
        node: i64,
        function: &str,
        arguments: &[Value],
    ) -> Result<Value, String> {
        let resolved = self
            .tab
            .ask("DOM.resolveNode", json!({ "backendNodeId": node }))?;
        let arguments: Vec<Value> = arguments
            .iter()
            .map(|value| json!({ "value": value }))
            .collect();
        let params = json!({ "functionDeclaration": function, "objectId": resolved["object"]["objectId"],
            "arguments": arguments, "awaitPromise": true, "returnByValue": true, "userGesture": true });
        let mut done = self.tab.ask("Runtime.callFunctionOn", params)?;
        match done.get("exceptionDetails") {
            Some(error) => Err(format!("{self:?}: {}", error["exception"]["description"])),
            None => Ok(done["result"]["value"].take()),
        }
    }

    /// The text in it, as it is shown.
    #[track_caller]
    #[must_use]
    pub fn text(&self) -> String {
        let text = self.call(
            "function() { return this.innerText ?? this.textContent }",
            &[],
        );
        text.as_str().unwrap_or_default().trim().to_owned()
    }

    /// What stands in a field.
    #[track_caller]
    #[must_use]
    pub fn value(&self) -> String {
        let value = self.call("function() { return String(this.value) }", &[]);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// One of its attributes.
    #[track_caller]
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value = self.call(
            "function(name) { return this.getAttribute(name) }",
            &[name.into()],
        );
        value.as_str().map(str::to_owned)
    }

    /// Waits until its text has this in it.
    #[track_caller]
    pub fn reads(&self, text: &str) -> &Self {
        self.tab.until_some(|| {
            let found = self.try_call(
                self.one()?,
                "function() { return this.innerText ?? this.textContent }",
                &[],
            )?;
            let found = found.as_str().unwrap_or_default();
            if found.contains(text) {
                Ok(())
            } else {
                Err(format!("{self:?} reads {found:?}, not {text:?}"))
            }
        });
        self
    }

    /// Waits until exactly this stands in the field.
    #[track_caller]
    pub fn holds(&self, text: &str) -> &Self {
        self.tab.until_some(|| {
            let found =
                self.try_call(self.one()?, "function() { return String(this.value) }", &[])?;
            if found == text {
                Ok(())
            } else {
                Err(format!("{self:?} holds {found}, not {text:?}"))
            }
        });
        self
    }

    /// Puts the focus on it.
    #[track_caller]
    pub fn focus(&self) -> &Self {
        self.call("function() { this.focus() }", &[]);
        self
    }

    /// Clicks into a field, takes out what stands there and types.
    #[track_caller]
    pub fn fill(&self, text: &str) -> &Self {
        self.focus();
        self.call(
            "function() { this.select ? this.select() : getSelection().selectAllChildren(this) }",
            &[],
        );
        if text.is_empty() {
            self.tab.press("Delete");
        } else {
            self.tab.type_text(text);
        }
        self
    }

    /// Chooses an option of a native list by the text that people read.
    #[track_caller]
    pub fn choose(&self, option: &str) -> &Self {
        self.call(
            "function(text) {
                const option = [...this.options].find(option => option.label.trim() === text);
                if (!option) throw new Error(`no option ${text} among ${[...this.options].map(o => o.label)}`);
                this.focus();
                this.value = option.value;
                this.dispatchEvent(new Event('input', { bubbles: true }));
                this.dispatchEvent(new Event('change', { bubbles: true }));
            }",
            &[option.into()],
        );
        self
    }

    /// The middle of it, scrolled into view, once it holds still for a frame and nothing covers it.
    #[track_caller]
    #[must_use]
    pub fn place(&self) -> (f64, f64) {
        match eventually(|| self.try_place()) {
            Ok(place) => place,
            Err(reason) => self.tab.fail(&reason),
        }
    }

    fn try_place(&self) -> Result<(f64, f64), String> {
        let node = self.one()?;
        let seen = self.try_call(
            node,
            "async function() {
                if (!this.isConnected) throw new Error('it is gone');
                this.scrollIntoView({ block: 'nearest', inline: 'nearest', behavior: 'instant' });
                const before = this.getBoundingClientRect();
                await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
                const after = this.getBoundingClientRect();
                const [x, y] = [after.x + after.width / 2, after.y + after.height / 2];
                if (before.x !== after.x || before.y !== after.y) throw new Error('it moves');
                if (!after.width || !after.height) throw new Error('it has no size');
                const hit = document.elementFromPoint(x, y);
                const label = this.closest('label');
                if (!hit || !(this.contains(hit) || hit.contains(this) || label?.contains(hit)))
                    throw new Error(`it is covered at ${x}, ${y} by ${hit?.outerHTML.slice(0, 200)}`);
                return [x, y];
            }",
            &[],
        )?;
        match (seen[0].as_f64(), seen[1].as_f64()) {
            (Some(x), Some(y)) => Ok((x, y)),
            _ => Err(format!("{self:?} has no place: {seen}")),
        }
    }

    pub(super) fn backend_node(&self) -> Result<i64, String> {
        self.one()
    }
}
