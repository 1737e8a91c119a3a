-- Published versions of policies. The one with the greatest place is the current one; accounts in flight keep theirs.
CREATE TABLE policy (
    tenant  TEXT COLLATE "C" NOT NULL,
    name    TEXT COLLATE "C" NOT NULL,
    version TEXT COLLATE "C" NOT NULL,
    place   BIGINT NOT NULL,
    text    TEXT NOT NULL,
    at      TEXT COLLATE "C" NOT NULL,
    who     TEXT NOT NULL,
    because TEXT NOT NULL,
    PRIMARY KEY (tenant, name, version)
);
