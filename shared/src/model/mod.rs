//! Plain values: what a backlog is, without any word of how it is stored or sent.

pub mod attachment;
pub mod author;
pub mod claim;
pub mod dispute;
pub mod history;
pub mod item;
pub mod order;
pub mod part;
pub mod place;
pub mod rank;
pub mod reference;
pub mod role;
pub mod scalar;
pub mod thing;
pub mod view;

pub use attachment::Attachment;
pub use author::Author;
pub use claim::Doubted;
pub use dispute::{Dispute, DisputedValue, Disputes};
pub use history::{Became, History};
pub use item::{Comment, Conflict, ConflictValue, Criterion, Detail, Field, Kind, Row, Status};
pub use part::{Changed, Part};
pub use place::Place;
pub use scalar::Scalar;
pub use thing::{Collection, Facts, Thing, Things};
pub use view::{Person, View, ViewPatch};
