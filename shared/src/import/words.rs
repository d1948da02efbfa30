//! The words by which trackers call types, statuses and columns, and what they mean here.

use crate::model::{Kind, Status};

/// The type that a tracker's name stands for.
pub(super) fn kind(name: &str) -> Option<Kind> {
    let name = plain(name);
    let kind = match name.as_str() {
        "epic" | "feature" | "new feature" | "feature request" | "initiative"
        | "master feature" => Kind::Feature,
        "improvement" | "enhancement" | "change" | "change request" => Kind::Improvement,
        "bug" | "defect" | "incident" | "problem" | "fehler" | "erro" => Kind::Bug,
        "task" | "technical" | "technical task" | "technical debt" | "tech debt" | "chore"
        | "test" | "wish task" | "documentation" | "aufgabe" | "tarefa" => Kind::Technical,
        "research" | "spike" | "investigation" | "question" => Kind::Research,
        "story"
        | "user story"
        | "product backlog item"
        | "requirement"
        | "história"
        | "historia" => Kind::Story,
        _ if name.starts_with("sub-task") || name.starts_with("subtask") => Kind::Technical,
        _ => return None,
    };
    Some(kind)
}

/// The status that a tracker's name stands for.
pub(super) fn status(name: &str) -> Option<Status> {
    let status = match plain(name).as_str() {
        "to do"
        | "todo"
        | "to-do"
        | "open"
        | "reopened"
        | "new"
        | "backlog"
        | "ready"
        | "proposed"
        | "approved"
        | "planned"
        | "unstarted"
        | "unscheduled"
        | "unplanned"
        | "triage"
        | "icebox"
        | "inbox"
        | "blocked"
        | "on hold"
        | "not started"
        | "selected for development"
        | "ready for development"
        | "offen"
        | "tarefas pendentes"
        | "a fazer" => Status::Todo,
        "doing" | "in progress" | "started" | "active" | "committed" | "in review" | "review"
        | "reviewable" | "code review" | "ready for review" | "in development" | "testing"
        | "in testing" | "in test" | "qa" | "in qa" | "delivered" | "indeterminate"
        | "in arbeit" | "em andamento" => Status::Doing,
        "done" | "closed" | "resolved" | "complete" | "completed" | "finished" | "released"
        | "shipped" | "fixed" | "deployed" | "erledigt" | "fertig" | "concluído" => Status::Done,
        "dropped" | "won't do" | "wont do" | "won't fix" | "wont fix" | "cancelled"
        | "canceled" | "rejected" | "removed" | "duplicate" | "abandoned" | "obsolete"
        | "not planned" | "abgebrochen" | "cancelado" => Status::Dropped,
        "archived" => Status::Archived,
        "declined" => Status::Declined,
        "merged" => Status::Merged,
        _ => return None,
    };
    Some(status)
}

/// Whether a resolution means that the item was given up.
pub(super) fn gives_up(resolution: &str) -> bool {
    matches!(
        plain(resolution).as_str(),
        "won't do"
            | "wont do"
            | "won't fix"
            | "wont fix"
            | "duplicate"
            | "cannot reproduce"
            | "declined"
            | "invalid"
            | "not a bug"
            | "abandoned"
            | "cancelled"
            | "canceled"
            | "obsolete"
            | "incomplete"
            | "not_planned"
    )
}

/// In lower case with plain apostrophes and single spaces.
pub(super) fn plain(name: &str) -> String {
    super::bounds::one_line(&name.replace(['’', '‘', '`'], "'")).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_names_mean_what_they_say() {
        for known in Kind::ALL {
            assert_eq!(kind(known.label()), Some(*known));
            assert_eq!(kind(known.word()), Some(*known));
        }
        for known in Status::ALL
            .iter()
            // What an item was merged into is said in our own files only, which have exact words.
            .filter(|status| !matches!(status, Status::Withdrawn | Status::Merged))
        {
            assert_eq!(status(known.label()), Some(*known));
            assert_eq!(status(known.word()), Some(*known));
        }
    }

    #[test]
    fn names_are_read_whatever_their_case_and_apostrophe() {
        assert_eq!(status("Won’t Do"), Some(Status::Dropped));
        assert_eq!(status(" IN  PROGRESS "), Some(Status::Doing));
        assert_eq!(kind("Sub-task (API)"), Some(Kind::Technical));
        assert_eq!(kind("Wish"), None);
        assert!(gives_up("Won't Fix") && !gives_up("Fixed"));
    }
}
