-- Who pays for calls, who may change what, and at which numbers agents answer.

CREATE TABLE plans (
  id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
  included_seconds ${bigint} NOT NULL CHECK (included_seconds >= 0), -- granted with each paid invoice
  -- How a call is rounded, a carrier's "60/6": for `minimum_seconds` at least,
  -- then in steps of `increment_seconds`.
  minimum_seconds ${bigint} NOT NULL CHECK (minimum_seconds >= 0),
  increment_seconds ${bigint} NOT NULL CHECK (increment_seconds > 0)
)${table};

INSERT INTO plans (id, included_seconds, minimum_seconds, increment_seconds) VALUES
  ('PREPAID', 0, 0, 1),
  ('STARTER', 60000, 0, 1),
  ('PRO', 300000, 0, 1),
  ('ENTERPRISE', 1200000, 0, 1);

-- `credit_seconds` can be reserved by calls; `reserved_seconds` is held for
-- calls that are on the line; `owed_seconds` was talked beyond both, or taken
-- back when it was used already: the next grant pays it first.
ALTER TABLE organisations ADD COLUMN version ${bigint} NOT NULL DEFAULT 0;
ALTER TABLE organisations ADD COLUMN reserved_seconds ${bigint} NOT NULL DEFAULT 0
  CHECK (reserved_seconds >= 0 AND credit_seconds >= 0);
ALTER TABLE organisations ADD COLUMN owed_seconds ${bigint} NOT NULL DEFAULT 0 CHECK (owed_seconds >= 0);
ALTER TABLE organisations ADD COLUMN plan TEXT NOT NULL DEFAULT 'PREPAID'; -- plans.id
ALTER TABLE organisations ADD COLUMN subscription_status TEXT NOT NULL DEFAULT ''; -- Stripe's word
ALTER TABLE organisations ADD COLUMN stripe_customer_id TEXT;
ALTER TABLE organisations ADD COLUMN stripe_subscription_id TEXT;
ALTER TABLE organisations ADD COLUMN low_balance_seconds ${bigint} NOT NULL DEFAULT 600;
ALTER TABLE organisations ADD COLUMN low_balance_told ${boolean} NOT NULL DEFAULT FALSE;
ALTER TABLE organisations ADD COLUMN created_at ${timestamp} NOT NULL DEFAULT 0;
ALTER TABLE organisations ADD COLUMN deleted_at ${timestamp}; -- null: alive

CREATE UNIQUE INDEX organisations_by_customer ON organisations (stripe_customer_id)
  WHERE stripe_customer_id IS NOT NULL;

CREATE TABLE users (
  org_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL CHECK (id <> ''), -- the identity provider's `sub`
  email TEXT NOT NULL,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'viewer')),
  created_at ${timestamp} NOT NULL,
  deleted_at ${timestamp},
  PRIMARY KEY (org_id, id)
)${table};

CREATE INDEX users_by_id ON users (id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_by_email ON users (org_id, email) WHERE deleted_at IS NULL AND email <> '';

ALTER TABLE agents ADD COLUMN prompt TEXT NOT NULL DEFAULT '';
ALTER TABLE agents ADD COLUMN tools ${json} NOT NULL DEFAULT '[]';
ALTER TABLE agents ADD COLUMN llm_config ${json} NOT NULL DEFAULT '{}';
ALTER TABLE agents ADD COLUMN flow ${json} NOT NULL DEFAULT '{}';
ALTER TABLE agents ADD COLUMN version ${bigint} NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN created_at ${timestamp} NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN updated_at ${timestamp} NOT NULL DEFAULT 0;
ALTER TABLE agents ADD COLUMN deleted_at ${timestamp};

-- Numbers that an organisation holds beside the one of each agent's row.
CREATE TABLE phone_numbers (
  number TEXT PRIMARY KEY NOT NULL CHECK (number <> ''), -- E.164
  org_id TEXT NOT NULL REFERENCES organisations (id),
  agent_id TEXT,               -- null: nobody answers it yet
  carrier TEXT NOT NULL,       -- twilio, exotel...
  carrier_id TEXT NOT NULL,    -- Twilio's PN sid
  created_at ${timestamp} NOT NULL,
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id)
)${table};

CREATE INDEX phone_numbers_by_org ON phone_numbers (org_id, number);

ALTER TABLE conversations ADD COLUMN fence ${bigint} NOT NULL DEFAULT 0; -- of the node that may write
ALTER TABLE conversations ADD COLUMN node TEXT NOT NULL DEFAULT '';
ALTER TABLE conversations ADD COLUMN carrier TEXT NOT NULL DEFAULT 'twilio'; -- whose price the seconds have
ALTER TABLE conversations ADD COLUMN cost_micro ${bigint} NOT NULL DEFAULT 0; -- sum of its cost_events
ALTER TABLE messages ADD COLUMN latency_ms ${bigint} NOT NULL DEFAULT 0; -- to the answer's first sound

CREATE INDEX conversations_by_org ON conversations (org_id, started_at, call_id);
CREATE INDEX conversations_by_agent ON conversations (org_id, agent_id, started_at, call_id);

-- A call's recordings, newest first, without a look at the organisation's others.
DROP INDEX recordings_by_call;
CREATE INDEX recordings_by_call ON recordings (org_id, call_id, created_at);
