-- The connection that told of an item.
ALTER TABLE item_view ADD COLUMN source TEXT NOT NULL DEFAULT '';

-- Full reconciles. A run is begun, takes pages and ends; one that did not end complete changed nothing. The totals are JSON.
CREATE TABLE sweep (
    tenant       TEXT NOT NULL,
    connection   TEXT NOT NULL,
    generation   BIGINT NOT NULL,
    started      TEXT NOT NULL,
    ended        TEXT,
    complete     BIGINT NOT NULL DEFAULT 0,
    note         TEXT NOT NULL DEFAULT '',
    listed       BIGINT NOT NULL DEFAULT 0,
    totals       TEXT NOT NULL DEFAULT '[]',
    missing_once BIGINT NOT NULL DEFAULT 0,
    missing      BIGINT NOT NULL DEFAULT 0,
    found        BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (tenant, connection, generation)
);

-- What a source lists: the last run that had the invoice (0: none), what it states to be open, and how many complete runs in
-- a row did not have it.
CREATE TABLE sweep_item (
    tenant     TEXT NOT NULL,
    connection TEXT NOT NULL,
    account    TEXT NOT NULL,
    invoice    TEXT NOT NULL,
    generation BIGINT NOT NULL,
    currency   TEXT NOT NULL,
    open       BIGINT NOT NULL,
    missed     BIGINT NOT NULL,
    PRIMARY KEY (tenant, connection, account, invoice)
);
