-- What must reach the outside exactly once in effect, and what came from there.

CREATE TABLE webhook_endpoints (
  org_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL CHECK (id <> ''),
  url TEXT NOT NULL CHECK (url <> ''),
  secret_sealed TEXT NOT NULL,     -- AES-256-GCM, base64; of a whsec_ secret
  old_secret_sealed TEXT NOT NULL, -- signs too while a secret is changed; empty: none
  disabled_because TEXT NOT NULL,  -- empty: it is used
  created_at ${timestamp} NOT NULL,
  deleted_at ${timestamp},
  PRIMARY KEY (org_id, id)
)${table};

CREATE TABLE outbox (
  id ${identity},
  org_id TEXT NOT NULL REFERENCES organisations (id),
  event_id TEXT NOT NULL CHECK (event_id <> ''), -- the webhook-id; the same for every attempt
  kind TEXT NOT NULL,                            -- call.started, call.ended, balance.low...
  call_id TEXT NOT NULL,
  body ${json} NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('pending', 'delivered', 'dead')),
  attempts ${bigint} NOT NULL,
  next_attempt_at ${timestamp} NOT NULL,
  last_problem TEXT NOT NULL, -- empty: none yet
  created_at ${timestamp} NOT NULL,
  finished_at ${timestamp},
  UNIQUE (org_id, event_id)
)${table};

CREATE INDEX outbox_due ON outbox (next_attempt_at, id) WHERE status = 'pending';
CREATE INDEX outbox_dead ON outbox (org_id, id) WHERE status = 'dead';
CREATE INDEX outbox_by_call ON outbox (org_id, call_id, id) WHERE status = 'pending' AND call_id <> '';
CREATE INDEX outbox_by_org ON outbox (org_id, id);

-- What others told us: one row per event, whatever the number of deliveries.
CREATE TABLE webhook_deliveries (
  source TEXT NOT NULL, -- stripe
  event_id TEXT NOT NULL CHECK (event_id <> ''),
  kind TEXT NOT NULL,
  object_id TEXT NOT NULL,
  body ${json} NOT NULL,
  created ${bigint} NOT NULL, -- by the sender's clock, Unix seconds
  received_at ${timestamp} NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('received', 'applied', 'ignored', 'waiting', 'failed')),
  attempts ${bigint} NOT NULL,
  next_attempt_at ${timestamp} NOT NULL,
  problem TEXT NOT NULL,
  waits_for TEXT NOT NULL, -- cus_, in_, pi_...: tried at once when it becomes known
  PRIMARY KEY (source, event_id)
)${table};

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (next_attempt_at)
  WHERE status IN ('received', 'waiting');
CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (waits_for)
  WHERE status = 'waiting';
CREATE INDEX webhook_deliveries_failed ON webhook_deliveries (received_at)
  WHERE status = 'failed';

-- What was paid for talk time, so that a refund knows what to take back.
CREATE TABLE stripe_payments (
  id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''), -- the invoice or the checkout session
  org_id TEXT NOT NULL REFERENCES organisations (id),
  payment_intent TEXT NOT NULL,
  charge TEXT NOT NULL,
  amount ${bigint} NOT NULL,   -- minor units of the currency
  currency TEXT NOT NULL,
  seconds ${bigint} NOT NULL,  -- granted for it
  refunded ${bigint} NOT NULL, -- of the amount, as far as it was applied
  withdrawn_seconds ${bigint} NOT NULL,
  created_at ${timestamp} NOT NULL
)${table};

CREATE INDEX stripe_payments_by_intent ON stripe_payments (payment_intent) WHERE payment_intent <> '';
CREATE INDEX stripe_payments_by_charge ON stripe_payments (charge) WHERE charge <> '';
CREATE INDEX stripe_payments_by_org ON stripe_payments (org_id, created_at);

-- Subscriptions as the newest applied event of each tells: older ones change
-- nothing. The organisation's plan follows from them.
CREATE TABLE stripe_objects (
  id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''), -- sub_...
  org_id TEXT NOT NULL REFERENCES organisations (id),
  plan TEXT NOT NULL,   -- plans.id; empty: not known yet
  status TEXT NOT NULL, -- Stripe's word; empty: not known yet
  last_created ${bigint} NOT NULL, -- Unix seconds
  ended ${boolean} NOT NULL        -- deleted: nothing follows
)${table};

CREATE INDEX stripe_objects_by_org ON stripe_objects (org_id, last_created);
