-- Version 3: the links by which backlogs are reached, and the people who were there. Secrets are kept as hashes alone.
-- Times are UTC milliseconds.
CREATE TABLE link (
    document INTEGER NOT NULL REFERENCES document (key),
    id       TEXT NOT NULL,
    verifier BLOB NOT NULL CHECK (length(verifier) = 32),
    role     TEXT NOT NULL CHECK (role IN ('viewer', 'commenter', 'editor', 'owner')),
    label    TEXT NOT NULL,
    created  INTEGER NOT NULL,
    expires  INTEGER,
    revoked  INTEGER,
    PRIMARY KEY (document, id)
) STRICT, WITHOUT ROWID;

-- `verifier` is the hash of a key that the person's device holds; whoever comes first with an id holds it.
CREATE TABLE person (
    document INTEGER NOT NULL REFERENCES document (key),
    id       BLOB NOT NULL CHECK (length(id) = 16),
    verifier BLOB NOT NULL CHECK (length(verifier) = 32),
    PRIMARY KEY (document, id)
) STRICT, WITHOUT ROWID;
