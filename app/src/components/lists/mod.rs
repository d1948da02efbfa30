//! Lists and releases as columns: what they are called, how they are sorted, where items go.

mod column_menu;
mod edit_column;
mod list_menus;
mod place_picker;
mod rank_by;
mod sort_menu;

pub use self::{
    column_menu::{ColumnMenu, open as open_place},
    edit_column::{EditColumn, NewColumn},
    list_menus::{GroupMenu, ListsMenu, SortList, ViewsMenu, archive_filter},
    place_picker::{PlacePicker, place_icon, places},
    rank_by::RankBy,
    sort_menu::{SortColumn, SortMenu},
};
