-- A region's key that was replaced leaves one thing behind: digests of accepted commands are made with the region's
-- first key, so that a repeated command is recognised whenever it comes.
ALTER TABLE keys.region_keys
    ADD COLUMN mark bytea NOT NULL DEFAULT '',
    ADD COLUMN digests bytea;

COMMENT ON COLUMN keys.region_keys.mark IS 'Names this key: what it wraps ends with it. Empty for a region''s first key.';
COMMENT ON COLUMN keys.region_keys.digests IS
    'The key that digests of commands are made with, wrapped by the master key; null while it is the region''s own.';
