-- `land` as it was, but for where arrays become rows: in the select list, where each row goes straight into the table. In
-- FROM, every array was first written out to a store of its own, which took an eighth of a landing's time.
CREATE OR REPLACE FUNCTION land(
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
LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan
AS $$
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
    SELECT
        p_tenant, unnest(e_position), unnest(e_stream_kind), unnest(e_stream_id), unnest(e_version), unnest(e_name),
        unnest(e_payload), unnest(e_actor), unnest(e_command_id), unnest(e_correlation), unnest(e_causation),
        unnest(e_recorded_at), unnest(e_effective_from), unnest(e_effective_to), unnest(e_occurred_at),
        unnest(e_salt), unnest(e_hash);

    INSERT INTO abouts (tenant_id, id, position)
    SELECT p_tenant, unnest(a_id), unnest(a_position);

    INSERT INTO commands (tenant_id, command_id, digest, first_position, events)
    SELECT p_tenant, unnest(c_id), unnest(c_digest), unnest(c_first_position), unnest(c_events);

    IF cardinality(t_id) > 0 THEN
        INSERT INTO keys.text_keys (tenant_id, text_id, position, wrapped)
        SELECT p_tenant, unnest(t_id), unnest(t_position), unnest(t_wrapped);
    END IF;

    IF cardinality(n_person) > 0 THEN
        -- A person who has a key keeps it; the newest name is beside this event.
        INSERT INTO keys.person_keys AS k (tenant_id, person_id, position, wrapped)
        SELECT p_tenant, unnest(n_person), unnest(n_position), unnest(n_wrapped)
        ON CONFLICT ON CONSTRAINT person_keys_pkey DO UPDATE SET position = EXCLUDED.position;
    END IF;

    IF cardinality(r_kind) > 0 THEN
        INSERT INTO reservations (tenant_id, kind, value, owner)
        SELECT p_tenant, unnest(r_kind), unnest(r_value), unnest(r_owner);
    END IF;

    RETURN moved;
END
$$;
