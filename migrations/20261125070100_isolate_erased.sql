-- As in …_isolate_tenants.sql: forced, one region at a time.
ALTER TABLE keys.erased ENABLE ROW LEVEL SECURITY;
ALTER TABLE keys.erased FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON keys.erased USING
    (tenant_id = (SELECT nullif(current_setting('samspor.tenant', true), '')::uuid));
