-- The connection that told of an item.
ALTER TABLE item_view ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- Full reconciles. A run is begun, takes pages and ends; one that did not end complete changed nothing. The totals are JSON.
CREATE TABLE sweep (
    tenant       TEXT NOT NULL,
    connection   TEXT NOT NULL,
    generation   INTEGER NOT NULL,
    started      TEXT NOT NULL,
    ended        TEXT,
    complete     INTEGER NOT NULL DEFAULT 0,
    note         TEXT NOT NULL DEFAULT '',
    listed       INTEGER NOT NULL DEFAULT 0,
    totals       TEXT NOT NULL DEFAULT '[]',
    missing_once INTEGER NOT NULL DEFAULT 0,
    missing      INTEGER NOT NULL DEFAULT 0,
    found        INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, connection, generation)
) STRICT, WITHOUT ROWID;

-- What a source lists: the last run that had the invoice (0: none), what it states to be open, and how many complete runs in
-- a row did not have it.
CREATE TABLE sweep_item (
    tenant     TEXT NOT NULL,
    connection TEXT NOT NULL,
    account    TEXT NOT NULL,
    invoice    TEXT NOT NULL,
    generation INTEGER NOT NULL,
    currency   TEXT NOT NULL,
    open       INTEGER NOT NULL,
    missed     INTEGER NOT NULL,
    PRIMARY KEY (tenant, connection, account, invoice)
) STRICT, WITHOUT ROWID;
