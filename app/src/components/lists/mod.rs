//! Lists and releases as columns: what they are called, how they are sorted, where items go.

mod column_menu;
mod edit_column;
mod place_picker;
mod rank_by;
mod sort_menu;

pub use self::{
    column_menu::ColumnMenu,
    edit_column::{EditColumn, NewColumn},
    place_picker::{PlacePicker, place_icon, places},
    rank_by::RankBy,
    sort_menu::{SortColumn, SortMenu},
};
