CREATE TABLE access_tokens (
    token_hash bytea CONSTRAINT access_tokens_pkey PRIMARY KEY
        CONSTRAINT access_tokens_token_hash_check CHECK (octet_length(token_hash) = 32),
    tenant_id uuid NOT NULL CONSTRAINT access_tokens_tenant_id_fkey REFERENCES tenants (tenant_id),
    person_id uuid NOT NULL,
    name text NOT NULL CONSTRAINT access_tokens_name_check CHECK (char_length(name) BETWEEN 1 AND 80),
    scopes text[] NOT NULL CONSTRAINT access_tokens_scopes_check
        CHECK (cardinality(scopes) > 0 AND scopes <@ ARRAY['read', 'write', 'feed']),
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    expires_at timestamptz NOT NULL
);

COMMENT ON TABLE access_tokens IS 'What other programs show in place of a person. Global: it is read before the region is known.';
COMMENT ON COLUMN access_tokens.token_hash IS 'SHA-256 of the token, so that a copy of the table lets nobody in.';
COMMENT ON COLUMN access_tokens.last_used_at IS 'To the minute: not every request writes.';

-- Serves listing a region's tokens.
CREATE INDEX access_tokens_tenant_id_idx ON access_tokens (tenant_id, created_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON access_tokens TO samspor_app;
