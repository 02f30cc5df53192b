-- Talk time as a double-entry ledger in whole seconds, and what calls cost us.
-- Every entry's postings sum to zero; entries are only ever added.

CREATE TABLE ledger_accounts (
  org_id TEXT NOT NULL REFERENCES organisations (id),
  -- granted: bought or given (negative); available: organisations.credit_seconds;
  -- reserved: held for live calls; used: talked; owed: talked or taken back
  -- without cover (negative); withdrawn: taken back by refunds.
  name TEXT NOT NULL CHECK (name IN ('granted', 'available', 'reserved', 'used', 'owed', 'withdrawn')),
  PRIMARY KEY (org_id, name)
)${table};

CREATE TABLE ledger_entries (
  id ${identity},
  org_id TEXT NOT NULL REFERENCES organisations (id),
  key TEXT NOT NULL CHECK (key <> ''), -- whoever asks again with the same key changes nothing
  kind TEXT NOT NULL CHECK (kind IN ('grant', 'withdraw', 'reserve', 'tick', 'settle')),
  call_id TEXT NOT NULL, -- empty: no call's
  tick ${bigint} NOT NULL,
  at ${timestamp} NOT NULL,
  note TEXT NOT NULL,
  UNIQUE (org_id, key),
  UNIQUE (org_id, id)
)${table};

CREATE INDEX ledger_entries_by_call ON ledger_entries (org_id, call_id, id) WHERE call_id <> '';

CREATE TABLE ledger_postings (
  entry_id ${bigint} NOT NULL,
  account TEXT NOT NULL,
  org_id TEXT NOT NULL,
  seconds ${bigint} NOT NULL CHECK (seconds <> 0),
  PRIMARY KEY (entry_id, account),
  FOREIGN KEY (org_id, entry_id) REFERENCES ledger_entries (org_id, id),
  FOREIGN KEY (org_id, account) REFERENCES ledger_accounts (org_id, name)
)${table};

CREATE INDEX ledger_postings_by_account ON ledger_postings (org_id, account);

-- Credit from before there was a ledger.
INSERT INTO ledger_accounts (org_id, name)
  SELECT o.id, a.name FROM organisations o
  CROSS JOIN (SELECT 'granted' AS name UNION ALL SELECT 'available') a
  WHERE o.credit_seconds > 0;
INSERT INTO ledger_entries (org_id, key, kind, call_id, tick, at, note)
  SELECT id, 'opening', 'grant', '', 0, 0, 'credit from before the ledger'
  FROM organisations WHERE credit_seconds > 0;
INSERT INTO ledger_postings (entry_id, account, org_id, seconds)
  SELECT e.id, a.name, o.id, a.sign * o.credit_seconds
  FROM ledger_entries e JOIN organisations o ON o.id = e.org_id
  CROSS JOIN (SELECT 'granted' AS name, -1 AS sign UNION ALL SELECT 'available', 1) a;

-- What a call holds, has talked and has paid; one row from before its media
-- socket until for ever. The call's conversation may not exist yet.
CREATE TABLE call_reservations (
  call_id TEXT PRIMARY KEY NOT NULL CHECK (call_id <> ''),
  org_id TEXT NOT NULL REFERENCES organisations (id),
  status TEXT NOT NULL CHECK (status IN ('open', 'settled')),
  leg TEXT NOT NULL, -- the media socket that it is open for: its token's nonce
  held_seconds ${bigint} NOT NULL CHECK (held_seconds >= 0),
  talked_seconds ${bigint} NOT NULL CHECK (talked_seconds >= 0), -- of all legs
  billed_seconds ${bigint} NOT NULL CHECK (billed_seconds >= 0), -- after the plan's rounding
  leg_started_at ${timestamp} NOT NULL, -- 0: the caller is not on the line yet
  leg_base_seconds ${bigint} NOT NULL, -- talked before this leg
  minimum_seconds ${bigint} NOT NULL,  -- the plan's rule when the call began
  increment_seconds ${bigint} NOT NULL CHECK (increment_seconds > 0),
  opened_at ${timestamp} NOT NULL, -- this leg
  settled_at ${timestamp},
  UNIQUE (org_id, call_id),
  CHECK (status = 'open' OR held_seconds = 0)
)${table};

CREATE INDEX call_reservations_open ON call_reservations (call_id) WHERE status = 'open';

-- What vendors charge us: micro-units of the currency per million of the unit.
CREATE TABLE price_lists (
  version ${bigint} PRIMARY KEY NOT NULL,
  currency TEXT NOT NULL, -- ISO 4217
  effective_from ${timestamp} NOT NULL
)${table};

CREATE INDEX price_lists_by_time ON price_lists (effective_from, version);

CREATE TABLE prices (
  version ${bigint} NOT NULL REFERENCES price_lists (version),
  stage TEXT NOT NULL CHECK (stage IN ('carrier', 'stt', 'llm', 'tts', 'tools')),
  product TEXT NOT NULL, -- "deepgram:nova-3"; "*": any other of the stage
  unit TEXT NOT NULL CHECK (unit IN ('second', 'prompt_token', 'completion_token', 'character', 'call')),
  micro_per_million ${bigint} NOT NULL CHECK (micro_per_million >= 0),
  PRIMARY KEY (version, stage, product, unit)
)${table};

CREATE TABLE cost_events (
  call_id TEXT NOT NULL,
  turn ${bigint} NOT NULL, -- 0: the call as a whole
  stage TEXT NOT NULL,
  unit TEXT NOT NULL,
  attempt ${bigint} NOT NULL, -- counts repetitions within the turn, from 0
  org_id TEXT NOT NULL,
  product TEXT NOT NULL,
  quantity ${bigint} NOT NULL CHECK (quantity >= 0),
  cost_micro ${bigint} NOT NULL CHECK (cost_micro >= 0),
  price_version ${bigint} NOT NULL, -- 0: the product has no price
  at ${timestamp} NOT NULL,
  PRIMARY KEY (call_id, turn, stage, unit, attempt),
  FOREIGN KEY (org_id, call_id) REFERENCES conversations (org_id, call_id)
)${clustered_table};

-- Calls that were billed before there was a ledger: given, and used at once.
INSERT INTO ledger_accounts (org_id, name)
  SELECT DISTINCT c.org_id, a.name FROM conversations c
  CROSS JOIN (SELECT 'granted' AS name UNION ALL SELECT 'used') a
  WHERE c.status <> 'ACTIVE' AND c.billed_seconds > 0
  ON CONFLICT (org_id, name) DO NOTHING;
INSERT INTO call_reservations (call_id, org_id, status, leg, held_seconds, talked_seconds, billed_seconds, leg_started_at,
    leg_base_seconds, minimum_seconds, increment_seconds, opened_at, settled_at)
  SELECT call_id, org_id, 'settled', '', 0, billed_seconds, billed_seconds, started_at, 0, 0, 1, started_at, ended_at
  FROM conversations WHERE status <> 'ACTIVE' AND billed_seconds > 0;
INSERT INTO ledger_entries (org_id, key, kind, call_id, tick, at, note)
  SELECT org_id, 'opening:' || call_id, 'settle', call_id, 0, settled_at, 'talk from before the ledger'
  FROM call_reservations;
INSERT INTO ledger_postings (entry_id, account, org_id, seconds)
  SELECT e.id, 'granted', e.org_id, -r.billed_seconds
  FROM ledger_entries e JOIN call_reservations r ON r.call_id = e.call_id;
INSERT INTO ledger_postings (entry_id, account, org_id, seconds)
  SELECT e.id, 'used', e.org_id, r.billed_seconds
  FROM ledger_entries e JOIN call_reservations r ON r.call_id = e.call_id;
