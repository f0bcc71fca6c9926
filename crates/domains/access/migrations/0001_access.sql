create table roles (
  tenant_id blob not null,
  id blob not null,
  version bigint not null,
  -- application: held in the whole application; organization: held within one
  kind text not null,
  -- never changes: settings and tokens name the role by it
  name text not null,
  description text,
  -- space-separated
  permissions text not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id)
) without rowid;

create unique index roles_name on roles (tenant_id, name);

-- Who holds a role in the whole application by themselves.
create table role_holders (
  tenant_id blob not null,
  user_id blob not null,
  role_id blob not null,
  created_at bigint not null,
  primary key (tenant_id, user_id, role_id),
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade,
  foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade
) without rowid;

create index role_holders_by_role on role_holders (tenant_id, role_id, user_id);

create table user_groups (
  tenant_id blob not null,
  id blob not null,
  version bigint not null,
  -- never changes
  slug text not null,
  name text not null,
  description text,
  -- space-separated
  scopes text not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id)
) without rowid;

create unique index user_groups_slug on user_groups (tenant_id, slug);

create table group_members (
  tenant_id blob not null,
  group_id blob not null,
  user_id blob not null,
  created_at bigint not null,
  primary key (tenant_id, group_id, user_id),
  foreign key (tenant_id, group_id) references user_groups (tenant_id, id) on delete cascade,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index group_members_by_user on group_members (tenant_id, user_id);

-- Which groups give their members a role.
create table group_roles (
  tenant_id blob not null,
  group_id blob not null,
  role_id blob not null,
  created_at bigint not null,
  primary key (tenant_id, group_id, role_id),
  foreign key (tenant_id, group_id) references user_groups (tenant_id, id) on delete cascade,
  foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade
) without rowid;

create index group_roles_by_role on group_roles (tenant_id, role_id, group_id);

create table organizations (
  tenant_id blob not null,
  id blob not null,
  version bigint not null,
  name text not null,
  -- for search without regard to case
  name_key text not null,
  slug text not null,
  logo_url text,
  public_metadata text not null,
  private_metadata text not null,
  -- must its members have a second factor?
  mfa_required boolean not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, id)
) without rowid;

create unique index organizations_slug on organizations (tenant_id, slug);
create index organizations_name on organizations (tenant_id, name_key);

create table organization_members (
  tenant_id blob not null,
  organization_id blob not null,
  user_id blob not null,
  version bigint not null,
  -- member, admin, owner
  rank text not null,
  created_at bigint not null,
  updated_at bigint not null,
  primary key (tenant_id, organization_id, user_id),
  foreign key (tenant_id, organization_id) references organizations (tenant_id, id) on delete cascade,
  foreign key (tenant_id, user_id) references users (tenant_id, id) on delete cascade
) without rowid;

create index organization_members_by_user on organization_members (tenant_id, user_id);

-- Roles within an organization; they end with the membership.
create table member_roles (
  tenant_id blob not null,
  organization_id blob not null,
  user_id blob not null,
  role_id blob not null,
  primary key (tenant_id, organization_id, user_id, role_id),
  foreign key (tenant_id, organization_id, user_id) references organization_members (tenant_id, organization_id, user_id) on delete cascade,
  foreign key (tenant_id, role_id) references roles (tenant_id, id) on delete cascade
) without rowid;

create index member_roles_by_user on member_roles (tenant_id, user_id);
create index member_roles_by_role on member_roles (tenant_id, role_id);
