//! Time and randomness, the two inputs that no pure function may fetch for itself.

use std::sync::Arc;

use crate::{id::Id, time::Timestamp};

/// What time it is.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Random bytes fit for keys.
pub trait Entropy: Send + Sync {
    fn fill(&self, bytes: &mut [u8]);
}

/// The outside world as a decision may see it. Tests turn the clock and seed the entropy.
#[derive(Clone)]
pub struct Env {
    pub clock: Arc<dyn Clock>,
    pub entropy: Arc<dyn Entropy>,
}

impl Env {
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn new_id<K>(&self) -> Id<K> {
        Id::generate(&*self.clock, &*self.entropy)
    }

    pub fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.entropy.fill(&mut bytes);
        bytes
    }
}
