// The peer's rows in memory. Its own adapter for that forgets all but the last thousand.

const now = () => Math.floor(Date.now() / 1000);

/** An adapter class for `oidc-provider`. */
export function memory() {
  const entries = new Map();
  const read = (entry) => (entry === undefined || entry.expiresAt <= now() ? undefined : entry.payload);
  const by = (model, field, value) =>
    read([...entries.values()].find((entry) => entry.model === model && entry.payload[field] === value));

  return class Entries {
    constructor(model) {
      this.model = model;
    }

    async upsert(id, payload, expiresIn) {
      const expiresAt = expiresIn ? now() + expiresIn : Infinity;
      entries.set(`${this.model}:${id}`, { model: this.model, payload, expiresAt });
    }

    async find(id) {
      return read(entries.get(`${this.model}:${id}`));
    }

    async findByUid(uid) {
      return by(this.model, 'uid', uid);
    }

    async findByUserCode(userCode) {
      return by(this.model, 'userCode', userCode);
    }

    async consume(id) {
      entries.get(`${this.model}:${id}`).payload.consumed = now();
    }

    async destroy(id) {
      entries.delete(`${this.model}:${id}`);
    }

    async revokeByGrantId(grantId) {
      for (const [key, { payload }] of entries) {
        if (payload.grantId === grantId) entries.delete(key);
      }
    }
  };
}
