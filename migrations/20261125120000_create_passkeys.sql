-- Passkeys: how an account that came in once by a letter signs in the next time. Global, like the account; public keys
-- only, so a copy of the tables opens nothing.
CREATE TABLE passkeys (
    passkey_id uuid CONSTRAINT passkeys_pkey PRIMARY KEY,
    account_id uuid NOT NULL CONSTRAINT passkeys_account_id_fkey REFERENCES accounts ON DELETE CASCADE,
    credential bytea NOT NULL CONSTRAINT passkeys_credential_key UNIQUE
        CONSTRAINT passkeys_credential_check CHECK (octet_length(credential) BETWEEN 16 AND 1023),
    public_key bytea NOT NULL,
    state bytea NOT NULL CONSTRAINT passkeys_state_check CHECK (octet_length(state) = 7),
    agent text NOT NULL CONSTRAINT passkeys_agent_check CHECK (length(agent) <= 200),
    created_at timestamptz NOT NULL,
    used_at timestamptz
);

COMMENT ON TABLE passkeys IS 'Passkeys of accounts. Global.';
COMMENT ON COLUMN passkeys.state IS 'What changes with each use: the counter of signatures, whether it is backed up.';
COMMENT ON COLUMN passkeys.agent IS 'What the browser that made it calls itself, for the owner''s list.';

CREATE INDEX passkeys_account_id_idx ON passkeys (account_id);

CREATE TABLE passkey_challenges (
    challenge_hash bytea CONSTRAINT passkey_challenges_pkey PRIMARY KEY
        CONSTRAINT passkey_challenges_challenge_hash_check CHECK (octet_length(challenge_hash) = 32),
    account_id uuid CONSTRAINT passkey_challenges_account_id_fkey REFERENCES accounts ON DELETE CASCADE,
    browser_hash bytea NOT NULL,
    state bytea NOT NULL,
    expires_at timestamptz NOT NULL
);

COMMENT ON TABLE passkey_challenges IS 'What a passkey is to sign, once. Global. Used ones are deleted.';
COMMENT ON COLUMN passkey_challenges.account_id IS 'Who adds a passkey; null where somebody signs in.';
COMMENT ON COLUMN passkey_challenges.browser_hash IS 'SHA-256 of the cookie of the browser that asked; no other may use it.';

CREATE INDEX passkey_challenges_account_id_idx ON passkey_challenges (account_id);
CREATE INDEX passkey_challenges_expires_at_idx ON passkey_challenges (expires_at);

ALTER TABLE sessions
    DROP CONSTRAINT sessions_how_check,
    ADD CONSTRAINT sessions_how_check CHECK (how IN ('demo', 'mail', 'invitation', 'provider', 'passkey'));

GRANT SELECT, INSERT, UPDATE, DELETE ON passkeys, passkey_challenges TO samspor_app;
