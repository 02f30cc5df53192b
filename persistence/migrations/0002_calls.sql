-- Calls: one conversation each, what was said, and what happened when.

CREATE TABLE conversations (
  call_id TEXT PRIMARY KEY NOT NULL CHECK (call_id <> ''),
  org_id TEXT NOT NULL,
  agent_id TEXT NOT NULL,
  caller TEXT NOT NULL,
  called TEXT NOT NULL,
  status TEXT NOT NULL
    CHECK (status IN ('ACTIVE', 'COMPLETED', 'FAILED', 'ABANDONED')),
  started_at ${timestamp} NOT NULL,
  ended_at ${timestamp}, -- null while the call is live
  ended_because TEXT NOT NULL,
  explanation TEXT NOT NULL,
  transfer_to TEXT NOT NULL,
  billed_seconds ${bigint} NOT NULL,
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id),
  -- What belongs to a call refers to this pair, so it cannot carry another
  -- organisation's id than its call.
  UNIQUE (org_id, call_id),
  CHECK ((status = 'ACTIVE') = (ended_at IS NULL))
)${table};

-- The live ones are few among all that ever were.
CREATE INDEX conversations_active ON conversations (call_id)
  WHERE status = 'ACTIVE';

CREATE TABLE messages (
  call_id TEXT NOT NULL,
  turn ${bigint} NOT NULL,
  role TEXT NOT NULL CHECK (role <> ''),
  org_id TEXT NOT NULL,
  text TEXT NOT NULL,
  heard TEXT NOT NULL,  -- played out to the caller
  sent TEXT NOT NULL,   -- given to the carrier, dropped before it was played
  unsent TEXT NOT NULL, -- never left the engine
  at ${timestamp} NOT NULL,
  PRIMARY KEY (call_id, turn, role),
  FOREIGN KEY (org_id, call_id) REFERENCES conversations (org_id, call_id)
)${table};

CREATE TABLE call_events (
  call_id TEXT NOT NULL,
  sequence ${bigint} NOT NULL CHECK (sequence > 0),
  org_id TEXT NOT NULL,
  at ${timestamp} NOT NULL,
  kind TEXT NOT NULL,
  turn ${bigint} NOT NULL,
  detail ${json} NOT NULL,
  PRIMARY KEY (call_id, sequence),
  FOREIGN KEY (org_id, call_id) REFERENCES conversations (org_id, call_id)
)${clustered_table};
