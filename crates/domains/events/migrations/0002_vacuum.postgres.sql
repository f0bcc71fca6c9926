-- Sealing updates every event once, soon after it was written, so the index of the unsealed fills with dead entries that
-- each search for work must step over. The default waits until a fifth of the table is dead: too late for a large one.
alter table events set (
    autovacuum_vacuum_scale_factor = 0.01,
    autovacuum_vacuum_threshold = 5000,
    autovacuum_analyze_scale_factor = 0.02
);
