-- What was ended as a whole: all that a person gave one client, or all clients, and all that a client was given. A code that was on its
-- way then has no row that could have ended; it looks here. Forgotten once no code is as old.
create table oauth_ends (
  tenant_id blob not null,
  -- zero: of everybody
  user_id blob not null,
  -- zero: at every client
  client_id blob not null,
  ended_at bigint not null,
  primary key (tenant_id, user_id, client_id)
) without rowid;

create index oauth_ends_by_time on oauth_ends (ended_at);
