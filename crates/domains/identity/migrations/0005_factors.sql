-- Second factors of a person: authenticator apps, phones and mailboxes that codes go to, and the set of recovery codes.
create table factors (
  tenant_id blob not null,
  id blob not null,
  user_id blob not null,
  -- totp, sms, email or recovery_code
  kind text not null,
  -- given by the person
  name text,
  -- of an authenticator app: its key, sealed
  secret blob,
  -- of an authenticator app: the step whose code was accepted last; none before it counts again
  last_step bigint,
  -- where codes go: E.164 or an email address
  address text,
  -- the code that was sent last to prove the address
  challenge_id blob,
  -- null until a first code has proven it
  activated_at bigint,
  last_used_at bigint,
  created_at bigint not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index factors_by_user on factors (tenant_id, user_id);
create unique index factors_address on factors (tenant_id, user_id, kind, address) where address is not null;
create unique index factors_recovery_set on factors (tenant_id, user_id) where kind = 'recovery_code';

create table recovery_codes (
  tenant_id blob not null,
  factor_id blob not null,
  -- keyed digest over tenant, set and code
  code_mac blob not null,
  used_at bigint,
  primary key (tenant_id, factor_id, code_mac),
  foreign key (tenant_id, factor_id) references factors (tenant_id, id) on delete cascade
) without rowid;

-- Which code a pending sign-in waits for: sending another one puts it in the place of the former.
create table factor_challenges (
  tenant_id blob not null,
  flow_key blob not null,
  factor_id blob not null,
  challenge_id blob not null,
  primary key (tenant_id, flow_key, factor_id),
  foreign key (tenant_id, flow_key) references flows (tenant_id, key) on delete cascade,
  foreign key (tenant_id, factor_id) references factors (tenant_id, id) on delete cascade
) without rowid;

create index factor_challenges_by_factor on factor_challenges (tenant_id, factor_id);

-- Wrong second factors of an account in its current day, over all flows, factors, sessions and surfaces.
create table factor_tries (
  tenant_id blob not null,
  user_id blob not null,
  -- code: apps and messages. recovery: recovery codes, so that who is shut out of the former can still come in.
  budget text not null,
  since bigint not null,
  wrong bigint not null,
  primary key (tenant_id, user_id, budget),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

-- Devices that are not asked for a second factor for some days.
create table trusted_devices (
  tenant_id blob not null,
  id blob not null,
  user_id blob not null,
  -- digest of a token of 256 random bits
  token_digest blob not null,
  device text not null,
  ip text,
  created_at bigint not null,
  last_used_at bigint,
  expires_at bigint not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index trusted_devices_by_user on trusted_devices (tenant_id, user_id, id);
create unique index trusted_devices_by_token on trusted_devices (tenant_id, token_digest);
create index trusted_devices_by_end on trusted_devices (expires_at);

-- Whose next sign-in has to enrol a factor, whatever the policy says: set by a reset, cleared by the enrolment.
create table mfa_demands (
  tenant_id blob not null,
  user_id blob not null,
  demanded_at bigint not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;
