-- Published versions of policies. The one with the greatest place is the current one; accounts in flight keep theirs.
CREATE TABLE policy (
    tenant  TEXT NOT NULL,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,
    place   INTEGER NOT NULL,
    text    TEXT NOT NULL,
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,
    because TEXT NOT NULL,
    PRIMARY KEY (tenant, name, version)
) STRICT, WITHOUT ROWID;
