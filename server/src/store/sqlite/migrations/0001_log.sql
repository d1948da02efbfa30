-- Version 1: the log, its snapshots, and what was found damaged.
CREATE TABLE document (
    key      INTEGER PRIMARY KEY,
    id       BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
    epoch    BLOB NOT NULL CHECK (length(epoch) = 8),
    next_seq INTEGER NOT NULL,
    bytes    INTEGER NOT NULL
) STRICT;

-- `mark` is the beginning of the SHA-256 of hash and meta; the body has `hash` itself.
CREATE TABLE change (
    document INTEGER NOT NULL REFERENCES document (key),
    seq      INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    meta     BLOB NOT NULL,
    mark     BLOB NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (document, seq)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX change_by_hash ON change (document, hash);

-- `sha256` is taken over seq (8 bytes, big-endian), heads and body.
CREATE TABLE snapshot (
    document INTEGER NOT NULL REFERENCES document (key),
    seq      INTEGER NOT NULL,
    heads    BLOB NOT NULL,
    sha256   BLOB NOT NULL,
    body     BLOB NOT NULL,
    PRIMARY KEY (document, seq)
) STRICT;

-- `reason` is 'damaged' (kept as found) or 'orphaned' (intact, waits for the change it was built on).
CREATE TABLE quarantine (
    key      INTEGER PRIMARY KEY,
    document INTEGER NOT NULL REFERENCES document (key),
    seq      INTEGER NOT NULL,
    hash     BLOB NOT NULL,
    meta     BLOB NOT NULL,
    mark     BLOB NOT NULL,
    body     BLOB NOT NULL,
    reason   TEXT NOT NULL
) STRICT;
CREATE INDEX quarantine_by_document ON quarantine (document, reason);
