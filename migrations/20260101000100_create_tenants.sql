CREATE TABLE tenants (
    tenant_id uuid CONSTRAINT tenants_pkey PRIMARY KEY,
    slug text NOT NULL CONSTRAINT tenants_slug_key UNIQUE
        CONSTRAINT tenants_slug_check CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$'),
    name text NOT NULL CONSTRAINT tenants_name_check CHECK (length(name) BETWEEN 1 AND 120),
    language text NOT NULL CONSTRAINT tenants_language_check CHECK (language IN ('nb', 'nn', 'en')),
    time_zone text NOT NULL,
    demo boolean NOT NULL DEFAULT false,
    region_id uuid NOT NULL,
    created_at timestamptz NOT NULL
);

COMMENT ON TABLE tenants IS 'Regions. Global: which regions there are is no secret of any of them.';
COMMENT ON COLUMN tenants.slug IS 'Stands in addresses and on the command line.';
COMMENT ON COLUMN tenants.time_zone IS 'IANA name; decides which day it is in the region.';
COMMENT ON COLUMN tenants.region_id IS 'The id that its events know it by: its own, unless the log came from elsewhere.';
COMMENT ON COLUMN tenants.demo IS 'Only such a region may be filled with the demo events.';

GRANT SELECT, INSERT, UPDATE ON tenants TO samspor_app;

-- The one rule of isolation. A pooled connection that was used before has '' where a new one has nothing.
CREATE FUNCTION current_tenant() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE
RETURN nullif(current_setting('samspor.tenant', true), '')::uuid;

COMMENT ON FUNCTION current_tenant() IS 'The region of this transaction; nothing outside one.';
