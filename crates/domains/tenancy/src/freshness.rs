//! Caches that may be old for seconds at most and are told of changes at once.
//!
//! Three things keep an entry honest: it is read again once [`FRESH_FOR`] has passed; a change that committed, here or on
//! another node, removes it before the next lookup; and a value that was read before such a change is not put in after it.

use std::{
    borrow::Borrow,
    hash::Hash,
    sync::{
        Arc,
        atomic::{AtomicI64, AtomicU64, Ordering},
    },
    time::Duration,
};

use kernel::Timestamp;
use parking_lot::Mutex;
use quick_cache::sync::Cache;
use store::{Db, Invalidation, StoreError};

/// How long a value counts as true where no change was told: the bound for a node that lost its line to the others.
pub const FRESH_FOR: Duration = Duration::from_secs(3);

/// What a committed transaction made old.
pub enum Change {
    One(Invalidation),
    /// Some changes were missed: everything may be old.
    All,
}

/// The changes since the last look. They are taken at each lookup and not by a task of their own, so that whoever saw a
/// commit return also sees its effect.
pub struct Changes {
    db: Db,
    /// How many there were at the last look.
    seen: AtomicU64,
    next: Mutex<NextChange>,
}

/// A closure, because the runtime's receiver has no name that this layer may say.
type NextChange = Box<dyn FnMut() -> Option<Change> + Send>;

impl Changes {
    pub fn of(db: &Db) -> Self {
        let mut receiver = db.subscribe();
        let next: NextChange = Box::new(move || {
            if receiver.is_empty() {
                return None;
            }
            // Not empty and yet no value: the receiver fell behind, and the oldest were dropped.
            Some(receiver.try_recv().ok().filter(|change| !change.is_all()).map_or(Change::All, Change::One))
        });
        Self { db: db.clone(), seen: AtomicU64::new(0), next: Mutex::new(next) }
    }

    pub fn take(&self, mut apply: impl FnMut(Change)) {
        let sent = self.db.invalidations();
        if sent == self.seen.load(Ordering::Acquire) {
            return;
        }
        let mut next = self.next.lock();
        while let Some(change) = next() {
            apply(change);
        }
        self.seen.store(sent, Ordering::Release);
    }
}

/// A bounded cache; values are cheap to clone.
pub struct FreshCache<K, V> {
    entries: Cache<K, Arc<Entry<V>>>,
    /// Counts removals.
    epoch: AtomicU64,
}

struct Entry<V> {
    value: V,
    /// In microseconds. Whoever finds it too old sets it to now and reads again; the others go on with the old value
    /// meanwhile, so that one reader asks the store and not all of them at once.
    read_at: AtomicI64,
}

impl<V> Entry<V> {
    /// When it was read, if that is too long ago. A request is told its own time, and may have come in before another read the entry for
    /// it; what lies further ahead than that was read before the clock was set back, and is old.
    fn old_since(&self, now: Timestamp, fresh_for: Duration) -> Option<i64> {
        let read_at = self.read_at.load(Ordering::Relaxed);
        let age = now.as_micros().abs_diff(read_at);
        let is_fresh = u128::from(age) < fresh_for.as_micros();
        (!is_fresh).then_some(read_at)
    }

    /// Of those who find it old, one reads again.
    fn claim(&self, read_at: i64, now: Timestamp) -> bool {
        self.read_at.compare_exchange(read_at, now.as_micros(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

enum Found<V> {
    Fresh(V),
    Stale(V),
    Missing,
}

impl<K: Hash + Eq + Clone, V: Clone> FreshCache<K, V> {
    pub fn new(capacity: usize) -> Self {
        Self { entries: Cache::new(capacity), epoch: AtomicU64::new(0) }
    }

    /// The cached value while it is fresh: for whoever would rather not wait at all.
    pub fn fresh<Q>(&self, key: &Q, now: Timestamp, fresh_for: Duration) -> Option<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let entry = self.entries.get(key)?;
        entry.old_since(now, fresh_for).is_none().then(|| entry.value.clone())
    }

    /// The cached value, or what `read` brings. `read` is given the old value. Where the store can't be reached the old value
    /// stands: keys and settings stay readable while writes are down, and what must not outlive an outage is in the store.
    pub async fn get<Q, F>(
        &self,
        key: &Q,
        now: Timestamp,
        fresh_for: Duration,
        read: impl FnOnce(Option<V>) -> F,
    ) -> Result<V, StoreError>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ToOwned<Owned = K> + ?Sized,
        F: Future<Output = Result<V, StoreError>>,
    {
        let old = match self.find(key, now, fresh_for) {
            Found::Fresh(value) => return Ok(value),
            Found::Stale(value) => Some(value),
            Found::Missing => None,
        };
        let epoch = self.epoch.load(Ordering::Acquire);
        // Boxed: whoever finds a value carries no room for reading one.
        match (Box::pin(read(old.clone())).await, old) {
            (Ok(value), _) => {
                self.put(&key.to_owned(), value.clone(), now, epoch);
                Ok(value)
            }
            (Err(StoreError::Unavailable(cause)), Some(old)) => {
                tracing::warn!(cause, "the store can't be reached: going on with what was read before");
                Ok(old)
            }
            (Err(error), _) => Err(error),
        }
    }

    fn find<Q>(&self, key: &Q, now: Timestamp, fresh_for: Duration) -> Found<V>
    where
        K: Borrow<Q>,
        Q: Hash + Eq + ?Sized,
    {
        let Some(entry) = self.entries.get(key) else { return Found::Missing };
        let value = entry.value.clone();
        match entry.old_since(now, fresh_for) {
            Some(read_at) if entry.claim(read_at, now) => Found::Stale(value),
            _ => Found::Fresh(value),
        }
    }

    /// Keep what was read while the cache was at `epoch`, unless something was removed since.
    fn put(&self, key: &K, value: V, now: Timestamp, epoch: u64) {
        if self.epoch.load(Ordering::Acquire) != epoch {
            return;
        }
        self.entries.insert(key.clone(), Arc::new(Entry { value, read_at: AtomicI64::new(now.as_micros()) }));
        // A removal between the question and the insertion found nothing to remove.
        if self.epoch.load(Ordering::Acquire) != epoch {
            self.entries.remove(key);
        }
    }

    pub fn remove(&self, key: &K) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.entries.remove(key);
    }

    pub fn clear(&self) {
        self.epoch.fetch_add(1, Ordering::AcqRel);
        self.entries.clear();
    }
}

#[cfg(test)]
mod tests {
    use std::{
        future::{Ready, ready},
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;

    /// The value of a future that never waits.
    fn now_or_never<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("it waits"),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn get(cache: &FreshCache<u8, u8>, now: i64, read: Result<u8, StoreError>) -> Result<u8, StoreError> {
        now_or_never(cache.get(&1, at(now), FRESH_FOR, |_| ready(read)))
    }

    fn never(_: Option<u8>) -> Ready<Result<u8, StoreError>> {
        panic!("read though fresh")
    }

    #[test]
    fn a_request_that_came_in_before_the_reading_finds_the_value_and_a_clock_that_was_set_back_does_not() {
        let cache = FreshCache::new(8);
        assert_eq!(get(&cache, 100, Ok(7)).unwrap(), 7);
        assert_eq!(now_or_never(cache.get(&1, at(98), FRESH_FOR, never)).unwrap(), 7);
        assert_eq!(get(&cache, 97, Ok(8)).unwrap(), 8);
    }

    #[test]
    fn a_value_is_read_again_when_it_is_old() {
        let cache = FreshCache::new(8);
        assert_eq!(get(&cache, 100, Ok(7)).unwrap(), 7);
        assert_eq!(now_or_never(cache.get(&1, at(102), FRESH_FOR, never)).unwrap(), 7);
        assert_eq!(get(&cache, 103, Ok(8)).unwrap(), 8);
        assert_eq!(get(&cache, 50, Ok(9)).unwrap(), 9, "the clock was set back");
    }

    #[test]
    fn one_reader_asks_while_the_others_go_on() {
        let cache = FreshCache::new(8);
        get(&cache, 100, Ok(7)).unwrap();
        let read = cache.get(&1, at(110), FRESH_FOR, |old| {
            assert_eq!(old, Some(7));
            assert_eq!(now_or_never(cache.get(&1, at(110), FRESH_FOR, never)).unwrap(), 7);
            ready(Ok(8))
        });
        assert_eq!(now_or_never(read).unwrap(), 8);
    }

    #[test]
    fn what_was_read_before_a_change_is_not_kept_after_it() {
        let cache = FreshCache::new(8);
        let read = cache.get(&1, at(100), FRESH_FOR, |_| {
            cache.remove(&1);
            ready(Ok(7))
        });
        assert_eq!(now_or_never(read).unwrap(), 7);
        assert_eq!(get(&cache, 100, Ok(8)).unwrap(), 8);
        cache.clear();
        assert_eq!(get(&cache, 100, Ok(9)).unwrap(), 9);
    }

    #[test]
    fn an_outage_leaves_the_old_value_and_an_error_does_not() {
        let cache = FreshCache::new(8);
        let outage = || Err(StoreError::Unavailable(String::new()));
        assert!(get(&cache, 100, outage()).is_err());
        get(&cache, 100, Ok(7)).unwrap();
        assert_eq!(get(&cache, 200, outage()).unwrap(), 7);
        assert!(get(&cache, 300, Err(StoreError::LeaseLost)).is_err());
    }
}
