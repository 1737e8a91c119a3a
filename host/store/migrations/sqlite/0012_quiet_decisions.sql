-- A decision that says what the newest one said is counted, not kept again. The lane knows the newest one: by a hash of what it
-- says, and by its place in the ring, `decisions` (written so far) less one, modulo the ring's size.
ALTER TABLE lane ADD COLUMN decisions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lane ADD COLUMN newest BLOB;
ALTER TABLE lane ADD COLUMN newest_times INTEGER NOT NULL DEFAULT 1;
ALTER TABLE lane ADD COLUMN newest_at TEXT;
UPDATE lane SET decisions = fence + 1;
-- Of a decision that is not the newest any more.
ALTER TABLE decision ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
ALTER TABLE decision ADD COLUMN last_at TEXT;

-- Leases are given back at the start: found without looking at every lane.
CREATE INDEX lane_leased ON lane (tenant, account) WHERE owner IS NOT NULL;
