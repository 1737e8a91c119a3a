-- The journal can be erased for one account without breaking its hashes, and it can be sealed.

-- The key of an account's events. Where it is destroyed, they cannot be read again, by anybody.
CREATE TABLE subject_key (
    tenant  TEXT NOT NULL,
    account TEXT NOT NULL,
    key     BLOB NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT, WITHOUT ROWID;

-- Accounts whose key was destroyed.
CREATE TABLE erased (
    tenant  TEXT NOT NULL,
    account TEXT NOT NULL,
    at      TEXT NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT, WITHOUT ROWID;

-- `ord` is the order over all accounts; a number is never given twice. `payload` is sealed with the account's key (`sealed` = 1)
-- or plain (0: written before this schema; an erasure makes it NULL). The digest is SHA-256 of the payload as it was stored, and
-- outlives it. `connection` and `report` lead to the inbox.
CREATE TABLE journal (
    ord         INTEGER PRIMARY KEY AUTOINCREMENT,
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
INSERT INTO journal (ord, tenant, account, seq, recorded_at, type, happened_on, sealed, payload, digest)
SELECT rowid, tenant, account, seq, recorded_at, coalesce(type, ''), coalesce(happened_on, ''), 0, CAST(payload AS BLOB), hash
FROM event ORDER BY rowid;
DROP TABLE event;
ALTER TABLE journal RENAME TO event;

-- Signed roots over the events that follow each other: everything after the seal before, up to `until_number`.
CREATE TABLE seal (
    tenant            TEXT NOT NULL,
    no                INTEGER NOT NULL,
    until_transaction INTEGER NOT NULL,
    until_number      INTEGER NOT NULL,
    events            INTEGER NOT NULL,
    root              BLOB NOT NULL,
    previous          BLOB NOT NULL,
    signature         BLOB NOT NULL,
    at                TEXT NOT NULL,
    PRIMARY KEY (tenant, no)
) STRICT, WITHOUT ROWID;

-- Whom a report would have concerned, as a JSON list: an erasure finds it by that.
ALTER TABLE quarantine ADD COLUMN accounts TEXT NOT NULL DEFAULT '[]';
