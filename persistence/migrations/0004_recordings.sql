-- Which file holds the sound of which call, and until when. The files are in the
-- recordings' directory; no row, no right to them.

CREATE TABLE recordings (
  file TEXT PRIMARY KEY NOT NULL CHECK (file <> ''),
  org_id TEXT NOT NULL,
  call_id TEXT NOT NULL,
  key_id TEXT NOT NULL,           -- of the key that opens it
  duration_ms ${bigint} NOT NULL, -- 0: the call is live, or a crash cut it off
  size ${bigint} NOT NULL,
  created_at ${timestamp} NOT NULL,
  delete_after ${timestamp} NOT NULL,
  FOREIGN KEY (org_id, call_id) REFERENCES conversations (org_id, call_id)
)${table};

CREATE INDEX recordings_by_call ON recordings (org_id, call_id);
CREATE INDEX recordings_by_age ON recordings (org_id, created_at);
CREATE INDEX recordings_due ON recordings (delete_after);
