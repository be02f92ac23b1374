CREATE TABLE drifts (
    tenant_id uuid NOT NULL,
    view text NOT NULL,
    key uuid NOT NULL,
    times integer NOT NULL CONSTRAINT drifts_times_check CHECK (times > 0),
    position bigint NOT NULL,
    found_at timestamptz NOT NULL,
    CONSTRAINT drifts_pkey PRIMARY KEY (tenant_id, view, key)
);

COMMENT ON TABLE drifts IS 'Snapshots that were not what their events say. Each was repaired when it was found; why it came about is for a person to find.';
COMMENT ON COLUMN drifts.times IS 'How often it was found so.';
COMMENT ON COLUMN drifts.position IS 'Up to where the snapshot claimed to be folded, the last time.';

GRANT SELECT, INSERT, UPDATE ON drifts TO samspor_app;
