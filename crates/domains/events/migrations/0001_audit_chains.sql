-- Where a tenant's chain ends. Moved in the transaction that seals, by compare-and-set: two nodes can't fork a chain.
create table audit_chains (
    tenant_id blob   not null primary key,
    sequence  bigint not null,
    hash      blob   not null
) without rowid;

-- The trail is read newest first; without this a rare type would walk all of it. A request needs no index: its id says when it
-- came in, and events are sorted by time.
create index events_type on events (tenant_id, type, id);
