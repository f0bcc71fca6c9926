-- Every event goes through here within about a second, so nearly all that the table ever held is dead, and each search for work
-- steps over it. A table that is nearly empty has no fifth to wait for.
alter table unsealed_events set (
    autovacuum_vacuum_scale_factor = 0,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_vacuum_insert_scale_factor = 0,
    autovacuum_analyze_scale_factor = 0,
    autovacuum_analyze_threshold = 50000
);
-- What is sealed is written once.
alter table events reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);
