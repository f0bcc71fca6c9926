-- Messages on their way. A row goes when its message was taken over, or was not and has expired.
create table messages (
  tenant_id blob not null references tenants (id),
  id blob not null,
  -- email, sms
  channel text not null,
  template text not null,
  -- to whom, in which language, and the code or link: sealed
  content blob not null,
  -- failed ones
  attempts bigint not null,
  created_at bigint not null,
  -- not sent after
  expires_at bigint not null,
  primary key (tenant_id, id)
) without rowid;

create index messages_by_expiry on messages (expires_at);

-- An application's own senders, both written together; without rows those of the deployment.
create table message_senders (
  tenant_id blob not null references tenants (id),
  -- email, sms
  channel text not null,
  version bigint not null,
  -- JSON, without the secret; null where there is none
  settings text,
  -- what the mail server or provider is shown; sealed
  secret blob,
  updated_at bigint not null,
  primary key (tenant_id, channel)
) without rowid;

-- An application's own texts, before those of the product.
create table message_templates (
  tenant_id blob not null references tenants (id),
  template text not null,
  locale text not null,
  version bigint not null,
  -- JSON: subject, html, plain, sms
  content text not null,
  updated_at bigint not null,
  primary key (tenant_id, template, locale)
) without rowid;
