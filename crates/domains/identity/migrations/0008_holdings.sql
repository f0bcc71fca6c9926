-- Does the person hold a role, or belong to a group or an organization? Only then is it worth asking which. Stays once it is set.
alter table users add column has_holdings boolean not null default false;

-- The organization that the session acts in. Taken back when the person leaves it, by whoever ends the membership.
alter table sessions add column organization_id blob;

create index sessions_by_organization on sessions (tenant_id, organization_id, user_id) where organization_id is not null;
