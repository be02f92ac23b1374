-- How far each follower has come in each region, and which process works for it. Global beside `feed_heads`, for the
-- same query and as empty of anything that belongs to a region: ids, numbers, times, a process's own random id. What a
-- follower stumbled over is a region's own and lies in `parked`.
CREATE TABLE followers (
    tenant_id uuid NOT NULL CONSTRAINT followers_tenant_id_fkey REFERENCES tenants (tenant_id),
    name text NOT NULL CONSTRAINT followers_name_check CHECK (name ~ '^[a-z_]{1,40}$'),
    position bigint NOT NULL CONSTRAINT followers_position_check CHECK (position >= 0),
    fence bigint NOT NULL CONSTRAINT followers_fence_check CHECK (fence > 0),
    holder uuid NOT NULL,
    leased_until timestamptz NOT NULL,
    retry_at timestamptz,
    parked integer NOT NULL DEFAULT 0 CONSTRAINT followers_parked_check CHECK (parked >= 0),
    -- Serves taking a region over, moving a checkpoint, and finding who is behind.
    CONSTRAINT followers_pkey PRIMARY KEY (tenant_id, name)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

COMMENT ON TABLE followers IS 'Checkpoints of what follows the logs. Global: numbers only, so that one query finds who is behind.';
COMMENT ON COLUMN followers.position IS 'The last event that is dealt with: handled, or set aside in parked.';
COMMENT ON COLUMN followers.fence IS 'Grows whenever another process takes over. A checkpoint moves only under the fence it was taken with.';
COMMENT ON COLUMN followers.holder IS 'The process that works for it.';
COMMENT ON COLUMN followers.leased_until IS 'By the database''s clock: after this another process may take over.';
COMMENT ON COLUMN followers.retry_at IS 'When the next event set aside is due to be tried again.';
COMMENT ON COLUMN followers.parked IS 'How many events are set aside.';

GRANT SELECT, INSERT, UPDATE ON followers TO samspor_app;

CREATE TABLE parked (
    tenant_id uuid NOT NULL,
    follower text NOT NULL,
    key uuid NOT NULL,
    position bigint NOT NULL,
    leads boolean NOT NULL,
    attempts integer NOT NULL CONSTRAINT parked_attempts_check CHECK (attempts >= 0),
    error text CONSTRAINT parked_error_check CHECK (octet_length(error) <= 4096),
    retry_at timestamptz,
    parked_at timestamptz NOT NULL,
    -- Serves going through what waits behind a key, in order.
    CONSTRAINT parked_pkey PRIMARY KEY (tenant_id, follower, key, position),
    CONSTRAINT parked_leads_check CHECK (leads OR (attempts = 0 AND error IS NULL AND retry_at IS NULL))
);

COMMENT ON TABLE parked IS 'Events that a follower could not deal with, and by key those that wait behind them. Never skipped, never forgotten.';
COMMENT ON COLUMN parked.key IS 'What the follower says the event is about; its later events wait too, others flow on.';
COMMENT ON COLUMN parked.leads IS 'The first of its key: the one that is tried.';
COMMENT ON COLUMN parked.attempts IS 'How often it failed.';
COMMENT ON COLUMN parked.retry_at IS 'When it is tried again; null: somebody has to ask for it.';

-- Serves finding the keys that are held up; and no key has two first events.
CREATE UNIQUE INDEX parked_leads_key ON parked (tenant_id, follower, key) WHERE leads;

CREATE TABLE dropped (
    tenant_id uuid NOT NULL,
    follower text NOT NULL,
    position bigint NOT NULL,
    key uuid NOT NULL,
    attempts integer NOT NULL,
    error text,
    reason text NOT NULL CONSTRAINT dropped_reason_check CHECK (length(reason) BETWEEN 1 AND 500),
    dropped_at timestamptz NOT NULL,
    CONSTRAINT dropped_pkey PRIMARY KEY (tenant_id, follower, position)
);

COMMENT ON TABLE dropped IS 'Events that a person decided a follower shall do without, and why. Kept for ever.';

GRANT SELECT, INSERT, UPDATE, DELETE ON parked TO samspor_app;
GRANT SELECT, INSERT ON dropped TO samspor_app;
