-- As in …_isolate_tenants.sql: forced, one region at a time.
DO $$
DECLARE
    one regclass;
BEGIN
    FOREACH one IN ARRAY ARRAY['parked', 'dropped', 'drifts']::regclass[]
    LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', one);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', one);
        EXECUTE format(
            'CREATE POLICY tenant ON %s USING '
            || '(tenant_id = (SELECT nullif(current_setting(''samspor.tenant'', true), '''')::uuid))',
            one
        );
    END LOOP;
END
$$;
