-- What settings need and never return.
create table settings_secrets (
  tenant_id blob not null references tenants (id),
  -- captcha
  name text not null,
  -- sealed
  secret blob not null,
  updated_at bigint not null,
  primary key (tenant_id, name)
) without rowid;

create table social_providers (
  tenant_id blob not null references tenants (id),
  -- google, github, .. or a name of the application's own
  slug text not null,
  version bigint not null,
  is_enabled boolean not null,
  client_id text not null,
  -- JSON: what is read as a whole and not searched
  details text not null,
  -- the client's secret, or the key that makes one; sealed
  secret blob,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, slug)
) without rowid;
