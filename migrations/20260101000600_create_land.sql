-- Lands one batch of events, all or nothing, if the log still ends at p_from. Answers the number of heads it moved:
-- 0 means that another process was first and nothing was written. A command id, text or reservation that exists raises
-- the unique violation of its named constraint, which undoes the call.
--
-- The tenant is set first, in a statement of its own: set in the same statement as the update, the policy would have
-- been evaluated before it and silently hidden the row.
CREATE FUNCTION land(
    p_tenant uuid,
    p_from bigint,
    p_hash bytea,
    p_recorded_at timestamptz,
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
) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    moved integer;
BEGIN
    PERFORM set_config('samspor.tenant', p_tenant::text, true);

    UPDATE heads
    SET position = p_from + cardinality(e_position), hash = p_hash, recorded_at = p_recorded_at
    WHERE tenant_id = p_tenant AND position = p_from;
    GET DIAGNOSTICS moved = ROW_COUNT;
    IF moved = 0 THEN
        RETURN 0;
    END IF;

    INSERT INTO events (
        tenant_id, position, stream_kind, stream_id, version, name, payload, actor, command_id, correlation,
        causation, recorded_at, effective_from, effective_to, occurred_at, salt, hash
    )
    SELECT p_tenant, e.*
    FROM unnest(
        e_position, e_stream_kind, e_stream_id, e_version, e_name, e_payload, e_actor, e_command_id, e_correlation,
        e_causation, e_recorded_at, e_effective_from, e_effective_to, e_occurred_at, e_salt, e_hash
    ) AS e;

    INSERT INTO abouts (tenant_id, id, position)
    SELECT p_tenant, a.* FROM unnest(a_id, a_position) AS a;

    INSERT INTO commands (tenant_id, command_id, digest, first_position, events)
    SELECT p_tenant, c.* FROM unnest(c_id, c_digest, c_first_position, c_events) AS c;

    IF cardinality(t_id) > 0 THEN
        INSERT INTO keys.text_keys (tenant_id, text_id, position, wrapped)
        SELECT p_tenant, t.* FROM unnest(t_id, t_position, t_wrapped) AS t;
    END IF;

    IF cardinality(n_person) > 0 THEN
        -- A person who has a key keeps it; the newest name is beside this event.
        INSERT INTO keys.person_keys AS k (tenant_id, person_id, position, wrapped)
        SELECT p_tenant, n.* FROM unnest(n_person, n_position, n_wrapped) AS n
        ON CONFLICT ON CONSTRAINT person_keys_pkey DO UPDATE SET position = EXCLUDED.position;
    END IF;

    IF cardinality(r_kind) > 0 THEN
        INSERT INTO reservations (tenant_id, kind, value, owner)
        SELECT p_tenant, r.* FROM unnest(r_kind, r_value, r_owner) AS r;
    END IF;

    RETURN moved;
END
$$;

COMMENT ON FUNCTION land IS 'Lands one batch of events, all or nothing, on condition of where the log ends.';

REVOKE EXECUTE ON FUNCTION land FROM PUBLIC;
GRANT EXECUTE ON FUNCTION land TO samspor_app;
