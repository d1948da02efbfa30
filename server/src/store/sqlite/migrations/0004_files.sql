-- Version 4: the files that people attached to items, in chunks numbered from 0. `whole` is 0 while a file is coming in;
-- several may bring the same one at once. `bytes` is its size as announced. No key is given twice, so that a chunk that
-- comes late never belongs to another file.
CREATE TABLE file (
    key      INTEGER PRIMARY KEY AUTOINCREMENT,
    document INTEGER NOT NULL REFERENCES document (key),
    sha256   BLOB NOT NULL CHECK (length(sha256) = 32),
    bytes    INTEGER NOT NULL,
    whole    INTEGER NOT NULL CHECK (whole IN (0, 1))
) STRICT;
CREATE INDEX file_by_document ON file (document);
CREATE UNIQUE INDEX file_by_hash ON file (document, sha256) WHERE whole = 1;

CREATE TABLE file_chunk (
    file   INTEGER NOT NULL REFERENCES file (key),
    number INTEGER NOT NULL,
    body   BLOB NOT NULL,
    PRIMARY KEY (file, number)
) STRICT;
