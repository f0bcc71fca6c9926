-- Dead letters are few among the jobs that wait.
create index jobs_dead on jobs (failed_at, id) where failed_at is not null;
