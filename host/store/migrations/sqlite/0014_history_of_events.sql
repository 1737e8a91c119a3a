-- Events that were read, and sealed long ago: the same journal, out of the way of the work at hand.
CREATE TABLE event_history (
    ord         INTEGER PRIMARY KEY,
    tenant      TEXT NOT NULL,
    account     TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    type        TEXT NOT NULL,
    happened_on TEXT NOT NULL,
    connection  TEXT,
    report      TEXT,
    sealed      INTEGER NOT NULL,
    payload     BLOB,
    digest      BLOB NOT NULL,
    UNIQUE (tenant, account, seq)
) STRICT;

-- The whole journal, wherever it stands.
CREATE VIEW any_event AS
SELECT ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest FROM event
UNION ALL
SELECT ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest FROM event_history;

-- How far the journal was sealed at a time.
CREATE INDEX seal_by_time ON seal (tenant, at);
