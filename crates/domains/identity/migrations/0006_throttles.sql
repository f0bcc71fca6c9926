-- How often somebody failed lately, by account and network, account, network, and application.
create table throttles (
  tenant_id blob not null,
  -- keyed digest of what is counted together
  key blob not null,
  failures bigint not null,
  last_failed_at bigint not null,
  -- microseconds after which one failure is forgiven
  forgiven_after bigint not null,
  expires_at bigint not null,
  primary key (tenant_id, key)
) without rowid;

create index throttles_by_end on throttles (expires_at);

-- Where a person signed in from before.
create table known_devices (
  tenant_id blob not null,
  user_id blob not null,
  -- keyed digest of network and kind of user agent
  digest blob not null,
  first_seen_at bigint not null,
  last_seen_at bigint not null,
  -- one bit for each hour of the day (UTC) in which somebody signed in
  hours bigint not null,
  -- thousandths of a degree, where the address could be looked up
  latitude bigint,
  longitude bigint,
  primary key (tenant_id, user_id, digest),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index known_devices_by_age on known_devices (last_seen_at);

-- Solved sums of the built-in captcha: each is good for one request.
create table spent_captchas (
  tenant_id blob not null,
  digest blob not null,
  expires_at bigint not null,
  primary key (tenant_id, digest)
) without rowid;

create index spent_captchas_by_end on spent_captchas (expires_at);
