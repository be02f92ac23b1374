-- Forced, so that the owner of the tables is held to it as well. The policy repeats the body of current_tenant() in a
-- sub-select, which is evaluated once a statement rather than once a row.
DO $$
DECLARE
    one regclass;
BEGIN
    FOREACH one IN ARRAY ARRAY[
        'heads', 'events', 'abouts', 'commands', 'reservations', 'snapshots', 'drafts',
        'keys.region_keys', 'keys.person_keys', 'keys.text_keys'
    ]::regclass[]
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

-- The log grows only at its end: freeze and analyse by inserted rows rather than by altered ones.
ALTER TABLE events SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
ALTER TABLE abouts SET (autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02);
-- One row a region, updated all the time: keep its page from filling with dead versions.
ALTER TABLE heads SET (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);
