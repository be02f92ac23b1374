-- A log that moves into an empty region brings the region's key along: what was sealed opens, and a command that was
-- accepted before the move is known as the same command after it.
GRANT UPDATE ON keys.region_keys TO samspor_app;
