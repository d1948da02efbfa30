//! What lies above the page: at most one dialog or menu at a time.

use shared::{
    ids::{ItemId, RecordId},
    model::{Collection, Place},
};

use super::arrange::Sort;

/// A dialog or menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    /// All commands, to be found by name.
    Palette,
    /// All keys.
    Shortcuts,
    /// The backlog's menu.
    Menu,
    /// Links, and what they let people do.
    Access,
    /// Who one is.
    Profile,
    /// A file is read into the open backlog.
    Import,
    /// A backup file is merged.
    Merge,
    /// A number for the chosen items.
    MoveToRank,
    /// A reason to put the chosen items away.
    Archive,
    /// A value for the chosen items.
    Pick(Pick),
    /// Which items the list shows.
    Filters,
    /// The lists to choose from.
    Lists,
    /// The order in which the list is looked at.
    SortList,
    /// The headings of the list.
    Group,
    /// Saved views.
    Views,
    /// Who changed what lately.
    Recent,
    /// What can be done with a list or release.
    Column(Place),
    /// The order in which a column is looked at.
    SortColumn(Place),
    /// What a list or release is called, and what it is for.
    EditColumn(Place),
    /// A new list or release.
    NewColumn(Collection),
    /// What would move if an order were the rank.
    RankBy(Place, Sort),
    /// What becomes of what waits at triage.
    Triage(Decision),
    /// Another item that the open one is to name.
    Link(ItemId, ItemLink),
    /// What is not ready is about to be pulled.
    PullUnready,
    /// Settings, goals and the like that hold several values.
    Disputes,
    /// What becomes of what a sprint did not finish.
    CloseSprint(shared::ids::RecordId),
    /// The stories that an item is split into.
    Split(ItemId),
    /// What somebody asked for, for the open item or none.
    Feedback(Option<ItemId>),
    /// What can be done with a release.
    Release(RecordId, ReleaseStep),
}

/// A larger step with a release.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleaseStep {
    /// It is shipped (PB-40).
    Ship,
    /// Its days are cut into sprints (BT-46).
    Sprints,
}

/// What can be decided at triage (PB-21).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It belongs to the backlog: in which list, and where in it.
    Accept,
    /// It does not, for a reason.
    Decline,
    /// Not now.
    Snooze,
    /// It is part of another item.
    Merge,
    /// Its author has to answer first.
    Ask,
}

/// How an item names another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemLink {
    /// The feature that it is part of.
    Parent,
    /// The one that took its place.
    SupersededBy,
    /// One that has to be done first.
    DependsOn,
}

/// A field that is chosen from a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// Its type.
    Kind,
    /// Where it stands.
    Status,
    /// Effort.
    Estimate,
    /// Tags.
    Tags,
    /// Which backlog or list it is in.
    Place,
    /// Which release it is in.
    Release,
    /// Goals, initiatives and themes.
    Links,
}

/// The element of an item's row.
#[must_use]
pub fn row_element(item: ItemId) -> String {
    format!("row-{item}")
}
