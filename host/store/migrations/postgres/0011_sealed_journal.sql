-- The journal can be erased for one account without breaking its hashes, and it can be sealed.

-- The key of an account's events. Where it is destroyed, they cannot be read again, by anybody.
CREATE TABLE subject_key (
    tenant  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    key     BYTEA NOT NULL,
    PRIMARY KEY (tenant, account)
);

-- Accounts whose key was destroyed.
CREATE TABLE erased (
    tenant  TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    at      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, account)
);

-- `payload` is sealed with the account's key (`sealed` = 1) or plain (0: written before this schema; an erasure makes it NULL).
-- The digest is SHA-256 of the payload as it was stored, and outlives it. `connection` and `report` lead to the inbox.
ALTER TABLE event RENAME COLUMN hash TO digest;
ALTER TABLE event ADD COLUMN type TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN happened_on TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE event ADD COLUMN connection TEXT COLLATE "C";
ALTER TABLE event ADD COLUMN report TEXT COLLATE "C";
ALTER TABLE event ADD COLUMN sealed BIGINT NOT NULL DEFAULT 0;
UPDATE event SET type = coalesce(payload::jsonb -> 'fact' ->> 'type', ''), happened_on = coalesce(payload::jsonb ->> 'on', '');
ALTER TABLE event ALTER COLUMN payload DROP NOT NULL, ALTER COLUMN payload TYPE BYTEA USING convert_to(payload, 'UTF8');
-- It is noise: trying to make it smaller costs and gains nothing.
ALTER TABLE event ALTER COLUMN payload SET STORAGE EXTERNAL;
ALTER TABLE event ALTER COLUMN type DROP DEFAULT, ALTER COLUMN happened_on DROP DEFAULT, ALTER COLUMN sealed DROP DEFAULT;

-- Signed roots over the events that follow each other: everything after the seal before, up to `until_transaction` and
-- `until_number`.
CREATE TABLE seal (
    tenant            TEXT COLLATE "C" NOT NULL,
    no                BIGINT NOT NULL,
    until_transaction BIGINT NOT NULL,
    until_number      BIGINT NOT NULL,
    events            BIGINT NOT NULL,
    root              BYTEA NOT NULL,
    previous          BYTEA NOT NULL,
    signature         BYTEA NOT NULL,
    at                TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (tenant, no)
);

-- Whom a report would have concerned, as a JSON list: an erasure finds it by that.
ALTER TABLE quarantine ADD COLUMN accounts TEXT NOT NULL DEFAULT '[]';
