CREATE TABLE view_codes (
    tenant_id uuid NOT NULL,
    view text NOT NULL,
    code text NOT NULL,
    filled_to bigint,
    building bigint,
    used_at timestamptz NOT NULL,
    CONSTRAINT view_codes_pkey PRIMARY KEY (tenant_id, view, code)
);

COMMENT ON TABLE view_codes IS 'How far each code of a view has come with a region''s log, and when a process last ran it.';
COMMENT ON COLUMN view_codes.filled_to IS 'Its snapshots were filled from every event up to here; null: never yet.';
COMMENT ON COLUMN view_codes.building IS 'A filling under way holds, under the code with a plus sign, every event up to here; null: none is under way.';
COMMENT ON COLUMN view_codes.used_at IS 'The code''s snapshots are removed once no process can be left that reads them.';

GRANT SELECT, INSERT, UPDATE, DELETE ON view_codes TO samspor_app;
