-- Who was asked into a team and has not come yet: one invitation for an address, the last one.
create table team_invitations (
  team_id blob not null references teams (id) on delete cascade,
  -- MAC of the canonical address
  address_mac blob not null,
  -- what the message holds the token of
  challenge_id blob not null,
  -- owner, admin, developer, support, viewer
  role text not null,
  -- the member who asked; it falls with their own standing
  invited_by blob not null,
  expires_at bigint not null,
  primary key (team_id, address_mac)
) without rowid;

-- From when it is not served; it can be had back for thirty days.
alter table tenants add column deleted_at bigint;
-- From when nothing of it is left but this row, which keeps its slug from being used again.
alter table tenants add column erased_at bigint;

create index tenants_by_deletion on tenants (deleted_at) where deleted_at is not null and erased_at is null;
