-- The regions that are there already. The owner of `heads` is held to one region at a time as everybody is, so this
-- goes from one to the next. What lands meanwhile is kept by the trigger.
DO $$
DECLARE
    one uuid;
BEGIN
    FOR one IN SELECT tenant_id FROM tenants LOOP
        PERFORM set_config('samspor.tenant', one::text, true);
        INSERT INTO feed_heads AS f (tenant_id, position)
        SELECT h.tenant_id, h.position FROM heads AS h WHERE h.tenant_id = one
        ON CONFLICT ON CONSTRAINT feed_heads_pkey DO UPDATE SET position = greatest(f.position, EXCLUDED.position);
    END LOOP;
    PERFORM set_config('samspor.tenant', '', true);
END
$$;
