-- Where each region's log ends, in a table that every region's followers may be found by: which regions have events
-- that somebody has not seen is asked of all of them at once, in one statement.
--
-- Not held to one region, and deliberately so. The two other ways were worse: a function that runs with its owner's
-- rights would have to bypass a policy on `heads`, which is forced on the owner too; and a policy that admits several
-- regions would sooner or later be used for something else. So the numbers stand in a table of their own that has
-- nothing to hide: the ids that `tenants` shows anyway, and how many events each log has. No event, no id of a thing or
-- a person, no hash, no time.
--
-- It is moved by a trigger, in the transaction that moves the head: whatever lands events, in whatever way, cannot
-- forget it, and it is never ahead of what can be read.
CREATE TABLE feed_heads (
    tenant_id uuid CONSTRAINT feed_heads_pkey PRIMARY KEY
        CONSTRAINT feed_heads_tenant_id_fkey REFERENCES tenants (tenant_id),
    position bigint NOT NULL CONSTRAINT feed_heads_position_check CHECK (position >= 0)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200);

COMMENT ON TABLE feed_heads IS 'How long each region''s log is. Global: it says nothing else, so that one query finds who is behind.';
COMMENT ON COLUMN feed_heads.position IS 'As in heads, moved with it.';

GRANT SELECT, INSERT, UPDATE ON feed_heads TO samspor_app;

CREATE FUNCTION move_feed_head() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE feed_heads SET position = NEW.position WHERE tenant_id = NEW.tenant_id;
    IF NOT FOUND THEN
        INSERT INTO feed_heads AS f (tenant_id, position)
        VALUES (NEW.tenant_id, NEW.position)
        ON CONFLICT ON CONSTRAINT feed_heads_pkey DO UPDATE SET position = greatest(f.position, EXCLUDED.position);
    END IF;
    RETURN NULL;
END
$$;

COMMENT ON FUNCTION move_feed_head() IS 'Keeps feed_heads where heads is.';

CREATE TRIGGER heads_move_feed_head AFTER INSERT OR UPDATE OF position ON heads
    FOR EACH ROW EXECUTE FUNCTION move_feed_head();
