-- Everything that is sent out or shown once and may be redeemed once: links, codes, states, hand-offs.
create table challenges (
  tenant_id blob not null,
  id blob not null,
  kind text not null,
  -- keyed digest over tenant, kind, id and secret: what is stored redeems nothing
  secret_mac blob not null,
  user_id blob,
  -- keyed digest of the address that it was sent to: for the cap
  subject_mac blob,
  -- email or sms, where it is sent
  channel text,
  flow_key blob,
  -- digest of what the browser that asked holds; null where any may redeem
  browser_digest blob,
  payload text not null,
  tries bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  used_at bigint,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index challenges_by_subject on challenges (tenant_id, subject_mac, created_at) where subject_mac is not null;
create index challenges_by_sms on challenges (tenant_id, created_at) where channel = 'sms';
create index challenges_by_user on challenges (tenant_id, user_id) where user_id is not null;
create index challenges_by_end on challenges (expires_at);

-- Sign-ins that are not finished.
create table flows (
  tenant_id blob not null,
  -- digest of the handle
  key blob not null,
  user_id blob not null,
  -- the session that a step-up raises
  session_id blob,
  version bigint not null,
  -- what has been proven so far, as JSON
  evidence text not null,
  -- wrong codes so far
  tries bigint not null,
  created_at bigint not null,
  expires_at bigint not null,
  finished_at bigint,
  primary key (tenant_id, key),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index flows_by_user on flows (tenant_id, user_id);
create index flows_by_end on flows (expires_at);

-- space-separated methods in the order in which they were given: from them the assurance level is computed
alter table sessions add column proven text not null default 'password';

-- a guest: nobody yet, until they give themselves an identifier
alter table users add column is_anonymous boolean not null default false;
