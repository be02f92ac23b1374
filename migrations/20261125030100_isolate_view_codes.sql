ALTER TABLE view_codes ENABLE ROW LEVEL SECURITY;
ALTER TABLE view_codes FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON view_codes
    USING (tenant_id = (SELECT nullif(current_setting('samspor.tenant', true), '')::uuid));
