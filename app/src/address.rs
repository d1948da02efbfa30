//! What the address bar says: which page, what it filters, which item is open. Pure; [`crate::state::address_bar`]
//! follows it.

use shared::{
    ids::{DocumentId, ItemId},
    model::{Kind, Place as ListPlace, Status},
    product::Check,
    sync::access::Secret,
};

use crate::state::{
    arrange::{Look, Sort},
    filter::{Assignee, Filter},
    grouping::GroupBy,
    report::Report,
};

/// What of a backlog is on the screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Screen {
    /// The ranked list.
    #[default]
    List,
    /// What is not triaged yet.
    Inbox,
    /// The lists side by side.
    Board,
    /// The ranked list with the cut line.
    Cut,
    /// Vision, goals, initiatives, themes.
    Strategy,
    /// Scorecards and comparisons.
    Scores,
    /// Stale items, one at a time.
    Review,
    /// How well the backlog is kept.
    Health,
    /// Releases.
    Releases,
    /// Sprints.
    Sprints,
    /// Charts and reports.
    Reports,
    /// Settings and roles.
    Settings,
}

impl Screen {
    /// Every screen that there is, in the order in which they are offered.
    pub const ALL: &[Self] = &[
        Self::List,
        Self::Inbox,
        Self::Board,
        Self::Releases,
        Self::Cut,
        Self::Scores,
        Self::Strategy,
        Self::Sprints,
        Self::Review,
        Self::Health,
        Self::Reports,
        Self::Settings,
    ];

    /// The word in the address; none for the list.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::List => "",
            Self::Inbox => "inbox",
            Self::Board => "board",
            Self::Cut => "prioritise",
            Self::Strategy => "strategy",
            Self::Scores => "scorecards",
            Self::Review => "review",
            Self::Health => "health",
            Self::Releases => "releases",
            Self::Sprints => "sprints",
            Self::Reports => "reports",
            Self::Settings => "settings",
        }
    }

    /// The name that people read.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::List => "Backlog",
            Self::Inbox => "Inbox",
            Self::Board => "Board",
            Self::Cut => "Cut line",
            Self::Strategy => "Strategy",
            Self::Scores => "Scorecards",
            Self::Review => "Review",
            Self::Health => "Health",
            Self::Releases => "Releases",
            Self::Sprints => "Sprints",
            Self::Reports => "Reports",
            Self::Settings => "Settings",
        }
    }
}

/// A page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The start page.
    Home,
    /// A backlog.
    Backlog(DocumentId),
    /// An address that names nothing.
    Nowhere,
}

/// An address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The page.
    pub place: Place,
    /// What of the backlog is shown.
    pub screen: Screen,
    /// What its list shows.
    pub filter: Filter,
    /// In which order and under which headings.
    pub look: Look,
    /// The report that is looked at, where one was chosen.
    pub report: Option<Report>,
    /// The item whose detail is open.
    pub item: Option<ItemId>,
}

impl Address {
    /// A page with nothing open.
    #[must_use]
    pub fn of(place: Place) -> Self {
        Self {
            place,
            screen: Screen::List,
            filter: Filter::default(),
            look: Look::default(),
            report: None,
            item: None,
        }
    }

    /// Reads path and query; what means nothing is left out.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let (path, query) = text.split_once('?').unwrap_or((text, ""));
        let (place, screen) = parse_path(path);
        let mut address = Self::of(place);
        address.screen = screen;
        for pair in query.split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            address.read_part(name, &decode(value));
        }
        address
    }

    fn read_part(&mut self, name: &str, value: &str) {
        let filter = &mut self.filter;
        match name {
            "q" => value.clone_into(&mut filter.text),
            "type" => filter.kinds = value.split(',').filter_map(Kind::from_word).collect(),
            "status" => {
                filter.statuses = value
                    .split(',')
                    .filter_map(Status::from_word)
                    .filter(|status| *status != Status::Withdrawn)
                    .collect();
            }
            "tag" if !value.is_empty() => {
                filter.tags.insert(value.to_owned());
            }
            "tag-any" if !value.is_empty() => {
                filter.any_tags.insert(value.to_owned());
            }
            "tag-not" if !value.is_empty() => {
                filter.no_tags.insert(value.to_owned());
            }
            "goal" => filter.goals = ids(value),
            "initiative" => filter.initiatives = ids(value),
            "theme" => filter.themes = ids(value),
            "category" => {
                filter.categories.insert(value.to_owned());
            }
            "who" => filter.assignees = value.split(',').filter_map(assignee).collect(),
            "check" => filter.checks = value.split(',').filter_map(Check::from_word).collect(),
            "top" => filter.top = value.parse().ok().filter(|top| *top > 0),
            "estimate" => filter.unestimated = value == "none",
            "in" if value == "all" => filter.everywhere = true,
            "in" => filter.place = ListPlace::from_word(value),
            "values" => filter.conflicted = value == "two",
            "sort" => self.look.sort = Sort::from_word(value).unwrap_or_default(),
            "group" => self.look.group = GroupBy::from_word(value),
            "all" => self.look.whole = value == "lists",
            "report" => self.report = Report::from_word(value),
            "item" => self.item = value.parse().ok(),
            _ => {}
        }
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.place {
            Place::Home | Place::Nowhere => f.write_str("/")?,
            Place::Backlog(document) => write!(f, "/b/{document}")?,
        }
        if self.screen != Screen::List && matches!(self.place, Place::Backlog(_)) {
            write!(f, "/{}", self.screen.word())?;
        }
        let mut parts = filter_parts(&self.filter);
        if !self.look.sort.is_rank() {
            parts.push(("sort", self.look.sort.word()));
        }
        if let Some(group) = self.look.group {
            parts.push(("group", group.word().to_owned()));
        }
        if self.look.whole {
            parts.push(("all", "lists".to_owned()));
        }
        if let Some(report) = self.report {
            parts.push(("report", report.word().to_owned()));
        }
        if let Some(item) = self.item {
            parts.push(("item", item.to_string()));
        }
        for (nth, (name, value)) in parts.iter().enumerate() {
            write!(f, "{}{name}={value}", if nth == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// What a filter is in an address: names and encoded values.
fn filter_parts(filter: &Filter) -> Vec<(&'static str, String)> {
    let mut parts: Vec<(&str, String)> = Vec::new();
    if filter.everywhere {
        parts.push(("in", "all".to_owned()));
    }
    if let Some(place) = filter.place {
        parts.push(("in", place.word()));
    }
    if !filter.text.is_empty() {
        parts.push(("q", encode(&filter.text)));
    }
    let mut list = |name: &'static str, words: String| {
        if !words.is_empty() {
            parts.push((name, words));
        }
    };
    list("type", joined(filter.kinds.iter().map(|kind| kind.word())));
    list(
        "status",
        joined(filter.statuses.iter().map(|status| status.word())),
    );
    list("goal", joined(filter.goals.iter()));
    list("initiative", joined(filter.initiatives.iter()));
    list("theme", joined(filter.themes.iter()));
    list("who", joined(filter.assignees.iter()));
    list(
        "check",
        joined(filter.checks.iter().map(|check| check.word())),
    );
    list("top", joined(filter.top.iter()));
    for (name, words) in [
        ("tag", &filter.tags),
        ("tag-any", &filter.any_tags),
        ("tag-not", &filter.no_tags),
        ("category", &filter.categories),
    ] {
        parts.extend(words.iter().map(|word| (name, encode(word))));
    }
    if filter.unestimated {
        parts.push(("estimate", "none".to_owned()));
    }
    if filter.conflicted {
        parts.push(("values", "two".to_owned()));
    }
    parts
}

fn assignee(word: &str) -> Option<Assignee> {
    if word == "none" {
        return Some(Assignee::Nobody);
    }
    word.parse().ok().map(Assignee::Person)
}

impl std::fmt::Display for Assignee {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Nobody => f.write_str("none"),
            Self::Person(person) => person.fmt(f),
        }
    }
}

fn ids<T: std::str::FromStr + Ord>(value: &str) -> std::collections::BTreeSet<T> {
    value.split(',').filter_map(|id| id.parse().ok()).collect()
}

/// What stands behind the `#` of an address. No browser sends it to a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fragment {
    /// What opens the backlog.
    pub secret: Option<Secret>,
    /// What lets people put new backlogs on the relay.
    pub invite: Option<String>,
}

/// Reads what stands behind the `#`.
#[must_use]
pub fn parse_fragment(text: &str) -> Fragment {
    let mut fragment = Fragment::default();
    for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
        match name {
            "k" => fragment.secret = value.parse().ok(),
            "invite" if !value.is_empty() => fragment.invite = Some(decode(value)),
            _ => {}
        }
    }
    fragment
}

/// The backlog that a pasted link, `automerge:` URL or id names, and the secret that stands in it.
#[must_use]
pub fn parse_link(text: &str) -> Option<(DocumentId, Option<Secret>)> {
    let text = text.trim();
    let fragment = text
        .split_once('#')
        .map(|(_, fragment)| parse_fragment(fragment));
    let secret = fragment.and_then(|fragment| fragment.secret);
    let text = text.split(['?', '#']).next().unwrap_or(text);
    let id = text
        .rsplit_once("/b/")
        .map(|(_, id)| id)
        .or_else(|| text.strip_prefix("automerge:"))
        .unwrap_or(text);
    let id = id.split('/').next().unwrap_or(id);
    let document = id.parse().ok()?;
    Some((document, secret))
}

fn parse_path(path: &str) -> (Place, Screen) {
    let path = path.trim_end_matches('/');
    if matches!(path, "" | "/index.html") {
        return (Place::Home, Screen::List);
    }
    let below = path.strip_prefix("/b/").unwrap_or_default();
    let (document, screen) = below.split_once('/').unwrap_or((below, ""));
    let screen = Screen::ALL.iter().find(|known| known.word() == screen);
    match document.parse() {
        Ok(document) => (
            Place::Backlog(document),
            screen.copied().unwrap_or_default(),
        ),
        Err(_) => (Place::Nowhere, Screen::List),
    }
}

fn joined<T: std::fmt::Display>(words: impl Iterator<Item = T>) -> String {
    let words: Vec<String> = words.map(|word| word.to_string()).collect();
    words.join(",")
}

fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b' ' => encoded.push('+'),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = (*first == b'%')
            .then(|| tail.get(..2))
            .flatten()
            .and_then(|digits| str::from_utf8(digits).ok())
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match (first, escaped) {
            (_, Some(byte)) => {
                bytes.push(byte);
                rest = &tail[2..];
            }
            (b'+', None) => {
                bytes.push(b' ');
                rest = tail;
            }
            (byte, None) => {
                bytes.push(*byte);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_survives_the_address_bar() {
        let document = DocumentId::from_bytes([7; 16]);
        let address = Address {
            place: Place::Backlog(document),
            screen: Screen::List,
            filter: Filter {
                place: ListPlace::from_word("list:abcdefghijkm"),
                text: "50% & more = ünïcode+".to_owned(),
                kinds: [Kind::Bug, Kind::Story].into(),
                statuses: [Status::Archived].into(),
                tags: ["a,b".to_owned(), "c&d".to_owned()].into(),
                any_tags: ["x".to_owned(), "y z".to_owned()].into(),
                no_tags: ["q".to_owned()].into(),
                goals: ["abcdefghijkm".parse().unwrap()].into(),
                initiatives: ["abcdefghijkn".parse().unwrap()].into(),
                themes: ["abcdefghijkp".parse().unwrap()].into(),
                categories: [String::new(), "UI, web".to_owned()].into(),
                assignees: [
                    Assignee::Nobody,
                    Assignee::Person(shared::ids::PersonId::from_bytes([3; 16])),
                ]
                .into(),
                checks: [Check::Unaligned, Check::NoCriteria].into(),
                top: Some(20),
                unestimated: true,
                conflicted: true,
                everywhere: false,
            },
            look: Look {
                sort: Sort::from_word("value-desc").unwrap(),
                group: Some(GroupBy::Goal),
                whole: true,
            },
            report: Some(Report::Flow),
            item: Some("abcd11111111".parse().unwrap()),
        };
        assert_eq!(Address::parse(&address.to_string()), address);
    }

    #[test]
    fn nonsense_in_an_address_is_left_out() {
        let address = Address::parse("/b/nonsense?type=x,bug&item=%%&q=%zz&&=");
        assert_eq!(address.place, Place::Nowhere);
        assert_eq!(address.filter.kinds, [Kind::Bug].into());
        assert_eq!(address.filter.text, "%zz");
        assert_eq!(address.item, None);
        assert_eq!(Address::parse("/").place, Place::Home);
        assert_eq!(Address::parse("").place, Place::Home);
    }

    #[test]
    fn a_fragment_brings_a_secret_or_an_invitation() {
        let secret: Secret = "5a".repeat(32).parse().unwrap();
        let both = parse_fragment(&format!("k={secret}&invite=come%20in"));
        assert_eq!(both.secret, Some(secret));
        assert_eq!(both.invite.as_deref(), Some("come in"));
        assert_eq!(parse_fragment("k=nonsense&invite="), Fragment::default());
        assert_eq!(parse_fragment(""), Fragment::default());
    }

    #[test]
    fn links_are_read_in_every_form() {
        let document = DocumentId::from_bytes([7; 16]);
        for link in [
            document.to_string(),
            format!(" https://example.org/b/{document}?q=x\n"),
            format!("/b/{document}/"),
            document.automerge_url(),
        ] {
            assert_eq!(parse_link(&link), Some((document, None)), "{link}");
        }
        let secret: Secret = "5a".repeat(32).parse().unwrap();
        let link = format!("https://example.org/b/{document}?q=x#k={secret}");
        assert_eq!(parse_link(&link), Some((document, Some(secret))));
        let cut = link.strip_suffix('a').unwrap();
        assert_eq!(parse_link(cut), Some((document, None)));
        assert_eq!(parse_link("https://example.org/"), None);
    }
}
