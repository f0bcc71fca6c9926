-- The people who run applications.
create table teams (
  id blob not null primary key,
  name text not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null
) without rowid;

-- user_id names a user of the console's tenant.
create table team_members (
  team_id blob not null references teams (id),
  user_id blob not null,
  -- owner, admin, developer, support, viewer
  role text not null,
  created_at bigint not null,
  primary key (team_id, user_id)
) without rowid;

create index team_members_by_user on team_members (user_id, team_id);

-- One-use links that make their bearer an owner of a team.
create table claims (
  -- SHA-256 of the token
  hash blob not null primary key,
  team_id blob not null references teams (id),
  created_at bigint not null,
  -- null: until it is used
  expires_at bigint,
  used_at bigint,
  used_by blob
) without rowid;

create table tenants (
  id blob not null primary key,
  slug text not null,
  name text not null,
  -- development, production
  environment text not null,
  -- active, suspended
  state text not null,
  -- null for the console alone
  team_id blob references teams (id),
  -- answers at the bare base host
  is_primary boolean not null,
  -- JSON; absent parts have their defaults
  settings text not null,
  version bigint not null,
  created_at bigint not null,
  updated_at bigint not null
) without rowid;

create unique index tenants_slug on tenants (slug);
create unique index tenants_primary on tenants (is_primary) where is_primary;
create index tenants_by_team on tenants (team_id, created_at, id);

-- Custom domains. Many may ask for a host, one can prove it.
create table tenant_hosts (
  tenant_id blob not null references tenants (id),
  -- lower case, without a port
  host text not null,
  verified_at bigint,
  created_at bigint not null,
  primary key (tenant_id, host)
) without rowid;

create unique index tenant_hosts_verified on tenant_hosts (host) where verified_at is not null;

-- The origins of all tenants' settings once more, because a preflight names no tenant.
create table tenant_origins (
  tenant_id blob not null references tenants (id),
  origin text not null,
  primary key (tenant_id, origin)
) without rowid;

create index tenant_origins_by_origin on tenant_origins (origin);

-- A key's state is told by its times alone, so that nothing has to be flipped when one passes.
create table signing_keys (
  tenant_id blob not null references tenants (id),
  -- RFC 7638 thumbprint
  kid text not null,
  -- EdDSA, ES256, RS256
  algorithm text not null,
  public_jwk text not null,
  -- PKCS #8, sealed
  private_key blob not null,
  -- kid of the key before it, empty for the first: two nodes can't both follow on the same key
  succeeds text not null,
  created_at bigint not null,
  -- signs from
  activates_at bigint not null,
  -- signs until
  retires_at bigint not null,
  -- published until
  expires_at bigint not null,
  primary key (tenant_id, kid)
) without rowid;

create unique index signing_keys_succession on signing_keys (tenant_id, algorithm, succeeds);
create index signing_keys_by_retirement on signing_keys (retires_at);
create index signing_keys_by_expiry on signing_keys (expires_at);

create table api_keys (
  tenant_id blob not null references tenants (id),
  id blob not null,
  version bigint not null,
  name text not null,
  -- space-separated permissions
  scopes text not null,
  -- SHA-256 of the secret
  hash blob not null,
  -- the beginning of the secret, to recognise it by
  prefix text not null,
  -- the secret before the last rotation, valid until previous_expires_at
  previous_hash blob,
  previous_expires_at bigint,
  expires_at bigint,
  last_used_at bigint,
  created_by_kind text not null,
  created_by blob,
  created_at bigint not null,
  updated_at bigint not null,
  revoked_at bigint,
  primary key (tenant_id, id)
) without rowid;

create unique index api_keys_hash on api_keys (tenant_id, hash);
create unique index api_keys_previous_hash on api_keys (tenant_id, previous_hash) where previous_hash is not null;
create index api_keys_by_age on api_keys (tenant_id, created_at, id);
