CREATE TABLE contacts (
    tenant_id uuid NOT NULL CONSTRAINT contacts_tenant_id_fkey REFERENCES tenants,
    person_id uuid NOT NULL,
    address bytea NOT NULL,
    CONSTRAINT contacts_pkey PRIMARY KEY (tenant_id, person_id)
);

COMMENT ON TABLE contacts IS 'Where a person is written to.';
COMMENT ON COLUMN contacts.address IS 'Sealed by the person''s key: forgotten with it.';

GRANT SELECT, INSERT, UPDATE, DELETE ON contacts TO samspor_app;

ALTER TABLE contacts ENABLE ROW LEVEL SECURITY;
ALTER TABLE contacts FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON contacts USING
    (tenant_id = (SELECT nullif(current_setting('samspor.tenant', true), '')::uuid));
