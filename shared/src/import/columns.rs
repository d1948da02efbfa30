//! What the columns of a table mean: which tracker wrote it, which fields its headers name, and why the others are left out.

use std::collections::BTreeMap;

use crate::{
    export,
    import::{
        preview::{ColumnMapping, Field, Format, Options},
        words::plain,
    },
};

/// A column of the table that is being read.
#[derive(Debug)]
pub(super) struct Column {
    pub(super) mapping: ColumnMapping,
    /// Why it is left out; used where `mapping.field` is `None`.
    pub(super) reason: &'static str,
}

/// Headers by field, the most telling first. Several columns of one field are read only where [`Field::takes_many`].
const HEADERS: &[(Field, &[&str])] = &[
    (
        Field::Title,
        &[
            "title",
            "summary",
            "item title",
            "story title",
            "task title",
            "issue title",
            "name",
            "item name",
            "feature name",
            "task name",
            "card name",
            "subject",
            "headline",
            "user story",
            "story",
            "backlog item",
            "item",
            "task",
            "feature",
            "issue",
            "requirement",
            "work item",
            "i want to",
            "i want",
            "want",
            "resumo",
            "zusammenfassung",
            "titel",
            "resumen",
            "título",
            "titulo",
            "résumé",
            "titre",
            "titolo",
            "betreff",
            "nome",
            "nombre",
            "nom",
        ],
    ),
    (
        Field::Key,
        &[
            "key",
            "issue key",
            "issuekey",
            "work item key",
            "ticket key",
            "item key",
            "feature reference #",
            "reference",
            "ref",
            "issue id",
            "story id",
            "item id",
            "task id",
            "ticket",
            "ticket id",
            "external id",
            "id",
            "chave da item",
            "chave",
            "vorgangsschlüssel",
            "schlüssel",
            "clave de incidencia",
            "clé de ticket",
        ],
    ),
    (
        Field::Kind,
        &[
            "type",
            "issue type",
            "issuetype",
            "work item type",
            "work type",
            "item type",
            "story type",
            "kind",
            "task type",
            "feature type",
            "tipo de item",
            "vorgangstyp",
            "typ",
            "tipo",
        ],
    ),
    (
        Field::Status,
        &[
            "status",
            "state",
            "issue status",
            "current state",
            "workflow state",
            "feature status",
            "stage",
            "estado",
            "statut",
        ],
    ),
    (Field::StatusCategory, &["status category"]),
    (Field::Resolution, &["resolution"]),
    (
        Field::Estimate,
        &[
            "story points",
            "custom field (story points)",
            "custom field (story point estimate)",
            "story point estimate",
            "storypoint",
            "storypoints",
            "story point",
            "points",
            "estimate",
            "estimate (points)",
            "estimated points",
            "effort",
            "size",
            "sp",
            "weight",
            "punkte",
            "pontos",
            "puntos",
        ],
    ),
    (
        Field::Tags,
        &[
            "tags",
            "labels",
            "tag",
            "label",
            "keywords",
            "categorias",
            "stichwörter",
            "etiquetas",
            "étiquettes",
        ],
    ),
    (
        Field::ForWhom,
        &[
            "for whom",
            "as a",
            "as a/an",
            "as an",
            "persona",
            "user role",
            "actor",
            "role",
        ],
    ),
    (Field::Requirements, &["requirements"]),
    (Field::Value, &["business value", "value"]),
    (Field::Hours, &["hours"]),
    (Field::Category, &["category"]),
    (Field::List, &["list"]),
    (Field::Goals, &["goals"]),
    (Field::Initiatives, &["initiatives"]),
    (Field::Themes, &["themes"]),
    (Field::PartOf, &["part of"]),
    (Field::DependsOn, &["depends on"]),
    (Field::Links, &["links"]),
    (Field::Attachments, &["attachment", "attachments"]),
    (Field::CutlineId, &["cutline id"]),
    (
        Field::Benefit,
        &["benefit", "so that", "so that i can", "why"],
    ),
    (
        Field::Description,
        &[
            "description",
            "desc",
            "details",
            "detail",
            "body",
            "notes",
            "note",
            "long description",
            "text",
            "content",
            "beschreibung",
            "descrição",
            "descripción",
        ],
    ),
    (
        Field::Criteria,
        &[
            "acceptance criteria",
            "custom field (acceptance criteria)",
            "acceptance criterion",
            "criteria",
            "ac",
            "akzeptanzkriterien",
        ],
    ),
    (Field::Comment, &["comment", "comments"]),
    (
        Field::Created,
        &[
            "created",
            "created at",
            "created on",
            "created date",
            "created at (utc)",
            "creation date",
            "date created",
            "erstellt",
            "criado",
            "creado",
        ],
    ),
    (
        Field::Rank,
        &[
            "custom field (rank)",
            "rank",
            "stack rank",
            "backlog priority",
            "position",
            "order",
        ],
    ),
];

/// Dates that tell where an item of Linear stands.
const LINEAR_HEADERS: &[(Field, &[&str])] = &[
    (Field::Started, &["started"]),
    (Field::Completed, &["completed"]),
    (Field::Canceled, &["canceled"]),
    (Field::Archived, &["archived"]),
];

/// Which tracker wrote a table with this header.
pub(super) fn format(headers: &[String]) -> Format {
    let names: Vec<String> = headers.iter().map(|header| plain(header)).collect();
    let has = |name: &str| names.iter().any(|found| found == name);
    let jira_key = [
        "issue key",
        "work item key",
        "chave da item",
        "vorgangsschlüssel",
    ]
    .iter()
    .any(|name| has(name));
    if export::COLUMNS.iter().all(|column| has(&plain(column))) {
        Format::CutlineCsv
    } else if has("issuekey") && has("storypoint") {
        Format::JiraStoryPoints
    } else if (jira_key && (has("summary") || has("resumo") || has("zusammenfassung")))
        || (has("summary") && names.iter().any(|name| name.starts_with("custom field (")))
    {
        Format::JiraCsv
    } else if has("id") && has("team") && has("title") && has("cycle number") {
        Format::LinearCsv
    } else {
        Format::Table
    }
}

/// How many cells of a row are names of columns that are known.
pub(super) fn known_headers(headers: &[String]) -> usize {
    headers
        .iter()
        .filter(|header| meanings(Format::LinearCsv, &plain(header)).next().is_some())
        .count()
}

/// Whether any cell of a row names a title column.
pub(super) fn names_a_title(headers: &[String]) -> bool {
    headers.iter().any(|header| {
        meanings(Format::Table, &plain(header)).any(|(field, _)| field == Field::Title)
    })
}

/// What each column becomes.
pub(super) fn map(format: Format, headers: &[String], options: &Options) -> Vec<Column> {
    let names: Vec<String> = headers.iter().map(|header| plain(header)).collect();
    let mut best: BTreeMap<Field, (usize, usize)> = BTreeMap::new();
    for (at, name) in names.iter().enumerate() {
        for (field, rank) in meanings(format, name) {
            let known = best.entry(field).or_insert((rank, at));
            *known = (rank, at).min(*known);
        }
    }
    names
        .iter()
        .enumerate()
        .map(|(at, name)| {
            let recognised = meanings(format, name)
                .map(|(field, _)| field)
                .find(|field| {
                    field.takes_many() || best.get(field).is_some_and(|(_, best)| *best == at)
                });
            let repeated = meanings(format, name).next().is_some();
            Column {
                mapping: ColumnMapping {
                    column: headers[at].clone(),
                    field: options.columns.get(&at).copied().unwrap_or(recognised),
                    filled: 0,
                    example: String::new(),
                },
                reason: if options.columns.get(&at) == Some(&None) {
                    "You chose so."
                } else if repeated {
                    "Another column says this already."
                } else {
                    reason(format, name)
                },
            }
        })
        .collect()
}

/// The fields that a header names, with how telling it is: smaller is more.
fn meanings(format: Format, name: &str) -> impl Iterator<Item = (Field, usize)> {
    let linear = if format == Format::LinearCsv {
        LINEAR_HEADERS
    } else {
        &[]
    };
    let fits = move |field: Field| match field {
        Field::Resolution | Field::StatusCategory | Field::Attachments => format == Format::JiraCsv,
        // A "Role" in Linear or Jira is a custom word; only plain tables use it for the user of a story.
        Field::ForWhom | Field::Benefit => !matches!(format, Format::JiraCsv | Format::LinearCsv),
        // In other files these words say something else, or nothing that is known here.
        Field::List
        | Field::Goals
        | Field::Initiatives
        | Field::Themes
        | Field::PartOf
        | Field::DependsOn
        | Field::Links
        | Field::CutlineId => format == Format::CutlineCsv,
        _ => true,
    };
    HEADERS
        .iter()
        .chain(linear)
        .filter(move |(field, _)| fits(*field))
        .filter_map(move |(field, headers)| {
            headers
                .iter()
                .position(|header| *header == name)
                .map(|rank| (*field, rank))
        })
        .collect::<Vec<_>>()
        .into_iter()
}

/// Why a column is left out.
fn reason(format: Format, name: &str) -> &'static str {
    let contains = |parts: &[&str]| parts.iter().any(|part| name.contains(part));
    match name {
        "split_mark" if format == Format::JiraStoryPoints => {
            "It says whether research used the row to train or to test an estimator; it says nothing about the work."
        }
        "" => "It has no name.",
        _ if contains(&["sprint", "cycle", "iteration"]) => {
            "Items arrive in the product backlog, outside of sprints."
        }
        _ if contains(&["priority", "prioritization", "severity"]) => {
            "Cutline has ranks instead of priorities; the items keep the order of the file."
        }
        _ if contains(&[
            "assignee",
            "assigned to",
            "owner",
            "reporter",
            "creator",
            "requested by",
            "requestor",
            "lead",
            "watchers",
        ]) =>
        {
            "Items of a backlog are not assigned to people."
        }
        _ if contains(&["parent", "epic", "initiative", "roadmaps", "sub-tasks"]) => {
            "Cutline imports items without their parents."
        }
        _ if contains(&[
            "fix version",
            "fix versions",
            "release",
            "milestone",
            "affects version",
        ]) =>
        {
            "Items arrive in the product backlog, outside of releases."
        }
        _ if contains(&[
            "issue link",
            "related to",
            "blocked by",
            "duplicate of",
            "blocker",
        ]) =>
        {
            "Links between items are not imported."
        }
        _ if name.starts_with("attachment") => "Attachments stay where they are.",
        _ if contains(&[
            "original estimate",
            "remaining estimate",
            "time spent",
            "time estimate",
            "work ratio",
            "log work",
            "remaining work",
        ]) =>
        {
            "Time is not effort in points."
        }
        _ if contains(&[
            "updated",
            "resolved",
            "date",
            "last viewed",
            "due",
            "completed",
            "started",
            "closed",
            "triaged",
        ]) =>
        {
            "Of dates only the one on which an item was made is kept."
        }
        _ if contains(&["project", "team", "workspace"]) => "A backlog is one product's.",
        _ => "Cutline has no field for it.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped(headers: &[&str]) -> (Format, Vec<Option<Field>>) {
        let headers: Vec<String> = headers.iter().map(|header| (*header).to_owned()).collect();
        let format = format(&headers);
        let columns = map(format, &headers, &Options::default());
        (
            format,
            columns.iter().map(|column| column.mapping.field).collect(),
        )
    }

    #[test]
    fn the_most_telling_header_of_a_field_wins() {
        let (format, fields) = mapped(&[
            "Story",
            "ID",
            "Summary",
            "issue KEY ",
            "Notes",
            "Description",
        ]);
        assert_eq!(format, Format::JiraCsv);
        assert_eq!(
            fields,
            [
                None,
                None,
                Some(Field::Title),
                Some(Field::Key),
                None,
                Some(Field::Description)
            ]
        );
    }

    #[test]
    fn repeated_headers_of_one_field_are_all_read() {
        let (_, fields) = mapped(&[
            "Issue key",
            "Summary",
            "Labels",
            "Labels",
            "Comment",
            "Comment",
            "Sprint",
        ]);
        assert_eq!(
            fields[2..6],
            [
                Some(Field::Tags),
                Some(Field::Tags),
                Some(Field::Comment),
                Some(Field::Comment)
            ]
        );
        assert_eq!(fields[6], None);
    }

    #[test]
    fn trackers_are_told_by_their_headers() {
        for (headers, expected) in [
            (
                vec![
                    "issuekey",
                    "title",
                    "description",
                    "storypoint",
                    "split_mark",
                ],
                Format::JiraStoryPoints,
            ),
            (vec!["Work item key", "Summary"], Format::JiraCsv),
            (vec!["Chave da item", "Resumo", "Sprint"], Format::JiraCsv),
            (
                vec!["ID", "Team", "Title", "Description", "Cycle Number"],
                Format::LinearCsv,
            ),
            (vec!["Title", "Points"], Format::Table),
            (export::COLUMNS.to_vec(), Format::CutlineCsv),
        ] {
            assert_eq!(mapped(&headers).0, expected, "{headers:?}");
        }
    }
}
