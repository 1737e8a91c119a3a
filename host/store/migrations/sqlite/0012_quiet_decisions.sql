-- A decision that says what the newest one said is counted, not kept again. The lane knows the newest one: by a hash of what it
-- says, and by its place in the ring, `decisions` (written so far) less one, modulo the ring's size.
ALTER TABLE lane ADD COLUMN decisions INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lane ADD COLUMN newest TEXT;
ALTER TABLE lane ADD COLUMN newest_times INTEGER NOT NULL DEFAULT 1;
ALTER TABLE lane ADD COLUMN newest_at TEXT;
UPDATE lane SET decisions = fence + 1;
-- Of a decision that is not the newest any more.
ALTER TABLE decision ADD COLUMN times INTEGER NOT NULL DEFAULT 1;
ALTER TABLE decision ADD COLUMN last_at TEXT;

-- Who has a lane is known in the memory of the one process that has the file; `owner` and `lease_until` are not written any more.
UPDATE lane SET owner = NULL, lease_until = NULL WHERE owner IS NOT NULL;
