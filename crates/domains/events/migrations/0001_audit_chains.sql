-- Where a tenant's chain ends. Moved in the transaction that seals, by compare-and-set: two nodes can't fork a chain.
create table audit_chains (
    tenant_id blob   not null primary key,
    sequence  bigint not null,
    hash      blob   not null
) without rowid;

-- The trail is read newest first; without these a rare type or a request id would walk all of it.
create index events_type on events (tenant_id, type, id);
create index events_request on events (tenant_id, request_id, id) where request_id is not null;
