-- What has ended and is old stands here, so that the outbox stays as small as the work at hand. Nothing here changes again; the
-- key of an effect stays spent.
CREATE TABLE effect_history (
    tenant     TEXT NOT NULL,
    key        TEXT NOT NULL,
    account    TEXT NOT NULL,
    role       TEXT NOT NULL,
    kind       TEXT NOT NULL,
    body       TEXT NOT NULL,
    weight     INTEGER NOT NULL,
    status     TEXT NOT NULL,
    attempt    INTEGER NOT NULL,
    planned_at TEXT NOT NULL,
    due_at     TEXT NOT NULL,
    ended_at   TEXT,
    note       TEXT NOT NULL,
    PRIMARY KEY (tenant, key)
) STRICT;
CREATE INDEX effect_history_by_status ON effect_history (tenant, status, planned_at);
CREATE INDEX effect_history_by_account ON effect_history (tenant, account, planned_at);

CREATE TABLE attempt_history (
    tenant     TEXT NOT NULL,
    key        TEXT NOT NULL,
    n          INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    plugin     TEXT NOT NULL,
    batch      TEXT NOT NULL,
    request    TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at   TEXT,
    outcome    TEXT NOT NULL,
    text       TEXT NOT NULL,
    performer  TEXT NOT NULL,
    host       TEXT NOT NULL,
    deadline   TEXT NOT NULL,
    PRIMARY KEY (tenant, key, n)
) STRICT;

-- Whatever there is of an effect, wherever it stands.
CREATE VIEW any_effect AS
SELECT tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, ended_at, note FROM effect
UNION ALL
SELECT tenant, key, account, role, kind, body, weight, status, attempt, planned_at, due_at, ended_at, note FROM effect_history;

CREATE VIEW any_attempt AS
SELECT tenant, key, n, place, plugin, batch, request, started_at, ended_at, outcome, text, performer, host, deadline FROM attempt
UNION ALL
SELECT tenant, key, n, place, plugin, batch, request, started_at, ended_at, outcome, text, performer, host, deadline FROM attempt_history;

-- Which bodies are old.
CREATE INDEX inbox_with_body ON inbox (tenant, received_at) WHERE body <> '';
