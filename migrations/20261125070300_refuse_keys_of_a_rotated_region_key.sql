-- A process that began before a rotation still holds the key that is gone. What it wraps could never be opened again, so
-- it is refused; the process reads the region's key anew and lands again. A wrapped key is 72 bytes and the mark.
CREATE FUNCTION keys.refuse_another_mark() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM written AS w JOIN keys.region_keys AS r ON r.tenant_id = w.tenant_id
        WHERE w.wrapped IS NOT NULL AND substr(w.wrapped, 73) <> r.mark
    ) THEN
        RAISE EXCEPTION 'a key was wrapped by a region key that was replaced'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_TABLE_NAME || '_mark_check';
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION keys.refuse_another_mark IS 'Refuses keys wrapped by a region key that was replaced.';

CREATE TRIGGER text_keys_insert_mark AFTER INSERT ON keys.text_keys
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_another_mark();
CREATE TRIGGER text_keys_update_mark AFTER UPDATE ON keys.text_keys
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_another_mark();
CREATE TRIGGER person_keys_insert_mark AFTER INSERT ON keys.person_keys
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_another_mark();
CREATE TRIGGER person_keys_update_mark AFTER UPDATE ON keys.person_keys
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION keys.refuse_another_mark();
