-- Events that were read, and sealed long ago: the same journal, out of the way of the work at hand.
CREATE TABLE event_history (
    tenant      TEXT COLLATE "C" NOT NULL,
    account     TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    recorded_at TEXT COLLATE "C" NOT NULL,
    type        TEXT COLLATE "C" NOT NULL,
    happened_on TEXT COLLATE "C" NOT NULL,
    connection  TEXT COLLATE "C",
    report      TEXT COLLATE "C",
    sealed      BIGINT NOT NULL,
    payload     BYTEA,
    digest      BYTEA NOT NULL,
    xid         XID8 NOT NULL,
    ord         BIGINT NOT NULL,
    PRIMARY KEY (tenant, account, seq)
);
ALTER TABLE event_history ALTER COLUMN payload SET STORAGE EXTERNAL;
CREATE INDEX event_history_tail ON event_history (tenant, xid, ord);

-- The whole journal, wherever it stands.
CREATE VIEW any_event AS
SELECT xid, ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest FROM event
UNION ALL
SELECT xid, ord, tenant, account, seq, recorded_at, type, happened_on, connection, report, sealed, payload, digest FROM event_history;

-- How far the journal was sealed at a time.
CREATE INDEX seal_by_time ON seal (tenant, at);
