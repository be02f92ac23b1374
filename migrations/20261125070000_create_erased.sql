CREATE TABLE keys.erased (
    tenant_id uuid NOT NULL,
    sort text NOT NULL CONSTRAINT erased_sort_check CHECK (sort IN ('person', 'text')),
    id uuid NOT NULL,
    position bigint NOT NULL CONSTRAINT erased_position_check CHECK (position >= 0),
    erased_at timestamptz NOT NULL,
    CONSTRAINT erased_pkey PRIMARY KEY (tenant_id, sort, id)
);

COMMENT ON TABLE keys.erased IS 'Whose keys were destroyed: applied again after a backup of the keys was restored.';
COMMENT ON COLUMN keys.erased.id IS 'Of the forgotten person or the withdrawn text.';
COMMENT ON COLUMN keys.erased.position IS 'The event that says so.';

GRANT SELECT, INSERT ON keys.erased TO samspor_app;
