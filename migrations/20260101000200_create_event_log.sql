CREATE TABLE heads (
    tenant_id uuid CONSTRAINT heads_pkey PRIMARY KEY
        CONSTRAINT heads_tenant_id_fkey REFERENCES tenants (tenant_id),
    log_id uuid NOT NULL,
    position bigint NOT NULL CONSTRAINT heads_position_check CHECK (position >= 0),
    hash bytea NOT NULL CONSTRAINT heads_hash_check CHECK (octet_length(hash) = 32),
    recorded_at timestamptz NOT NULL
);

COMMENT ON TABLE heads IS 'Where each region''s log ends. Moved in every landing, under its row lock: this alone orders events.';
COMMENT ON COLUMN heads.log_id IS 'Made when the log is opened; travels with exports and goes into every hash.';
COMMENT ON COLUMN heads.position IS 'Position of the last event; 0 when there is none.';
COMMENT ON COLUMN heads.hash IS 'Hash of the chain up to that event; 32 zero bytes before the first.';

CREATE TABLE events (
    tenant_id uuid NOT NULL,
    position bigint NOT NULL CONSTRAINT events_position_check CHECK (position > 0),
    stream_kind text NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT events_version_check CHECK (version > 0),
    name text NOT NULL,
    payload text NOT NULL CONSTRAINT events_payload_check CHECK (octet_length(payload) <= 65536),
    actor text NOT NULL,
    command_id uuid NOT NULL,
    correlation uuid NOT NULL,
    causation bigint,
    recorded_at timestamptz NOT NULL,
    effective_from date,
    effective_to date,
    occurred_at timestamptz,
    salt bytea NOT NULL CONSTRAINT events_salt_check CHECK (octet_length(salt) = 16),
    hash bytea NOT NULL CONSTRAINT events_hash_check CHECK (octet_length(hash) = 32),
    CONSTRAINT events_pkey PRIMARY KEY (tenant_id, position),
    -- Serves loading a stream; also the last line of defence against two events with one version.
    CONSTRAINT events_stream_version_key UNIQUE (tenant_id, stream_kind, stream_id, version),
    CONSTRAINT events_effective_check CHECK (
        (effective_from IS NULL) = (effective_to IS NULL) AND effective_from <= effective_to
    )
);

COMMENT ON TABLE events IS 'The log: what happened, never altered. Position is gapless per region, version per stream.';
COMMENT ON COLUMN events.payload IS 'JSON text: event, and what is sealed beside it. Exactly these bytes are hashed.';
COMMENT ON COLUMN events.actor IS 'person:ID, operator or clock.';
COMMENT ON COLUMN events.effective_from IS 'First day on which it can have been true; null, as effective_to, when unknown.';
COMMENT ON COLUMN events.occurred_at IS 'What a device that was offline says.';
COMMENT ON COLUMN events.salt IS 'Keeps a withheld payload from being guessed from its digest.';
COMMENT ON COLUMN events.hash IS 'Hash of the chain up to and with this event.';

CREATE TABLE abouts (
    tenant_id uuid NOT NULL,
    id uuid NOT NULL,
    position bigint NOT NULL,
    -- Serves reading the events about an id after a position.
    CONSTRAINT abouts_pkey PRIMARY KEY (tenant_id, id, position)
);

COMMENT ON TABLE abouts IS 'Which ids each event is about; follows from the event.';

CREATE TABLE commands (
    tenant_id uuid NOT NULL,
    command_id uuid NOT NULL,
    digest bytea NOT NULL CONSTRAINT commands_digest_check CHECK (octet_length(digest) = 32),
    first_position bigint NOT NULL,
    events integer NOT NULL CONSTRAINT commands_events_check CHECK (events >= 0),
    CONSTRAINT commands_pkey PRIMARY KEY (tenant_id, command_id)
);

COMMENT ON TABLE commands IS 'Accepted commands: the same one again gets the first answer.';
COMMENT ON COLUMN commands.digest IS 'Keyed hash of the command''s content, to tell a repeat from another command with its id.';

CREATE TABLE reservations (
    tenant_id uuid NOT NULL,
    kind text NOT NULL,
    value bytea NOT NULL,
    owner uuid NOT NULL,
    CONSTRAINT reservations_pkey PRIMARY KEY (tenant_id, kind, value)
);

COMMENT ON TABLE reservations IS 'What only one thing of a region may have. A personal value is kept as a keyed hash.';

GRANT SELECT, INSERT, UPDATE ON heads TO samspor_app;
GRANT SELECT, INSERT ON events, abouts, commands TO samspor_app;
GRANT SELECT, INSERT, DELETE ON reservations TO samspor_app;

-- The log is append-only for its owner too.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the log is append-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END
$$;

CREATE TRIGGER events_refuse_update BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER events_refuse_truncate BEFORE TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
