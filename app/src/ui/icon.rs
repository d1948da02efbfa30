//! Line icons, sixteen pixels square, in the colour of the text around them.

use leptos::prelude::*;

/// A drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names are what the drawings show")]
pub enum Icon {
    Plus,
    Close,
    Search,
    Filter,
    Menu,
    Link,
    Undo,
    Redo,
    Check,
    Comment,
    Tag,
    Grip,
    Up,
    Down,
    Back,
    Trash,
    Pencil,
    Warning,
    File,
    Feature,
    Improvement,
    Bug,
    Technical,
    Research,
    Story,
    Todo,
    Doing,
    Done,
    Dropped,
    Archived,
    Sort,
    List,
    Chevron,
    Group,
    Star,
}

impl Icon {
    const fn path(self) -> &'static str {
        match self {
            Self::Plus => "M8 3v10M3 8h10",
            Self::Close => "M4 4l8 8M12 4l-8 8",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM10.5 10.5L14 14",
            Self::Filter => "M2 4h12M4.5 8h7M6.5 12h3",
            Self::Menu => "M3 8h.01M8 8h.01M13 8h.01",
            Self::Link => {
                "M6.5 9.5l3-3M7 5l1.5-1.5a2.8 2.8 0 0 1 4 4L11 9M9 11l-1.5 1.5a2.8 2.8 0 0 1-4-4L5 7"
            }
            Self::Undo => "M5.5 3L2.5 6l3 3M2.5 6H9a4 4 0 0 1 0 8H6",
            Self::Redo => "M10.5 3l3 3l-3 3M13.5 6H7a4 4 0 0 0 0 8h3",
            Self::Check => "M3 8.5l3.2 3.2L13 4.8",
            Self::Comment => "M2.5 3.5h11v7.5h-6L4.5 13.5V11h-2z",
            Self::Tag => "M2.5 3h5.200l5.8 5.800l-4.900 4.900L2.500 7.700zM5.2 5.700h.01",
            Self::Grip => "M6 4h.01M10 4h.01M6 8h.01M10 8h.01M6 12h.01M10 12h.01",
            Self::Up => "M8 13V3M4 7l4-4l4 4",
            Self::Down => "M8 3v10M4 9l4 4l4-4",
            Self::Back => "M10 3L5 8l5 5",
            Self::Trash => "M3 4.5h10M6.5 4.5V3h3v1.5M4.5 4.5l.6 8.5h5.8l.6-8.5",
            Self::Pencil => "M3 13l.7-3L10.5 3.2l2.3 2.3L6 12.3z",
            Self::Warning => "M8 2.5l6 10.5H2zM8 6.5v3M8 11.2v.01",
            Self::File => "M4 2h5l3 3v9H4zM9 2v3h3",
            Self::Feature => {
                "M8 2l1.8 3.9l4.2.5l-3.1 2.9l.8 4.2L8 11.4l-3.7 2.1l.8-4.2L2 6.4l4.2-.5z"
            }
            Self::Improvement => "M2.5 12l4-4.5l2.5 2.5l4.5-6M10 4h3.5v3.5",
            Self::Bug => {
                "M5 6.5a3 3 0 0 1 6 0v3a3 3 0 0 1-6 0zM8 6v6.5M2.5 5.5L5 7M13.5 5.5L11 7M2.5 12L5 10.5M13.5 12L11 10.5M6.2 4L5.5 2.5M9.8 4l.7-1.5"
            }
            Self::Technical => {
                "M9.5 6.5a3.2 3.2 0 0 0 4-4l-2 2l-1.8-.3L9.5 2.500l2-2a3.2 3.2 0 0 0-4 4L2.5 10.500a1.6 1.6 0 0 0 2.5 2.500z"
            }
            Self::Research => {
                "M8 2.500a3.8 3.8 0 0 1 2.2 6.900V11H5.800V9.400A3.8 3.8 0 0 1 8 2.500zM6 13.500h4"
            }
            Self::Story => {
                "M3 3h4a1 1 0 0 1 1 1v9.500a1.5 1.5 0 0 0-1.5-1.500H3zM13 3H9a1 1 0 0 0-1 1v9.500a1.5 1.5 0 0 1 1.5-1.500H13z"
            }
            Self::Todo => "M8 2.500a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11z",
            Self::Doing => "M8 2.500a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11zM8 5v6M10 6v4",
            Self::Done => {
                "M8 2.500a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11zM5.5 8.200l1.8 1.800l3.3-3.6"
            }
            Self::Dropped => {
                "M8 2.500a5.5 5.5 0 1 1 0 11a5.5 5.5 0 0 1 0-11zM5.8 5.800l4.4 4.400M10.2 5.800l-4.4 4.4"
            }
            Self::Sort => "M5 3v10M2.5 10.500L5 13l2.5-2.500M9 4h5M9 8h3.500M9 12h2",
            Self::Chevron => "M4.500 6.500L8 10l3.500-3.500",
            Self::Group => "M2.500 3.500h11M4.500 6.500h9M2.500 10h11M4.500 13h9",
            Self::Star => "M4 2.500h8v11l-4-3l-4 3z",
            Self::List => "M3 4h.01M6 4h7.500M3 8h.01M6 8h7.500M3 12h.01M6 12h7.500",
            Self::Archived => "M2.5 3.500h11v3h-11zM3.5 6.500v6.500h9V6.500M6.5 9h3",
        }
    }
}

/// Draws an icon. It says nothing: the control around it has the name.
pub fn icon(icon: Icon) -> impl IntoView {
    let bold = matches!(icon, Icon::Menu | Icon::Grip);
    view! {
        <svg class="icon" class:bold=bold width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d=icon.path()></path>
        </svg>
    }
}
