-- A decision that says what the newest one said is counted, not kept again. The lane knows the newest one: by a hash of what it
-- says, and by its place in the ring, `decisions` (written so far) less one, modulo the ring's size.
ALTER TABLE lane ADD COLUMN decisions BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lane ADD COLUMN newest TEXT;
ALTER TABLE lane ADD COLUMN newest_times BIGINT NOT NULL DEFAULT 1;
ALTER TABLE lane ADD COLUMN newest_at TEXT COLLATE "C";
UPDATE lane SET decisions = fence + 1;
-- Of a decision that is not the newest any more.
ALTER TABLE decision ADD COLUMN times BIGINT NOT NULL DEFAULT 1;
ALTER TABLE decision ADD COLUMN last_at TEXT COLLATE "C";
