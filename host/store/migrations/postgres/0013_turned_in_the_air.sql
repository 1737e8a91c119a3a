-- What an effect in the air becomes if it comes back: while it was out, a decision took it back or its time was over.
ALTER TABLE effect ADD COLUMN turned TEXT COLLATE "C";
