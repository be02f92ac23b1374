-- Providers of OpenID Connect that a region's people sign in with. Read before anybody is known, so these tables are
-- global; a provider's secret is sealed with the installation's key.
CREATE TABLE providers (
    provider_id uuid CONSTRAINT providers_pkey PRIMARY KEY,
    tenant_id uuid NOT NULL CONSTRAINT providers_tenant_id_fkey REFERENCES tenants,
    kind text NOT NULL CONSTRAINT providers_kind_check CHECK (kind IN ('feide', 'id_porten', 'entra', 'other')),
    label text NOT NULL CONSTRAINT providers_label_check CHECK (length(label) BETWEEN 1 AND 80),
    issuer text NOT NULL CONSTRAINT providers_issuer_check CHECK (length(issuer) BETWEEN 1 AND 500),
    client_id text NOT NULL CONSTRAINT providers_client_id_check CHECK (length(client_id) BETWEEN 1 AND 500),
    secret bytea,
    scopes text NOT NULL CONSTRAINT providers_scopes_check CHECK (length(scopes) <= 500),
    organisation_claim text CONSTRAINT providers_organisation_claim_check CHECK (length(organisation_claim) <= 200),
    required_claim text CONSTRAINT providers_required_claim_check CHECK (length(required_claim) <= 200),
    required_value text CONSTRAINT providers_required_value_check CHECK (length(required_value) <= 200),
    created_at timestamptz NOT NULL,
    CONSTRAINT providers_tenant_id_issuer_key UNIQUE (tenant_id, issuer),
    CONSTRAINT providers_required_check CHECK ((required_claim IS NULL) = (required_value IS NULL))
);

COMMENT ON TABLE providers IS 'With whom a region''s people sign in. Global: read before the region is known.';
COMMENT ON COLUMN providers.secret IS 'The client''s secret, sealed with the installation''s key; null for a public client.';
COMMENT ON COLUMN providers.organisation_claim IS 'The claim that names where somebody works.';
COMMENT ON COLUMN providers.required_claim IS 'Only whoever has this claim with this value is let in by an organisation.';

CREATE TABLE provider_organisations (
    provider_id uuid NOT NULL
        CONSTRAINT provider_organisations_provider_id_fkey REFERENCES providers ON DELETE CASCADE,
    value text NOT NULL CONSTRAINT provider_organisations_value_check CHECK (length(value) BETWEEN 1 AND 500),
    organisation_id uuid NOT NULL,
    role text NOT NULL CONSTRAINT provider_organisations_role_check CHECK (length(role) <= 40),
    CONSTRAINT provider_organisations_pkey PRIMARY KEY (provider_id, value)
);

COMMENT ON TABLE provider_organisations IS
    'Who comes with this value in the provider''s organisation claim works there, as this. Global with its provider.';

CREATE TABLE authorisations (
    state_hash bytea CONSTRAINT authorisations_pkey PRIMARY KEY
        CONSTRAINT authorisations_state_hash_check CHECK (octet_length(state_hash) = 32),
    provider_id uuid NOT NULL CONSTRAINT authorisations_provider_id_fkey REFERENCES providers ON DELETE CASCADE,
    browser_hash bytea NOT NULL
        CONSTRAINT authorisations_browser_hash_check CHECK (octet_length(browser_hash) = 32),
    sealed bytea NOT NULL,
    account_id uuid CONSTRAINT authorisations_account_id_fkey REFERENCES accounts ON DELETE CASCADE,
    invitation bytea,
    expires_at timestamptz NOT NULL
);

COMMENT ON TABLE authorisations IS 'Who is at a provider just now. Global; each is used once.';
COMMENT ON COLUMN authorisations.sealed IS 'The nonce and the secret of PKCE, sealed with the installation''s key.';
COMMENT ON COLUMN authorisations.account_id IS 'The account that gets one more way in.';
COMMENT ON COLUMN authorisations.invitation IS 'SHA-256 of the token of the invitation that is taken this way.';

CREATE INDEX authorisations_expires_at_idx ON authorisations (expires_at);

ALTER TABLE sessions
    ADD COLUMN provider_id uuid CONSTRAINT sessions_provider_id_fkey REFERENCES providers ON DELETE SET NULL,
    ADD COLUMN id_token bytea;

COMMENT ON COLUMN sessions.id_token IS 'What the provider said, sealed with the installation''s key: signing out there needs it.';

GRANT SELECT, INSERT, UPDATE, DELETE ON providers, provider_organisations, authorisations TO samspor_app;
