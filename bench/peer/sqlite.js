// The peer's rows in SQLite, with the settings that the product has: WAL, and every commit waits for the disk.
import Database from 'better-sqlite3';

const SCHEMA = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  create table if not exists entries (
    model text not null,
    id text not null,
    payload text not null,
    grant_id text,
    user_code text,
    uid text,
    expires_at integer,
    primary key (model, id)
  ) without rowid;
  create index if not exists entries_by_grant on entries (grant_id) where grant_id is not null;
  create index if not exists entries_by_uid on entries (model, uid) where uid is not null;
  create index if not exists entries_by_code on entries (model, user_code) where user_code is not null;
`;

const now = () => Math.floor(Date.now() / 1000);

/** An adapter class for `oidc-provider`, one prepared statement for each question. */
export function sqlite(file) {
  const database = new Database(file);
  database.exec(SCHEMA);
  const put = database.prepare(`
    insert into entries (model, id, payload, grant_id, user_code, uid, expires_at) values (?, ?, ?, ?, ?, ?, ?)
    on conflict (model, id) do update set payload = excluded.payload, grant_id = excluded.grant_id,
      user_code = excluded.user_code, uid = excluded.uid, expires_at = excluded.expires_at`);
  const find = database.prepare('select payload, expires_at from entries where model = ? and id = ?');
  const findByUid = database.prepare('select payload, expires_at from entries where model = ? and uid = ?');
  const findByCode = database.prepare('select payload, expires_at from entries where model = ? and user_code = ?');
  const consume = database.prepare(
    "update entries set payload = json_set(payload, '$.consumed', ?) where model = ? and id = ?");
  const remove = database.prepare('delete from entries where model = ? and id = ?');
  const revoke = database.prepare('delete from entries where grant_id = ?');
  const read = (row) =>
    row === undefined || (row.expires_at !== null && row.expires_at <= now()) ? undefined : JSON.parse(row.payload);

  return class Entries {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      const { grantId = null, userCode = null, uid = null } = payload;
      const expiresAt = expiresIn ? now() + expiresIn : null;
      put.run(this.model, id, JSON.stringify(payload), grantId, userCode, uid, expiresAt);
    }

    async find(id) {
      return read(find.get(this.model, id));
    }

    async findByUid(uid) {
      return read(findByUid.get(this.model, uid));
    }

    async findByUserCode(userCode) {
      return read(findByCode.get(this.model, userCode));
    }

    async consume(id) {
      consume.run(now(), this.model, id);
    }

    async destroy(id) {
      remove.run(this.model, id);
    }

    async revokeByGrantId(grantId) {
      revoke.run(grantId);
    }
  };
}
