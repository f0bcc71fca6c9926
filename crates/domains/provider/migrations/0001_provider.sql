-- OAuth clients: software that acts at this issuer.
create table clients (
  tenant_id blob not null,
  id blob not null,
  version bigint not null,
  -- the address of its metadata document, for a client that is known by one, and until when what was read counts; else null
  document_url text,
  document_fresh_until bigint,
  kind text not null,
  -- the set of rules it is held to; null: the application's
  profile text,
  name text not null,
  state text not null,
  -- the registered names of RFC 7591; JSON
  metadata text not null,
  -- `managed`, `registered` by itself, or a `document`
  origin text not null,
  -- digest of the token by which a registered client manages itself (RFC 7592)
  registration_hash blob,
  created_by_kind text not null,
  created_by blob,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id)
) without rowid;

create index clients_by_time on clients (tenant_id, created_at, id);
create index clients_by_origin on clients (tenant_id, origin);
create unique index clients_by_document on clients (tenant_id, document_url) where document_url is not null;

-- Origins of web pages that may call the token endpoint, by client: asked for by browsers before anybody has said who they are.
create table client_origins (
  tenant_id blob not null,
  origin text not null,
  client_id blob not null,
  primary key (tenant_id, origin, client_id),
  foreign key (tenant_id, client_id) references clients (tenant_id, id) on delete cascade
) without rowid;

create index client_origins_by_client on client_origins (tenant_id, client_id);
create index client_origins_by_origin on client_origins (origin);

-- Secrets of clients: several at once while one takes the place of another.
create table client_secrets (
  tenant_id blob not null,
  client_id blob not null,
  -- SHA-256 of the whole secret, which carries 256 random bits
  hash blob not null,
  -- what people recognise it by
  prefix text not null,
  created_at bigint not null,
  expires_at bigint,
  primary key (tenant_id, client_id, hash),
  foreign key (tenant_id, client_id) references clients (tenant_id, id) on delete cascade
) without rowid;

-- Authorization requests that wait: pushed ones (RFC 9126) for their use, others for the person.
create table oauth_requests (
  tenant_id blob not null,
  -- digest of the handle
  hash blob not null,
  client_id blob not null,
  kind text not null,
  -- what was asked, checked; JSON
  request text not null,
  -- digest of the browser that it belongs to
  browser blob,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  primary key (tenant_id, hash),
  foreign key (tenant_id, client_id) references clients (tenant_id, id) on delete cascade
) without rowid;

create index oauth_requests_by_end on oauth_requests (expires_at);

-- What a person allowed a client, for good.
create table oauth_consents (
  tenant_id blob not null,
  user_id blob not null,
  client_id blob not null,
  scope text not null,
  -- resources (RFC 8707) and authorization details (RFC 9396); JSON arrays
  resources text not null,
  details text not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, user_id, client_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, client_id) references clients (tenant_id, id) on delete cascade
) without rowid;

create index oauth_consents_by_client on oauth_consents (tenant_id, client_id);

-- One authorization: every token of it hangs here and dies with it.
create table oauth_grants (
  tenant_id blob not null,
  id blob not null,
  client_id blob not null,
  user_id blob not null,
  -- the session in which it was given
  session_id blob not null,
  scope text not null,
  resources text not null,
  details text not null,
  -- the `claims` parameter (OpenID Connect Core 1.0, section 5.5); JSON, or null
  claims text,
  auth_time bigint not null,
  aal bigint not null,
  amr text not null,
  -- the key or certificate that tokens are bound to: `jkt:…` or `x5t:…`
  binding text,
  -- refresh tokens go on when the session is over (`offline_access`)
  is_offline boolean not null,
  -- until when the first tokens may be had, for the code or the device code, and when they were
  redeem_by bigint not null,
  redeemed_at bigint,
  -- digest of the authorization code, null where there was none: it stays, so that a second use is told from a code that never was
  code_digest blob,
  -- what the code is bound to, until it is redeemed; JSON
  code text,
  -- the line of refresh tokens, as of sessions
  refresh_generation bigint not null,
  refresh_nonce blob not null,
  refreshed_at bigint,
  refreshed_by blob,
  created_at bigint not null,
  expires_at bigint not null,
  ended_at bigint,
  end_reason text,
  -- when the row is forgotten
  kept_until bigint not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, client_id) references clients (tenant_id, id) on delete cascade,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

-- Each index over people costs every authorization a page of its own: who asks by session names the person, too.
create index oauth_grants_by_user on oauth_grants (tenant_id, user_id, session_id);
create index oauth_grants_by_client on oauth_grants (tenant_id, client_id);
create index oauth_grants_by_end on oauth_grants (kept_until);

-- Access tokens that are handles, and what they stand for. Those of a client that is gone count for nothing and are left to their end,
-- which is near: a foreign key would have every token touch its client's row.
create table oauth_access_tokens (
  tenant_id blob not null,
  -- stands in the token
  id blob not null,
  -- of the whole token, which carries 256 random bits
  digest blob not null,
  client_id blob not null,
  -- null: the client speaks for itself
  grant_id blob,
  -- what a JWT would carry; JSON
  claims text not null,
  expires_at bigint not null,
  revoked_at bigint,
  primary key (tenant_id, id),
  foreign key (tenant_id, grant_id) references oauth_grants (tenant_id, id) on delete cascade
) without rowid;

create index oauth_access_tokens_by_grant on oauth_access_tokens (tenant_id, grant_id) where grant_id is not null;
create index oauth_access_tokens_by_end on oauth_access_tokens (expires_at);

-- JWT access tokens that were revoked before their time, by the digest of their `jti`.
create table oauth_revoked_tokens (
  tenant_id blob not null,
  hash blob not null,
  expires_at bigint not null,
  primary key (tenant_id, hash)
) without rowid;

create index oauth_revoked_tokens_by_end on oauth_revoked_tokens (expires_at);

-- Device codes (RFC 8628).
create table oauth_devices (
  tenant_id blob not null,
  -- digest of the device code
  hash blob not null,
  -- normalised; digested like the device code
  user_code_hash blob not null,
  client_id blob not null,
  -- what was asked, checked; JSON
  request text not null,
  state text not null,
  -- digest of the first browser that looked: only it may decide
  claimed_by blob,
  grant_id blob,
  ip text,
  user_agent text,
  interval_seconds bigint not null,
  polled_at bigint,
  created_at bigint not null,
  expires_at bigint not null,
  primary key (tenant_id, hash),
  foreign key (tenant_id, client_id) references clients (tenant_id, id) on delete cascade,
  foreign key (tenant_id, grant_id) references oauth_grants (tenant_id, id) on delete cascade
) without rowid;

create unique index oauth_devices_by_user_code on oauth_devices (tenant_id, user_code_hash);
create index oauth_devices_by_grant on oauth_devices (tenant_id, grant_id) where grant_id is not null;
create index oauth_devices_by_end on oauth_devices (expires_at);

-- What was shown once and must not be shown again: the `jti` of client assertions, DPoP proofs and request objects.
create table oauth_replays (
  tenant_id blob not null,
  hash blob not null,
  -- the request that showed it: one that runs again, since it lost a race in the database, may show it again
  request_id text not null,
  expires_at bigint not null,
  primary key (tenant_id, hash)
) without rowid;

create index oauth_replays_by_end on oauth_replays (expires_at);
