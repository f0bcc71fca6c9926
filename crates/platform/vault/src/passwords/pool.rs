//! Threads that do nothing but hash, behind a queue that says no.
//!
//! A hash holds a core for 15 to 35 ms, so a burst of sign-ins would starve every other endpoint. Here it can't: the
//! number of threads is fixed, they yield to all others, the queue is short, and who finds it full is told at once.
//! Memory is bounded by the number of threads times that of one hash.

use std::{
    collections::VecDeque,
    fmt, io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};

use kernel::secret::Secret;
use parking_lot::{Condvar, Mutex};
use thiserror::Error;
#[cfg(target_os = "linux")]
use thread_priority::{
    ThreadPriority, set_thread_priority_and_policy, thread_native_id,
    unix::{NormalThreadSchedulePolicy, ThreadSchedulePolicy},
};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

use super::{
    hash::{Memory, Stored, hash},
    params::Argon2Params,
};
use crate::normal::normalized;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolOptions {
    /// Hashes that run at once; at least one.
    pub threads: usize,
    /// Hashes that may wait; at least one.
    pub queue: usize,
    /// How far the threads step back behind all others, 0 to 18 (nice(2)), or 19: the scheduler's idle class
    /// (sched(7), `SCHED_IDLE`), whose threads leave the core at once when any other wants it. Linux only.
    pub nice: i32,
}

impl Default for PoolOptions {
    /// Every core may hash, since the threads step back; two seconds of work may wait for each.
    fn default() -> Self {
        let threads = thread::available_parallelism().map_or(1, usize::from);
        Self { threads, queue: threads * 64, nice: IDLE }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PoolError {
    /// To be answered with 429 and [`PasswordPool::expected_wait`] as `Retry-After`.
    #[error("too many passwords wait to be hashed")]
    Busy,
    #[error("the password is longer than {} bytes", crate::normal::MAX_PASSWORD_BYTES)]
    TooLong,
    #[error("the stored hash is not one that can be computed")]
    BadHash,
    #[error("the parameters are out of range")]
    BadParams,
    #[error("the system gives no random bytes")]
    NoEntropy,
    #[error("the pool has stopped, or the hash failed")]
    Stopped,
}

/// Hashes and verifies passwords. Cloning shares it; its threads end with the last clone.
#[derive(Clone)]
pub struct PasswordPool {
    handle: Arc<Handle>,
}

struct Handle(Arc<Shared>);

struct Shared {
    options: PoolOptions,
    state: Mutex<State>,
    work: Condvar,
}

struct State {
    queue: VecDeque<Box<dyn Job>>,
    running: usize,
    is_open: bool,
    /// Moving average over the last hashes.
    duration: Duration,
}

/// Something that waits for a thread.
trait Job: Send {
    /// Has its caller gone away?
    fn is_abandoned(&self) -> bool;
    fn run(self: Box<Self>, memory: &mut Memory);
}

struct Task<T, F> {
    work: F,
    reply: oneshot::Sender<Result<T, PoolError>>,
}

impl<T: Send, F: FnOnce(&mut Memory) -> Result<T, PoolError> + Send> Job for Task<T, F> {
    fn is_abandoned(&self) -> bool {
        self.reply.is_closed()
    }

    fn run(self: Box<Self>, memory: &mut Memory) {
        let outcome = (self.work)(memory);
        // The caller may have gone away meanwhile; then nobody needs the answer.
        drop(self.reply.send(outcome));
    }
}

impl PasswordPool {
    /// Starts the threads. Fails where the system gives none.
    pub fn new(options: PoolOptions) -> io::Result<Self> {
        let options = PoolOptions {
            threads: options.threads.max(1),
            queue: options.queue.max(1),
            nice: options.nice.clamp(0, 19),
        };
        let state = State {
            queue: VecDeque::with_capacity(options.queue),
            running: 0,
            is_open: true,
            // Until the first hash has been timed.
            duration: Duration::from_millis(50),
        };
        let shared = Arc::new(Shared { options, state: Mutex::new(state), work: Condvar::new() });
        let pool = Self { handle: Arc::new(Handle(Arc::clone(&shared))) };
        for number in 0..options.threads {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name(format!("hash-{number}")).spawn(move || shared.serve())?;
        }
        Ok(pool)
    }

    /// The password's PHC string under a new salt.
    pub async fn hash(&self, password: &Secret, params: Argon2Params) -> Result<String, PoolError> {
        let password = normal(password)?;
        self.submit(move |memory| hash(&password, params, memory)).await
    }

    /// Is this the password that the PHC string was made of?
    pub async fn verify(&self, password: &Secret, phc: &str) -> Result<bool, PoolError> {
        let password = normal(password)?;
        let stored = Stored::parse(phc).ok_or(PoolError::BadHash)?;
        self.submit(move |memory| stored.is_of(&password, memory)).await
    }

    /// Always false, in the time and with the refusals of a verification: for an account that does not exist, so that
    /// nobody can tell. `params` are those of new hashes.
    pub async fn verify_absent(&self, password: &Secret, params: Argon2Params) -> Result<bool, PoolError> {
        let password = normal(password)?;
        self.submit(move |memory| hash(&password, params, memory).map(|_| false)).await
    }

    /// How long a hash submitted now would wait for its turn: for `Retry-After`, rounded up to whole seconds.
    pub fn expected_wait(&self) -> Duration {
        let shared = &self.handle.0;
        let state = shared.state.lock();
        let ahead = u32::try_from(state.queue.len() + state.running).unwrap_or(u32::MAX);
        let threads = u32::try_from(shared.options.threads).unwrap_or(u32::MAX);
        state.duration.saturating_mul(ahead) / threads
    }

    /// Hashes that wait, for the gauge.
    pub fn waiting(&self) -> usize {
        self.handle.0.state.lock().queue.len()
    }

    async fn submit<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> Result<T, PoolError> + Send + 'static,
    ) -> Result<T, PoolError> {
        let (reply, answer) = oneshot::channel();
        self.handle.0.enqueue(Box::new(Task { work, reply }))?;
        answer.await.map_err(|_| PoolError::Stopped)?
    }
}

impl fmt::Debug for PasswordPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PasswordPool").field("options", &self.handle.0.options).finish_non_exhaustive()
    }
}

fn normal(password: &Secret) -> Result<Zeroizing<String>, PoolError> {
    normalized(password).ok_or(PoolError::TooLong)
}

impl Drop for Handle {
    fn drop(&mut self) {
        let mut state = self.0.state.lock();
        state.is_open = false;
        state.queue.clear();
        drop(state);
        self.0.work.notify_all();
    }
}

impl Shared {
    fn enqueue(&self, job: Box<dyn Job>) -> Result<(), PoolError> {
        let mut state = self.state.lock();
        if state.queue.len() >= self.options.queue {
            // Whoever hung up must not keep others out.
            state.queue.retain(|waiting| !waiting.is_abandoned());
        }
        if state.queue.len() >= self.options.queue {
            return Err(PoolError::Busy);
        }
        state.queue.push_back(job);
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// The life of one thread.
    fn serve(&self) {
        step_back(self.options.nice);
        let mut memory = Memory::default();
        while let Some(job) = self.next_job() {
            #[expect(clippy::disallowed_methods, reason = "telemetry: it shapes `Retry-After` and decides nothing")]
            let started = Instant::now();
            // A panic costs its own job an answer and nobody else a thread.
            let outcome = catch_unwind(AssertUnwindSafe(|| job.run(&mut memory)));
            if outcome.is_err() {
                tracing::error!("a password hash panicked");
                memory = Memory::default();
            }
            memory.give_back();
            self.finished(outcome.is_ok().then(|| started.elapsed()));
        }
    }

    /// Waits for a job whose caller is still there; `None` once the pool is closed.
    fn next_job(&self) -> Option<Box<dyn Job>> {
        let mut state = self.state.lock();
        loop {
            match state.queue.pop_front() {
                Some(job) if job.is_abandoned() => {}
                Some(job) => {
                    state.running += 1;
                    return Some(job);
                }
                None if state.is_open => self.work.wait(&mut state),
                None => return None,
            }
        }
    }

    fn finished(&self, took: Option<Duration>) {
        let mut state = self.state.lock();
        state.running -= 1;
        if let Some(took) = took {
            state.duration = (state.duration * 7 + took) / 8;
        }
    }
}

/// The niceness that stands for the idle class: a nice thread still runs to the end of its slice of some milliseconds while
/// a request waits, an idle one does not.
const IDLE: i32 = 19;

/// Lets every other thread go first. Linux keeps niceness per thread, where POSIX has it per process.
#[cfg(target_os = "linux")]
fn step_back(nice: i32) {
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), nice) {
        tracing::warn!(%error, "password hashing runs at the priority of everything else");
    }
    if nice == IDLE {
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        if let Err(error) = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle) {
            tracing::warn!(?error, "password hashing is nice, but not in the idle class");
        }
    }
}

/// Elsewhere the call would slow the whole server down.
#[cfg(not(target_os = "linux"))]
const fn step_back(_nice: i32) {}

#[cfg(test)]
mod tests {
    use std::{
        future::Future,
        pin::pin,
        sync::mpsc,
        task::{Context, Poll, Waker},
    };

    use super::*;

    const CHEAP: Argon2Params = Argon2Params { memory_kib: 64, iterations: 1, parallelism: 1 };

    fn pool(threads: usize, queue: usize) -> PasswordPool {
        PasswordPool::new(PoolOptions { threads, queue, nice: 5 }).unwrap()
    }

    /// Starts a future without waiting for it.
    fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
        future.poll(&mut Context::from_waker(Waker::noop()))
    }

    /// Holds the pool's threads until the senders are dropped.
    fn occupy(pool: &PasswordPool, threads: usize) -> Vec<mpsc::Sender<()>> {
        let (started, has_started) = mpsc::channel();
        let holds = (0..threads).map(|_| {
            let (hold, is_released) = mpsc::channel::<()>();
            let (reply, answer) = oneshot::channel();
            let started = started.clone();
            let work = move |_: &mut Memory| {
                let _answer = answer;
                started.send(()).unwrap();
                let _released = is_released.recv();
                Ok(())
            };
            pool.handle.0.enqueue(Box::new(Task { work, reply })).unwrap();
            hold
        });
        let holds = holds.collect();
        for _ in 0..threads {
            has_started.recv().unwrap();
        }
        holds
    }

    #[tokio::test]
    async fn a_password_verifies_and_another_does_not() {
        let pool = pool(2, 8);
        let phc = pool.hash(&Secret::new("grün 123"), CHEAP).await.unwrap();
        assert_eq!(pool.verify(&Secret::new("grün 123"), &phc).await, Ok(true));
        assert_eq!(pool.verify(&Secret::new("gru\u{308}n 123"), &phc).await, Ok(true), "typed on another keyboard");
        assert_eq!(pool.verify(&Secret::new("grün 124"), &phc).await, Ok(false));
        assert_eq!(pool.verify(&Secret::new("grün 123 "), &phc).await, Ok(false), "white space counts");
        assert_eq!(pool.verify_absent(&Secret::new("grün 123"), CHEAP).await, Ok(false));
    }

    #[tokio::test]
    async fn what_cannot_be_hashed_is_refused_without_a_thread() {
        let pool = pool(1, 1);
        let _holds = occupy(&pool, 1);
        let long = Secret::new("x".repeat(1_025));
        assert_eq!(pool.hash(&long, CHEAP).await, Err(PoolError::TooLong));
        assert_eq!(pool.verify(&long, "irrelevant").await, Err(PoolError::TooLong));
        assert_eq!(pool.verify_absent(&long, CHEAP).await, Err(PoolError::TooLong));
        assert_eq!(pool.verify(&Secret::new("x"), "no hash").await, Err(PoolError::BadHash));
        assert_eq!(pool.waiting(), 0);
    }

    #[tokio::test]
    async fn parameters_out_of_range_are_an_error_and_not_a_crash() {
        let pool = pool(1, 1);
        for params in [
            Argon2Params { memory_kib: 0, ..CHEAP },
            Argon2Params { iterations: 0, ..CHEAP },
            Argon2Params { parallelism: 0, ..CHEAP },
        ] {
            assert_eq!(pool.hash(&Secret::new("x"), params).await, Err(PoolError::BadParams));
        }
        assert!(pool.hash(&Secret::new("x".repeat(1_024)), CHEAP).await.is_ok());
    }

    #[tokio::test]
    async fn a_full_queue_says_no_at_once() {
        let pool = pool(2, 3);
        let holds = occupy(&pool, 2);
        let password = Secret::new("x");
        let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(pool.hash(&password, CHEAP))).collect();
        for future in &mut waiting {
            assert!(poll(future.as_mut()).is_pending());
        }
        assert_eq!(pool.waiting(), 3);
        assert!(pool.expected_wait() > Duration::ZERO);
        // Ready on the first poll: nobody waits to be refused.
        assert_eq!(poll(pin!(pool.hash(&password, CHEAP))), Poll::Ready(Err(PoolError::Busy)));
        assert_eq!(poll(pin!(pool.verify_absent(&password, CHEAP))), Poll::Ready(Err(PoolError::Busy)));
        drop(holds);
        for future in waiting {
            assert!(future.await.is_ok());
        }
        assert!(pool.hash(&password, CHEAP).await.is_ok(), "and there is room again");
    }

    #[tokio::test]
    async fn who_hangs_up_gives_the_place_to_another() {
        let pool = pool(1, 2);
        let holds = occupy(&pool, 1);
        let password = Secret::new("x");
        let mut stays = Box::pin(pool.hash(&password, CHEAP));
        let mut leaves = Box::pin(pool.hash(&password, CHEAP));
        assert!(poll(stays.as_mut()).is_pending() && poll(leaves.as_mut()).is_pending());
        drop(leaves);
        let mut comes = Box::pin(pool.hash(&password, CHEAP));
        assert!(poll(comes.as_mut()).is_pending());
        assert_eq!(pool.waiting(), 2);
        drop(holds);
        assert!(stays.await.is_ok() && comes.await.is_ok());
    }

    #[tokio::test]
    async fn an_abandoned_hash_is_not_computed() {
        let pool = pool(1, 4);
        let holds = occupy(&pool, 1);
        let (ran, has_run) = mpsc::channel();
        let mut abandoned = Box::pin(pool.submit(move |_| {
            ran.send(()).unwrap();
            Ok(())
        }));
        assert!(poll(abandoned.as_mut()).is_pending());
        drop(abandoned);
        drop(holds);
        assert!(pool.hash(&Secret::new("x"), CHEAP).await.is_ok(), "the one behind it is");
        assert!(has_run.recv().is_err());
    }

    #[tokio::test]
    async fn a_panic_costs_no_thread() {
        let pool = pool(1, 4);
        let outcome: Result<(), _> = pool.submit(|_| panic!("expected by this test")).await;
        assert_eq!(outcome, Err(PoolError::Stopped));
        assert!(pool.hash(&Secret::new("x"), CHEAP).await.is_ok());
    }

    #[tokio::test]
    async fn threads_are_named_and_end_with_the_pool() {
        let pool = pool(1, 4);
        let named = pool.submit(|_| Ok(thread::current().name().map(str::to_owned))).await.unwrap();
        assert_eq!(named.as_deref(), Some("hash-0"));
        let shared = Arc::downgrade(&pool.handle.0);
        let clone = pool.clone();
        drop(pool);
        assert!(clone.hash(&Secret::new("x"), CHEAP).await.is_ok());
        drop(clone);
        for _ in 0..1_000 {
            if shared.strong_count() == 0 {
                return;
            }
            thread::sleep(Duration::from_millis(1));
        }
        panic!("the thread still runs");
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn threads_step_back_and_the_others_do_not() {
        let pool = pool(1, 4);
        let own = || rustix::process::getpriority_process(Some(rustix::thread::gettid())).unwrap();
        let before = own();
        assert_eq!(pool.submit(move |_| Ok(own())).await, Ok(5.max(before)));
        assert_eq!(own(), before);
    }

    #[test]
    fn debug_shows_options_only() {
        let text = format!("{:?}", pool(1, 2));
        assert_eq!(text, "PasswordPool { options: PoolOptions { threads: 1, queue: 2, nice: 5 }, .. }");
    }
}
