-- What a person said last about each purpose.
create table consents (
  tenant_id blob not null,
  user_id blob not null,
  purpose text not null,
  purpose_version bigint not null,
  is_granted boolean not null,
  decided_at bigint not null,
  primary key (tenant_id, user_id, purpose),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

-- Everything that a person ever said, with its proof.
create table consent_history (
  tenant_id blob not null,
  user_id blob not null,
  id blob not null,
  purpose text not null,
  purpose_version bigint not null,
  is_granted boolean not null,
  -- person, application
  recorded_by text not null,
  ip text,
  user_agent text,
  -- where and with which words, as the application says
  evidence text,
  decided_at bigint not null,
  primary key (tenant_id, user_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;
