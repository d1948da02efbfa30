//! A file on its way through the dialog: read once, and again whenever the person changes how.

use std::sync::Arc;

use leptos::prelude::*;
use shared::import::{ColumnMapping, FILE_BYTES_MAX, Field, ImportError, Options, Preview, Terms};
use wasm_bindgen_futures::spawn_local;

use crate::platform::{
    clock,
    files::{self, NotRead},
    page::{GivenFile, Unread},
};

/// How far the reading of a file has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Choosing,
    Reading {
        done: u64,
        of: u64,
    },
    Read,
    /// Says why, and what to do.
    Failed(String),
}

/// The file, how it is read, and what came of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reading {
    file: StoredValue<Option<GivenFile>>,
    options: StoredValue<Options>,
    /// Counts the readings: only the latest one's answer matters.
    count: StoredValue<u64>,
    pub(super) stage: RwSignal<Stage>,
    /// What the latest reading found; it stays while the file is read again.
    pub(super) preview: RwSignal<Option<Arc<Preview>>>,
    /// The file's columns. They are known even where none is a title, so that one can be chosen.
    pub(super) columns: RwSignal<Vec<ColumnMapping>>,
}

impl Reading {
    /// `terms` are the words that the backlog uses.
    pub(super) fn new(terms: Terms) -> Self {
        Self {
            file: StoredValue::new(None),
            options: StoredValue::new(Options {
                terms,
                ..Options::default()
            }),
            count: StoredValue::new(0),
            stage: RwSignal::new(Stage::Choosing),
            preview: RwSignal::new(None),
            columns: RwSignal::new(Vec::new()),
        }
    }

    /// Reads another file.
    pub(super) fn begin(self, file: GivenFile) {
        self.file.set_value(Some(file));
        self.options.update_value(|options| {
            *options = Options {
                utc_offset_minutes: clock::utc_offset_minutes(),
                terms: std::mem::take(&mut options.terms),
                ..Options::default()
            };
        });
        self.preview.set(None);
        self.columns.set(Vec::new());
        self.read();
    }

    /// Reads the same file with this in mind.
    pub(super) fn set_day_first(self, day_first: bool) {
        self.options
            .update_value(|options| options.day_first = Some(day_first));
        self.read();
    }

    /// Reads the same file with a column as something else. Where only one column can be that, the former one is left out.
    pub(super) fn set_column(self, at: usize, field: Option<Field>) {
        self.columns.update(|columns| {
            for (place, column) in columns.iter_mut().enumerate() {
                let gives_way =
                    column.field == field && field.is_some_and(|field| !field.takes_many());
                if place == at || gives_way {
                    column.field = if place == at { field } else { None };
                    self.options.update_value(|options| {
                        options.columns.insert(place, column.field);
                    });
                }
            }
        });
        self.read();
    }

    fn read(self) {
        let Some(file) = self.file.get_value() else {
            return;
        };
        let number = self.count.get_value() + 1;
        self.count.set_value(number);
        let bytes = match file.content {
            Ok(bytes) => bytes,
            Err(unread) => {
                self.stage.set(Stage::Failed(reason(&unread)));
                return;
            }
        };
        self.stage.set(Stage::Reading {
            done: 0,
            of: bytes.len() as u64,
        });
        let options = self.options.get_value();
        spawn_local(async move {
            let on_progress = move |done, of| {
                if self.is_latest(number) {
                    self.stage.try_set(Stage::Reading { done, of });
                }
            };
            let bytes = Arc::unwrap_or_clone(bytes);
            let read = files::parse(&file.name, bytes, options, on_progress).await;
            if self.is_latest(number) {
                self.settle(read);
            }
        });
    }

    /// Not after another reading has begun, nor once the dialog is closed.
    fn is_latest(self, number: u64) -> bool {
        self.count.try_get_value() == Some(number)
    }

    fn settle(self, read: Result<Preview, NotRead>) {
        match read {
            Ok(preview) => {
                self.columns.set(preview.columns.clone());
                self.preview.set(Some(Arc::new(preview)));
                self.stage.set(Stage::Read);
            }
            Err(refused) => {
                self.preview.set(None);
                self.stage.set(Stage::Failed(refused.to_string()));
                if let NotRead::Refused(ImportError::NoTitleColumn { headers }) = refused
                    && self.columns.with_untracked(Vec::is_empty)
                {
                    self.columns.set(headers.into_iter().map(untold).collect());
                }
            }
        }
    }

    /// The preview for good, where the reading has ended well.
    pub(super) fn take(self) -> Option<Preview> {
        if self.stage.get_untracked() != Stage::Read {
            return None;
        }
        let preview = self.preview.try_update_untracked(Option::take).flatten();
        preview.map(Arc::unwrap_or_clone)
    }
}

/// A column of which nothing but its name is known.
fn untold(column: String) -> ColumnMapping {
    ColumnMapping {
        column,
        field: None,
        filled: 0,
        example: String::new(),
    }
}

fn reason(unread: &Unread) -> String {
    match unread {
        Unread::TooLarge { bytes } => ImportError::TooLarge { bytes: *bytes }.to_string(),
        Unread::Unreadable => format!(
            "The browser could not read the file. Choose a file of up to {} MB that is still where it was.",
            FILE_BYTES_MAX / 1_048_576
        ),
    }
}
