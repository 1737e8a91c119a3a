-- Everything durable. The tenant (one creditor) is first in every key, so that it can move to another database by copying.
-- Times are ISO 8601 text of the creditor's civil time and compare as text; money is whole minor units beside its currency.

-- What came in, taken once. The body is the report with its source, as JSON.
CREATE TABLE inbox (
    tenant      TEXT NOT NULL,
    connection  TEXT NOT NULL,
    key         TEXT NOT NULL,
    version     TEXT,
    digest      TEXT NOT NULL,
    body        TEXT NOT NULL,
    received_at TEXT NOT NULL,
    PRIMARY KEY (tenant, connection, key)
) STRICT;

-- The journal: appended to, never changed. The hash is SHA-256 of the payload; the virtual columns are for people and queries.
CREATE TABLE event (
    tenant      TEXT NOT NULL,
    account     TEXT NOT NULL,
    seq         INTEGER NOT NULL,
    recorded_at TEXT NOT NULL,
    payload     TEXT NOT NULL,
    hash        BLOB NOT NULL,
    type        TEXT GENERATED ALWAYS AS (payload ->> '$.fact.type') VIRTUAL,
    happened_on TEXT GENERATED ALWAYS AS (payload ->> '$.on') VIRTUAL,
    PRIMARY KEY (tenant, account, seq)
) STRICT;

-- One account: the unit of order and of the lease. `parked` is the reason for which it was set aside.
-- Events after `done_seq` are unread; a lane with unread events is due from the moment they were recorded.
CREATE TABLE lane (
    tenant      TEXT NOT NULL,
    account     TEXT NOT NULL,
    head_seq    INTEGER NOT NULL,
    done_seq    INTEGER NOT NULL,
    next_due_at TEXT,
    owner       TEXT,
    fence       INTEGER NOT NULL,
    lease_until TEXT,
    parked      TEXT,
    PRIMARY KEY (tenant, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX lane_due ON lane (tenant, next_due_at, account) WHERE parked IS NULL AND next_due_at IS NOT NULL;
CREATE INDEX lane_parked ON lane (tenant, account) WHERE parked IS NOT NULL;

-- The account as it stands after `done_seq`, and the row that was made of it for the desk.
CREATE TABLE state (
    tenant   TEXT NOT NULL,
    account  TEXT NOT NULL,
    policy   TEXT NOT NULL,
    snapshot TEXT NOT NULL,
    row      TEXT NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT;

-- The newest decisions of an account: a ring, `slot` = fence modulo its size.
CREATE TABLE decision (
    tenant     TEXT NOT NULL,
    account    TEXT NOT NULL,
    slot       INTEGER NOT NULL,
    fence      INTEGER NOT NULL,
    at         TEXT NOT NULL,
    policy     TEXT NOT NULL,
    seq        INTEGER NOT NULL,
    look_again TEXT,
    because    TEXT NOT NULL,
    PRIMARY KEY (tenant, account, slot)
) STRICT;

-- The outbox. The business key makes an effect exist once.
CREATE TABLE effect (
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
CREATE INDEX effect_due ON effect (tenant, substr(due_at, 1, 10), role, weight DESC, key) WHERE status = 'planned';
CREATE INDEX effect_in_flight ON effect (tenant, key) WHERE status = 'dispatching';
CREATE INDEX effect_by_status ON effect (tenant, status, planned_at);
CREATE INDEX effect_by_account ON effect (tenant, account, planned_at);

-- Every time an effect went out. `place` is its position in the batch: a repeated batch has the same order.
CREATE TABLE attempt (
    tenant     TEXT NOT NULL,
    key        TEXT NOT NULL,
    n          INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    plugin     TEXT NOT NULL,
    batch      TEXT NOT NULL,
    request    TEXT NOT NULL,
    started_at TEXT NOT NULL,
    ended_at   TEXT,
    outcome    TEXT NOT NULL DEFAULT '',
    text       TEXT NOT NULL DEFAULT '',
    performer  TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant, key, n)
) STRICT;

CREATE TABLE cursor (
    tenant     TEXT NOT NULL,
    connection TEXT NOT NULL,
    cursor     TEXT NOT NULL,
    at         TEXT NOT NULL,
    PRIMARY KEY (tenant, connection)
) STRICT, WITHOUT ROWID;

-- A plugin's own memory, changed together with its cursor.
CREATE TABLE kv (
    tenant TEXT NOT NULL,
    plugin TEXT NOT NULL,
    key    TEXT NOT NULL,
    value  BLOB NOT NULL,
    PRIMARY KEY (tenant, plugin, key)
) STRICT;

-- The newest calls of each plugin.
CREATE TABLE plugin_call (
    id       INTEGER PRIMARY KEY,
    tenant   TEXT NOT NULL,
    plugin   TEXT NOT NULL,
    version  TEXT NOT NULL,
    function TEXT NOT NULL,
    at       TEXT NOT NULL,
    micros   INTEGER NOT NULL,
    error    TEXT NOT NULL,
    log      TEXT NOT NULL
) STRICT;
CREATE INDEX plugin_call_newest ON plugin_call (tenant, plugin, id);

-- What could not be taken. `mark` is a hash of what it is about: the same thing again is not counted twice.
CREATE TABLE quarantine (
    id         INTEGER PRIMARY KEY,
    tenant     TEXT NOT NULL,
    mark       BLOB NOT NULL,
    connection TEXT NOT NULL,
    document   TEXT NOT NULL,
    place      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    text       TEXT NOT NULL,
    at         TEXT NOT NULL,
    body       TEXT,
    UNIQUE (tenant, mark)
) STRICT;

-- Control totals: what the other side states beside what was read.
CREATE TABLE total (
    tenant     TEXT NOT NULL,
    connection TEXT NOT NULL,
    name       TEXT NOT NULL,
    stated_on  TEXT NOT NULL,
    currency   TEXT NOT NULL,
    stated     INTEGER NOT NULL,
    counted    INTEGER NOT NULL,
    PRIMARY KEY (tenant, connection, name, stated_on, currency)
) STRICT;
CREATE INDEX total_newest ON total (tenant, stated_on);

-- Money in, by booking day: the sum of the payment-received events.
CREATE TABLE money_in (
    tenant    TEXT NOT NULL,
    booked_on TEXT NOT NULL,
    currency  TEXT NOT NULL,
    minor     INTEGER NOT NULL,
    PRIMARY KEY (tenant, booked_on, currency)
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    tenant TEXT NOT NULL,
    name   TEXT NOT NULL,
    value  TEXT NOT NULL,
    PRIMARY KEY (tenant, name)
) STRICT, WITHOUT ROWID;

-- Views: what follows from the accounts, written again when an account's row changes. `search` is in lower case.
CREATE TABLE account_view (
    tenant        TEXT NOT NULL,
    account       TEXT NOT NULL,
    name          TEXT NOT NULL,
    search        TEXT NOT NULL,
    country       TEXT NOT NULL,
    currency      TEXT NOT NULL,
    open          INTEGER NOT NULL,
    unapplied     INTEGER NOT NULL,
    oldest_due_on TEXT,
    level         TEXT,
    level_rank    INTEGER NOT NULL,
    flags         TEXT NOT NULL,
    PRIMARY KEY (tenant, account)
) STRICT, WITHOUT ROWID;

CREATE TABLE item_view (
    tenant   TEXT NOT NULL,
    account  TEXT NOT NULL,
    invoice  TEXT NOT NULL,
    due_on   TEXT NOT NULL,
    currency TEXT NOT NULL,
    open     INTEGER NOT NULL,
    level    TEXT,
    PRIMARY KEY (tenant, account, invoice)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_by_amount ON item_view (tenant, currency, open, account, invoice) WHERE open > 0;

-- What a payer may quote -> whom it means. An empty invoice means the account itself.
CREATE TABLE reference (
    tenant  TEXT NOT NULL,
    token   TEXT NOT NULL,
    account TEXT NOT NULL,
    invoice TEXT NOT NULL,
    PRIMARY KEY (tenant, token, account, invoice)
) STRICT, WITHOUT ROWID;
CREATE INDEX reference_of ON reference (tenant, account);
