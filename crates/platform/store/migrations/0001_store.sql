-- What happened. Written with the change itself; sealed and read by the domain `events`.
create table events (
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
    -- {"data", "context": {"ip", "user_agent"}}: the part that erasing a person empties. The digest stays, so the
    -- chain still holds; the salt goes with the details, so that they can't be guessed from the digest.
    details       text,
    salt          blob,
    digest        blob   not null,
    -- Place in the tenant's hash chain; null until sealed.
    sequence      bigint,
    previous_hash blob,
    hash          blob,
    primary key (tenant_id, id)
) without rowid;

create index events_target on events (tenant_id, target_id, id);
create index events_actor on events (tenant_id, actor_id, id);
create index events_unsealed on events (tenant_id, id) where sequence is null;
create unique index events_sequence on events (tenant_id, sequence) where sequence is not null;

-- Work to be done after the commit. A row is waiting (no lease), leased, or a dead letter (failed_at).
create table jobs (
    id          blob   not null primary key,
    tenant_id   blob   not null,
    kind        text   not null,
    payload     text   not null,
    run_at      bigint not null,
    attempts    bigint not null default 0,
    lease_until bigint,
    fence       bigint not null default 0,
    unique_key  text,
    last_error  text,
    failed_at   bigint
) without rowid;

create index jobs_due on jobs (run_at) where failed_at is null;
create index jobs_tenant on jobs (tenant_id, failed_at, id);
-- Of equal jobs one waits. One that runs does not count: it may have read its input already.
create unique index jobs_waiting on jobs (tenant_id, kind, unique_key)
    where unique_key is not null and lease_until is null and failed_at is null;

-- Replies to mutations, by the caller's Idempotency-Key.
create table idempotency (
    tenant_id    blob   not null,
    principal    text   not null,
    key          text   not null,
    fingerprint  blob   not null,
    state        text   not null,
    status       bigint,
    -- Sealed by the caller, because secrets that are shown once stand in it.
    reply        blob,
    locked_until bigint not null,
    expires_at   bigint not null,
    primary key (tenant_id, principal, key)
) without rowid;

create index idempotency_expiry on idempotency (expires_at);

-- Values of the whole deployment.
create table meta (
    key   text not null primary key,
    value blob not null
) without rowid;
