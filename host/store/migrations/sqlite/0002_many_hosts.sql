-- Who went out with an attempt, and until when it may be under way. Empty: its process is gone.
ALTER TABLE attempt ADD COLUMN host TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN deadline TEXT NOT NULL DEFAULT '';

-- Work that one host at a time does. A row stays when its lease is given back, so that the fence never falls.
CREATE TABLE lease (
    tenant TEXT NOT NULL,
    name   TEXT NOT NULL,
    holder TEXT,
    fence  INTEGER NOT NULL,
    until  TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- How a connection may be used; the state is JSON.
CREATE TABLE valve (
    tenant     TEXT NOT NULL,
    connection TEXT NOT NULL,
    state      TEXT NOT NULL,
    PRIMARY KEY (tenant, connection)
) STRICT, WITHOUT ROWID;

-- Events that an operator passed over: the journal keeps them, the account does not read them.
CREATE TABLE skipped (
    tenant  TEXT NOT NULL,
    account TEXT NOT NULL,
    seq     INTEGER NOT NULL,
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,
    reason  TEXT NOT NULL,
    PRIMARY KEY (tenant, account, seq)
) STRICT, WITHOUT ROWID;

-- A role's effects go out by one host at a time, in the order of their day.
DROP INDEX effect_due;
CREATE INDEX effect_due ON effect (tenant, role, substr(due_at, 1, 10), weight DESC, key) WHERE status = 'planned';
