-- The landing's statements are the same for every log, however long: planning them anew in each call cost more than
-- running them for one event.
ALTER FUNCTION land SET plan_cache_mode = force_generic_plan;

-- Lands batches of several regions in one call and one flush. It goes region by region, each set before its rows, so
-- that no policy ever admits two. A region's part stands in the arrays behind the one before it; how long it is, the
-- n_ arrays say.
--
-- One row a region, in order: moved as `land` answers it, or what went wrong. Each region's part is a block of its own,
-- so that one that is overtaken or broken undoes no other's. A head whose lock another process holds counts as moved:
-- nobody waits here for anybody, so two such calls cannot wait for each other either.
CREATE FUNCTION land_each(
    p_tenant uuid[],
    p_from bigint[],
    p_hash bytea[],
    p_recorded_at timestamptz[],
    n_events integer[],
    n_abouts integer[],
    n_commands integer[],
    n_texts integer[],
    n_persons integer[],
    n_reservations integer[],
    e_position bigint[],
    e_stream_kind text[],
    e_stream_id uuid[],
    e_version integer[],
    e_name text[],
    e_payload text[],
    e_actor text[],
    e_command_id uuid[],
    e_correlation uuid[],
    e_causation bigint[],
    e_recorded_at timestamptz[],
    e_effective_from date[],
    e_effective_to date[],
    e_occurred_at timestamptz[],
    e_salt bytea[],
    e_hash bytea[],
    a_id uuid[],
    a_position bigint[],
    c_id uuid[],
    c_digest bytea[],
    c_first_position bigint[],
    c_events integer[],
    t_id uuid[],
    t_position bigint[],
    t_wrapped bytea[],
    n_person uuid[],
    n_position bigint[],
    n_wrapped bytea[],
    r_kind text[],
    r_value bytea[],
    r_owner uuid[]
) RETURNS TABLE (moved integer, code text, violated text, message text)
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
DECLARE
    e integer := 1;
    a integer := 1;
    c integer := 1;
    t integer := 1;
    n integer := 1;
    r integer := 1;
    e_end integer;
    a_end integer;
    c_end integer;
    t_end integer;
    n_end integer;
    r_end integer;
BEGIN
    FOR i IN 1 .. cardinality(p_tenant) LOOP
        moved := 0;
        code := NULL;
        violated := NULL;
        message := NULL;
        e_end := e + n_events[i] - 1;
        a_end := a + n_abouts[i] - 1;
        c_end := c + n_commands[i] - 1;
        t_end := t + n_texts[i] - 1;
        n_end := n + n_persons[i] - 1;
        r_end := r + n_reservations[i] - 1;
        BEGIN
            PERFORM set_config('samspor.tenant', p_tenant[i]::text, true);
            PERFORM FROM heads AS h
            WHERE h.tenant_id = p_tenant[i] AND h.position = p_from[i]
            FOR UPDATE SKIP LOCKED;
            IF FOUND THEN
                moved := land(
                    p_tenant[i], p_from[i], p_hash[i], p_recorded_at[i],
                    e_position[e:e_end], e_stream_kind[e:e_end], e_stream_id[e:e_end], e_version[e:e_end],
                    e_name[e:e_end], e_payload[e:e_end], e_actor[e:e_end], e_command_id[e:e_end],
                    e_correlation[e:e_end], e_causation[e:e_end], e_recorded_at[e:e_end],
                    e_effective_from[e:e_end], e_effective_to[e:e_end], e_occurred_at[e:e_end],
                    e_salt[e:e_end], e_hash[e:e_end],
                    a_id[a:a_end], a_position[a:a_end],
                    c_id[c:c_end], c_digest[c:c_end], c_first_position[c:c_end], c_events[c:c_end],
                    t_id[t:t_end], t_position[t:t_end], t_wrapped[t:t_end],
                    n_person[n:n_end], n_position[n:n_end], n_wrapped[n:n_end],
                    r_kind[r:r_end], r_value[r:r_end], r_owner[r:r_end]
                );
            END IF;
        EXCEPTION
            WHEN OTHERS THEN
                GET STACKED DIAGNOSTICS
                    code = RETURNED_SQLSTATE, violated = CONSTRAINT_NAME, message = MESSAGE_TEXT;
        END;
        RETURN NEXT;
        e := e_end + 1;
        a := a_end + 1;
        c := c_end + 1;
        t := t_end + 1;
        n := n_end + 1;
        r := r_end + 1;
    END LOOP;
END
$$;

COMMENT ON FUNCTION land_each IS 'Lands batches of several regions in one call, each by itself.';

REVOKE EXECUTE ON FUNCTION land_each FROM PUBLIC;
GRANT EXECUTE ON FUNCTION land_each TO samspor_app;
