create table profile_fields (
  tenant_id blob not null,
  id blob not null,
  version bigint not null,
  name text not null,
  position bigint not null,
  -- JSON: type and validation, label and help, when to ask
  definition text not null,
  archived_at bigint,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id)
) without rowid;

create unique index profile_fields_name on profile_fields (tenant_id, name);
create index profile_fields_by_position on profile_fields (tenant_id, position, id);

create table profile_answers (
  tenant_id blob not null,
  user_id blob not null,
  field_id blob not null,
  -- JSON
  answer text not null,
  answered_at bigint not null,
  primary key (tenant_id, user_id, field_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, field_id) references profile_fields (tenant_id, id) on delete cascade
) without rowid;

-- How often a person has signed in, as far as the profile is concerned.
create table profile_visits (
  tenant_id blob not null,
  user_id blob not null,
  visits bigint not null,
  last_session blob not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;
