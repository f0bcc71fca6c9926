-- Events wait here until they are sealed, and stand in `events` from then on. No index but the key: what a request writes is one
-- entry at the end of one tree, and the trail's indexes are written by whoever seals, many events at a time.
create table unsealed_events (
    tenant_id     blob   not null,
    id            blob   not null,
    type          text   not null,
    occurred_at   bigint not null,
    actor_kind    text   not null,
    actor_id      blob,
    target_kind   text   not null,
    target_id     blob   not null,
    outcome       text   not null,
    request_id    text,
    details       text,
    salt          blob,
    digest        blob   not null,
    -- Never written: SQLite reads both tables as one, each by its own index, only where their columns have the same types.
    sequence      bigint,
    previous_hash blob,
    hash          blob,
    primary key (tenant_id, id)
) without rowid;

insert into unsealed_events (tenant_id, id, type, occurred_at, actor_kind, actor_id, target_kind, target_id, outcome, request_id,
                             details, salt, digest)
select tenant_id, id, type, occurred_at, actor_kind, actor_id, target_kind, target_id, outcome, request_id, details, salt, digest
  from events
 where sequence is null;

delete from events where sequence is null;
drop index events_unsealed;
