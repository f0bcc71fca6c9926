create table waitlist_entries (
  tenant_id blob not null,
  id blob not null,
  version bigint not null,
  email text not null,
  -- byte-wise equal means the same mailbox
  email_key text not null,
  name text,
  locale text,
  -- waiting, approved, rejected, joined
  state text not null,
  -- who it became: erased with them
  user_id blob,
  decided_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create unique index waitlist_entries_email on waitlist_entries (tenant_id, email_key);
create index waitlist_entries_by_age on waitlist_entries (tenant_id, created_at, id);
create index waitlist_entries_by_user on waitlist_entries (tenant_id, user_id) where user_id is not null;
