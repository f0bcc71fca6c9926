//! The clock and the randomness of the machine: the one place where time and chance enter the product.

use std::{cell::RefCell, sync::Arc, time::SystemTime};

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use kernel::{Clock, Entropy, Env, Timestamp};

/// The environment of a server that really runs.
pub fn system() -> Env {
    Env { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy(SystemRandom::new())) }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock that all others ask")]
        let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(since_epoch.as_micros()).unwrap_or(i64::MAX))
    }
}

struct SystemEntropy(SystemRandom);

/// Requests above this go to the generator directly: keys and salts are rare, ids are not.
const SMALL: usize = 64;
const BUFFER: usize = 1_024;

/// Random bytes drawn ahead, each handed out once and wiped as it leaves.
struct Ahead {
    bytes: [u8; BUFFER],
    used: usize,
}

thread_local! {
    static AHEAD: RefCell<Ahead> = const { RefCell::new(Ahead { bytes: [0; BUFFER], used: BUFFER }) };
}

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        if bytes.len() > SMALL {
            return self.draw(bytes);
        }
        AHEAD.with_borrow_mut(|ahead| {
            if BUFFER - ahead.used < bytes.len() {
                self.draw(&mut ahead.bytes);
                ahead.used = 0;
            }
            let taken = &mut ahead.bytes[ahead.used..ahead.used + bytes.len()];
            bytes.copy_from_slice(taken);
            taken.fill(0);
            ahead.used += bytes.len();
        });
    }
}

impl SystemEntropy {
    fn draw(&self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("without randomness nothing here is safe to go on with");
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_byte_is_handed_out_twice() {
        let env = system();
        let drawn: HashSet<[u8; 16]> = (0..10_000).map(|_| env.random()).collect();
        assert_eq!(drawn.len(), 10_000);
        assert_ne!(env.random::<256>(), env.random::<256>());
    }

    #[test]
    fn threads_draw_apart() {
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(|| system().random::<32>())).collect();
        let drawn: HashSet<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
        assert_eq!(drawn.len(), 4);
    }

    #[test]
    fn the_clock_is_past_this_programs_birth() {
        assert!(system().now() > Timestamp::from_seconds(1_767_225_600), "2026 has begun");
    }
}
