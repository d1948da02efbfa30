//! A backlog as one Automerge document.
