-- Sign-in is of the whole installation: one account, a person in each region it belongs to. Read before the region is
-- known, so these tables are global; they hold neither names nor addresses, only keyed hashes.
CREATE TABLE accounts (
    account_id uuid CONSTRAINT accounts_pkey PRIMARY KEY,
    created_at timestamptz NOT NULL
);

COMMENT ON TABLE accounts IS 'Who can sign in. Global.';

CREATE TABLE identities (
    issuer text NOT NULL CONSTRAINT identities_issuer_check CHECK (length(issuer) BETWEEN 1 AND 500),
    subject bytea NOT NULL CONSTRAINT identities_subject_check CHECK (octet_length(subject) = 32),
    account_id uuid NOT NULL CONSTRAINT identities_account_id_fkey REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    used_at timestamptz NOT NULL,
    CONSTRAINT identities_pkey PRIMARY KEY (issuer, subject)
);

COMMENT ON TABLE identities IS 'How an account proves who it is: by a provider, or by reading an e-mail. Global.';
COMMENT ON COLUMN identities.issuer IS 'The provider''s address; mailto for an e-mail address.';
COMMENT ON COLUMN identities.subject IS 'Keyed hash of what the provider calls the account, or of the address.';

CREATE INDEX identities_account_id_idx ON identities (account_id);

CREATE TABLE memberships (
    tenant_id uuid NOT NULL CONSTRAINT memberships_tenant_id_fkey REFERENCES tenants,
    person_id uuid NOT NULL,
    account_id uuid NOT NULL CONSTRAINT memberships_account_id_fkey REFERENCES accounts ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    CONSTRAINT memberships_pkey PRIMARY KEY (tenant_id, person_id),
    CONSTRAINT memberships_account_id_tenant_id_key UNIQUE (account_id, tenant_id)
);

COMMENT ON TABLE memberships IS 'Which person of a region an account is. Global: it is read before the region is known.';

CREATE TABLE links (
    token_hash bytea CONSTRAINT links_pkey PRIMARY KEY
        CONSTRAINT links_token_hash_check CHECK (octet_length(token_hash) = 32),
    purpose text NOT NULL CONSTRAINT links_purpose_check CHECK (purpose IN ('sign_in', 'invitation')),
    subject bytea,
    tenant_id uuid CONSTRAINT links_tenant_id_fkey REFERENCES tenants,
    person_id uuid,
    browser_hash bytea,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CONSTRAINT links_invitation_check
        CHECK (purpose <> 'invitation' OR (tenant_id IS NOT NULL AND person_id IS NOT NULL))
);

COMMENT ON TABLE links IS 'Links that work once. Global. Used ones are deleted.';
COMMENT ON COLUMN links.token_hash IS 'SHA-256 of the link''s token, so that a copy of the table opens nothing.';
COMMENT ON COLUMN links.subject IS 'Keyed hash of the address it was sent to.';
COMMENT ON COLUMN links.browser_hash IS 'SHA-256 of the cookie of the browser that asked; no other may use it.';

CREATE INDEX links_expires_at_idx ON links (expires_at);
CREATE INDEX links_tenant_id_person_id_idx ON links (tenant_id, person_id);

ALTER TABLE sessions
    ADD COLUMN session_id uuid NOT NULL DEFAULT gen_random_uuid() CONSTRAINT sessions_session_id_key UNIQUE,
    ADD COLUMN account_id uuid CONSTRAINT sessions_account_id_fkey REFERENCES accounts ON DELETE CASCADE,
    ADD COLUMN how text NOT NULL DEFAULT 'demo'
        CONSTRAINT sessions_how_check CHECK (how IN ('demo', 'mail', 'invitation', 'provider')),
    ADD COLUMN agent text NOT NULL DEFAULT '' CONSTRAINT sessions_agent_check CHECK (length(agent) <= 200),
    ADD COLUMN seen_at timestamptz;

COMMENT ON COLUMN sessions.account_id IS 'Whose; null for a demo person''s, which has its region and person in the row.';
COMMENT ON COLUMN sessions.agent IS 'What the browser calls itself, for the owner''s list.';

CREATE INDEX sessions_account_id_idx ON sessions (account_id);

-- Keys of the installation itself, wrapped by the master key.
CREATE TABLE keys.installation_keys (
    purpose text CONSTRAINT installation_keys_pkey PRIMARY KEY,
    wrapped bytea NOT NULL
);

COMMENT ON TABLE keys.installation_keys IS 'Keys of no region: what hashes addresses and seals letters. Global.';

GRANT SELECT, INSERT, UPDATE, DELETE ON accounts, identities, memberships, links TO samspor_app;
GRANT SELECT, INSERT, UPDATE ON keys.installation_keys TO samspor_app;
