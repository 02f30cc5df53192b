-- Who uses the engine, and the agents that answer for them.

CREATE TABLE organisations (
  id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
  name TEXT NOT NULL,
  credit_seconds ${bigint} NOT NULL
)${table};

CREATE TABLE agents (
  org_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL CHECK (id <> ''),
  name TEXT NOT NULL,
  phone_number TEXT NOT NULL, -- E.164; empty: the agent answers no number
  language TEXT NOT NULL,     -- BCP 47
  voice TEXT NOT NULL,
  model TEXT NOT NULL,
  script TEXT NOT NULL,
  active ${boolean} NOT NULL,
  PRIMARY KEY (org_id, id)
)${table};

-- One number rings at one agent.
CREATE UNIQUE INDEX agents_by_number ON agents (phone_number)
  WHERE active AND phone_number <> '';
