//! Plain values: what a backlog is, without any word of how it is stored or sent.

pub mod item;
pub mod order;
pub mod rank;
pub mod reference;
pub mod view;

pub use item::{Comment, Conflict, ConflictValue, Criterion, Detail, Field, Kind, Row, Status};
pub use view::{Person, View, ViewPatch};
