CREATE TABLE snapshots (
    tenant_id uuid NOT NULL,
    view text NOT NULL,
    key uuid NOT NULL,
    code text NOT NULL,
    position bigint NOT NULL,
    body text NOT NULL,
    CONSTRAINT snapshots_pkey PRIMARY KEY (tenant_id, view, key, code)
);

COMMENT ON TABLE snapshots IS 'Views as folded up to a position. Can be dropped at any time: they are made again.';
COMMENT ON COLUMN snapshots.code IS 'Hash of the source that folded it; another release neither reads nor overwrites it.';

CREATE TABLE drafts (
    tenant_id uuid NOT NULL,
    draft_id uuid NOT NULL,
    person uuid,
    body text NOT NULL CONSTRAINT drafts_body_check CHECK (octet_length(body) <= 131072),
    created_at timestamptz NOT NULL,
    CONSTRAINT drafts_pkey PRIMARY KEY (tenant_id, draft_id)
);

COMMENT ON TABLE drafts IS 'What was typed into a form that was refused, kept for a day.';

-- Serves sweeping old drafts.
CREATE INDEX drafts_created_at_idx ON drafts (tenant_id, created_at);

CREATE TABLE sessions (
    token_hash bytea CONSTRAINT sessions_pkey PRIMARY KEY
        CONSTRAINT sessions_token_hash_check CHECK (octet_length(token_hash) = 32),
    tenant_id uuid CONSTRAINT sessions_tenant_id_fkey REFERENCES tenants (tenant_id),
    person_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);

COMMENT ON TABLE sessions IS 'Who is signed in. Global: it is read before the region is known.';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the cookie''s token, so that a copy of the table signs nobody in.';

-- Serves sweeping expired sessions.
CREATE INDEX sessions_expires_at_idx ON sessions (expires_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON snapshots, drafts, sessions TO samspor_app;
