-- Version 2: backlogs that the relay's operator removed. A browser that still holds one does not bring it back.
CREATE TABLE removed (
    id BLOB PRIMARY KEY CHECK (length(id) = 16)
) STRICT, WITHOUT ROWID;
