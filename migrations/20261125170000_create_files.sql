CREATE TABLE files (
    tenant_id uuid NOT NULL CONSTRAINT files_tenant_id_fkey REFERENCES tenants,
    text_id uuid NOT NULL,
    content bytea NOT NULL,
    CONSTRAINT files_pkey PRIMARY KEY (tenant_id, text_id)
);

-- What is sealed cannot be made shorter.
ALTER TABLE files ALTER COLUMN content SET STORAGE EXTERNAL;

COMMENT ON TABLE files IS 'What is in files of meetings.';
COMMENT ON COLUMN files.text_id IS 'The text that is the file''s name.';
COMMENT ON COLUMN files.content IS 'Sealed by that text''s key: deleted when it is destroyed.';

GRANT SELECT, INSERT, DELETE ON files TO samspor_app;

ALTER TABLE files ENABLE ROW LEVEL SECURITY;
ALTER TABLE files FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON files USING
    (tenant_id = (SELECT nullif(current_setting('samspor.tenant', true), '')::uuid));
