-- What agents can look up. Vectors and full text come with the index over it.

CREATE TABLE knowledge_documents (
  org_id TEXT NOT NULL REFERENCES organisations (id),
  id TEXT NOT NULL CHECK (id <> ''),
  agent_id TEXT, -- null: every agent of the organisation may look into it
  title TEXT NOT NULL,
  source TEXT NOT NULL,  -- URL or file name
  sha256 TEXT NOT NULL,  -- of the source's bytes
  status TEXT NOT NULL CHECK (status IN ('pending', 'ready', 'failed')),
  problem TEXT NOT NULL,
  created_at ${timestamp} NOT NULL,
  updated_at ${timestamp} NOT NULL,
  deleted_at ${timestamp},
  PRIMARY KEY (org_id, id),
  FOREIGN KEY (org_id, agent_id) REFERENCES agents (org_id, id)
)${table};

CREATE TABLE knowledge_chunks (
  org_id TEXT NOT NULL,
  document_id TEXT NOT NULL,
  position ${bigint} NOT NULL CHECK (position >= 0),
  text TEXT NOT NULL,
  embedding_model TEXT NOT NULL, -- empty: none yet
  embedding TEXT NOT NULL,       -- base64 of 32-bit floats, little endian
  PRIMARY KEY (org_id, document_id, position),
  FOREIGN KEY (org_id, document_id) REFERENCES knowledge_documents (org_id, id)
)${table};
