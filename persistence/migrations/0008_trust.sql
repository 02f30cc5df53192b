-- Who did what, and what people allowed.

-- Each row carries the hash of the one before, so that no row can be changed or
-- taken out without `velox audit verify` finding it.
CREATE TABLE audit_log (
  org_id TEXT NOT NULL, -- "": the engine as a whole
  sequence ${bigint} NOT NULL CHECK (sequence > 0),
  at ${timestamp} NOT NULL,
  actor TEXT NOT NULL,   -- user id, "cli", "stripe", "engine"
  action TEXT NOT NULL,  -- "org.credit"
  subject TEXT NOT NULL, -- what it was done to
  detail ${json} NOT NULL,
  previous_hash TEXT NOT NULL, -- hex; of the first row: 64 zeros
  hash TEXT NOT NULL,          -- SHA-256, hex
  PRIMARY KEY (org_id, sequence)
)${table};

CREATE TABLE tool_permissions (
  org_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  tool TEXT NOT NULL CHECK (tool <> ''),
  allowed ${boolean} NOT NULL,
  calls_per_day ${bigint} NOT NULL, -- 0: no limit
  changed_at ${timestamp} NOT NULL,
  PRIMARY KEY (org_id, agent_id, tool),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id)
)${table};

CREATE TABLE consents (
  org_id TEXT NOT NULL REFERENCES organisations (id),
  phone_number TEXT NOT NULL CHECK (phone_number <> ''), -- E.164
  purpose TEXT NOT NULL CHECK (purpose IN ('recording', 'calls', 'marketing', 'storage')),
  given ${boolean} NOT NULL,
  at ${timestamp} NOT NULL,
  call_id TEXT NOT NULL,  -- empty: not in a call
  evidence TEXT NOT NULL, -- how it was given
  PRIMARY KEY (org_id, phone_number, purpose, at)
)${table};

CREATE TABLE dnd_checks (
  org_id TEXT NOT NULL REFERENCES organisations (id),
  phone_number TEXT NOT NULL CHECK (phone_number <> ''),
  purpose TEXT NOT NULL CHECK (purpose IN ('promotional', 'service', 'transactional')),
  verdict TEXT NOT NULL CHECK (verdict IN ('allow', 'deny', 'unknown')),
  reason TEXT NOT NULL,
  evidence_id TEXT NOT NULL,
  checked_at ${timestamp} NOT NULL,
  expires_at ${timestamp} NOT NULL,
  PRIMARY KEY (org_id, phone_number, purpose, checked_at)
)${table};
