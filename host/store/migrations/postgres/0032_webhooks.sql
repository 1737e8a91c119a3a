-- What other systems told by themselves, as it came, in the order in which a connection heard it. What is old loses its content; the
-- key stays, so that it is still known when it comes again.
CREATE TABLE webhook (
    tenant      TEXT COLLATE "C" NOT NULL,
    connection  TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    seq         BIGINT NOT NULL,
    received_at TEXT COLLATE "C" NOT NULL,
    content     TEXT NOT NULL,
    PRIMARY KEY (tenant, connection, key)
);

CREATE UNIQUE INDEX webhook_in_order ON webhook (tenant, connection, seq);
CREATE INDEX webhook_by_age ON webhook (tenant, received_at) WHERE content <> '';
