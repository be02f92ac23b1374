-- The outbox. A letter is written in the transaction of what it tells, or by a request that answers only once it lies
-- here; a worker takes it from here to the mail server.
CREATE TABLE mails (
    mail_id uuid CONSTRAINT mails_pkey PRIMARY KEY,
    tenant_id uuid CONSTRAINT mails_tenant_id_fkey REFERENCES tenants,
    person_id uuid,
    kind text NOT NULL,
    body bytea,
    state text NOT NULL CONSTRAINT mails_state_check CHECK (state IN ('waiting', 'sent', 'parked')),
    tries integer NOT NULL DEFAULT 0,
    due_at timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    problem text,
    CONSTRAINT mails_body_state_check CHECK ((body IS NULL) = (state = 'sent'))
);

COMMENT ON TABLE mails IS 'Letters on their way out. Global: some are of no region.';
COMMENT ON COLUMN mails.body IS 'Receiver, subject and text, sealed by the installation''s key; null once sent.';
COMMENT ON COLUMN mails.due_at IS 'Not tried before; while one process has it, when another may take it over.';

CREATE INDEX mails_due_at_idx ON mails (due_at) WHERE state = 'waiting';
CREATE INDEX mails_tenant_id_person_id_idx ON mails (tenant_id, person_id);

GRANT SELECT, INSERT, UPDATE, DELETE ON mails TO samspor_app;
