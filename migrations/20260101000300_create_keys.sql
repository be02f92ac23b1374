CREATE SCHEMA keys;

COMMENT ON SCHEMA keys IS 'Keys of what is sealed in the log. Backed up apart, for a short time.';

CREATE TABLE keys.region_keys (
    tenant_id uuid CONSTRAINT region_keys_pkey PRIMARY KEY,
    wrapped bytea NOT NULL
);

COMMENT ON TABLE keys.region_keys IS 'Each region''s key, wrapped by the master key.';

CREATE TABLE keys.person_keys (
    tenant_id uuid NOT NULL,
    person_id uuid NOT NULL,
    position bigint NOT NULL,
    wrapped bytea,
    CONSTRAINT person_keys_pkey PRIMARY KEY (tenant_id, person_id)
);

COMMENT ON TABLE keys.person_keys IS 'Each person''s key, wrapped by the region''s.';
COMMENT ON COLUMN keys.person_keys.position IS 'The event beside which the person''s newest name is sealed.';
COMMENT ON COLUMN keys.person_keys.wrapped IS 'Null once the person is forgotten.';

CREATE TABLE keys.text_keys (
    tenant_id uuid NOT NULL,
    text_id uuid NOT NULL,
    position bigint NOT NULL,
    wrapped bytea,
    CONSTRAINT text_keys_pkey PRIMARY KEY (tenant_id, text_id)
);

COMMENT ON TABLE keys.text_keys IS 'Each text''s key, wrapped by the region''s.';
COMMENT ON COLUMN keys.text_keys.position IS 'The event beside which its words are sealed.';
COMMENT ON COLUMN keys.text_keys.wrapped IS 'Null once the text is withdrawn.';

GRANT USAGE ON SCHEMA keys TO samspor_app;
GRANT SELECT, INSERT ON keys.region_keys TO samspor_app;
GRANT SELECT, INSERT, UPDATE ON keys.person_keys, keys.text_keys TO samspor_app;
