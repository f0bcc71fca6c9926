create table imports (
  tenant_id blob not null,
  id blob not null,
  -- receiving, running, finished
  state text not null,
  options text not null,
  -- of a job: how many chunks wait in import_chunks
  chunks bigint,
  -- the last line whose result is committed
  lines bigint not null,
  created bigint not null,
  updated bigint not null,
  skipped bigint not null,
  failed bigint not null,
  created_at bigint not null,
  updated_at bigint not null,
  finished_at bigint,
  primary key (tenant_id, id)
) without rowid;

create index imports_by_age on imports (updated_at);

create table import_chunks (
  tenant_id blob not null,
  import_id blob not null,
  number bigint not null,
  -- a JSON array of lines with their numbers; null once they are done
  lines text,
  -- a JSON array of what became of them
  results text,
  primary key (tenant_id, import_id, number),
  foreign key (tenant_id, import_id) references imports (tenant_id, id) on delete cascade
) without rowid;
