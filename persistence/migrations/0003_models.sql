-- Who answered, and what it cost; empty and 0 for what no model said.

ALTER TABLE messages ADD COLUMN model TEXT NOT NULL DEFAULT '';
ALTER TABLE messages ADD COLUMN prompt_tokens ${bigint} NOT NULL DEFAULT 0;
ALTER TABLE messages ADD COLUMN completion_tokens ${bigint} NOT NULL DEFAULT 0;
