create table users (
  tenant_id blob not null,
  id blob not null,
  version bigint not null,
  state text not null,
  username text,
  username_key text,
  external_id text,
  name text,
  -- lower-cased, for the search by prefix
  name_key text,
  given_name text,
  family_name text,
  picture text,
  locale text,
  public_metadata text not null,
  private_metadata text not null,
  unsafe_metadata text not null,
  created_at bigint not null,
  updated_at bigint not null,
  last_sign_in_at bigint,
  primary key (tenant_id, id)
) without rowid;

create index users_by_age on users (tenant_id, created_at, id);
create unique index users_username on users (tenant_id, username_key) where username_key is not null;
create unique index users_external_id on users (tenant_id, external_id) where external_id is not null;
create index users_by_name on users (tenant_id, name_key) where name_key is not null;

create table user_emails (
  tenant_id blob not null,
  user_id blob not null,
  address text not null,
  address_key text not null,
  is_primary boolean not null,
  verified_at bigint,
  created_at bigint not null,
  primary key (tenant_id, address_key),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create unique index user_emails_primary on user_emails (tenant_id, user_id) where is_primary;

create table user_phones (
  tenant_id blob not null,
  user_id blob not null,
  number text not null,
  is_primary boolean not null,
  verified_at bigint,
  created_at bigint not null,
  primary key (tenant_id, number),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create unique index user_phones_primary on user_phones (tenant_id, user_id) where is_primary;

create table passwords (
  tenant_id blob not null,
  user_id blob not null,
  -- PHC string: algorithm, parameters, salt, hash
  phc text not null,
  changed_at bigint not null,
  must_change boolean not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create table sessions (
  tenant_id blob not null,
  id blob not null,
  user_id blob not null,
  authenticated_at bigint not null,
  created_at bigint not null,
  last_seen_at bigint not null,
  expires_at bigint not null,
  idle_seconds bigint not null,
  revoked_at bigint,
  revoked_reason text,
  -- which refresh token of the family is the current one, and the secret that binds the family's tokens to this row
  refresh_generation bigint not null,
  refresh_nonce blob not null,
  refreshed_at bigint,
  refreshed_by blob,
  ip text,
  user_agent text,
  device text not null,
  -- surface that signed the person in: platform or data_plane
  surface text not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index sessions_by_user on sessions (tenant_id, user_id, id);
create index sessions_by_end on sessions (expires_at);
