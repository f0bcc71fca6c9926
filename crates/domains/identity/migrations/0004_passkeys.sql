-- WebAuthn credentials. Discoverable, so that a sign-in begins with one and not with a name.
create table passkeys (
  tenant_id blob not null,
  id blob not null,
  user_id blob not null,
  -- chosen by the authenticator; up to 1023 bytes
  credential_id blob not null,
  -- COSE key, as it was registered
  public_key blob not null,
  -- what it counted last; 0 for those that count nothing
  sign_count bigint not null,
  -- the model, zeros where the authenticator does not say
  aaguid blob not null,
  -- vouched for by a maker whose root is trusted
  attested boolean not null,
  -- may it leave its authenticator, and has it
  backup_eligible boolean not null,
  backed_up boolean not null,
  -- space-separated hints on how to reach the authenticator
  transports text not null,
  name text not null,
  created_at bigint not null,
  last_used_at bigint,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create unique index passkeys_credential on passkeys (tenant_id, credential_id);
create index passkeys_by_user on passkeys (tenant_id, user_id, id);
