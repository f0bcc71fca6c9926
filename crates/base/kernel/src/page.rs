//! Keyset pages: bounded, stable while rows come and go, as fast at the end as at the start.

/// How many items a page holds when the caller does not say.
pub const DEFAULT_LIMIT: u32 = 50;
/// How many it holds at most.
pub const MAX_LIMIT: u32 = 200;

/// Which page is wanted: at most `limit` items behind the item whose sort key is `after`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest<K> {
    pub limit: u32,
    pub after: Option<K>,
}

/// A page, and the key to go on from; `None` at the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T, K> {
    pub items: Vec<T>,
    pub next: Option<K>,
    pub limit: u32,
}

impl<K> PageRequest<K> {
    /// How many rows to read: one more than asked, to learn whether another page follows.
    pub fn fetch(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// Cut the rows that [`PageRequest::fetch`] brought down to the page.
    pub fn page<T>(&self, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Page<T, K> {
        let limit = self.limit as usize;
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = more.then(|| rows.last().map(key)).flatten();
        Page { items: rows, next, limit: self.limit }
    }
}

impl<T, K> Page<T, K> {
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U, K> {
        Page { items: self.items.into_iter().map(f).collect(), next: self.next, limit: self.limit }
    }
}
