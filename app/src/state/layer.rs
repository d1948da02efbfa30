//! What lies above the page: at most one dialog or menu at a time.

use shared::{
    ids::ItemId,
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
    /// Goals, initiatives and themes.
    Links,
}

/// The element of an item's row.
#[must_use]
pub fn row_element(item: ItemId) -> String {
    format!("row-{item}")
}
