-- Accounts at upstream providers by which a user signs in.
create table identities (
  tenant_id blob not null,
  id blob not null,
  user_id blob not null,
  -- the provider's name in the application's settings
  provider text not null,
  -- the provider and its issuer: within it a subject is one account
  connection text not null,
  subject text not null,
  -- what the provider last said of the person; JSON
  profile text not null,
  -- the provider's tokens, where the application keeps them; sealed
  tokens blob,
  created_at bigint not null,
  last_used_at bigint,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create unique index identities_subject on identities (tenant_id, connection, subject);
create index identities_by_user on identities (tenant_id, user_id, id);
