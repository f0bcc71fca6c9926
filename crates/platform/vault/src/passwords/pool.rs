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

use super::{
    hash::{Memory, hash},
    known::{Candidate, Known},
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
    /// Where each thread begins, and again after a quiet time.
    memory: fn() -> Memory,
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
        Self::start(options, Memory::default)
    }

    /// A pool that writes the usual cost into its hashes and computes next to nothing: for tests, none of which is about a hash
    /// itself. Another cost is computed as it is named.
    #[cfg(feature = "soft")]
    pub fn soft(options: PoolOptions) -> io::Result<Self> {
        Self::start(options, Memory::soft)
    }

    fn start(options: PoolOptions, memory: fn() -> Memory) -> io::Result<Self> {
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
        let shared = Arc::new(Shared { options, memory, state: Mutex::new(state), work: Condvar::new() });
        let pool = Self { handle: Arc::new(Handle(Arc::clone(&shared))) };
        for number in 0..options.threads {
            let shared = Arc::clone(&shared);
            thread::Builder::new().name(format!("hash-{number}")).spawn(move || shared.serve())?;
        }
        Ok(pool)
    }

    /// The password's PHC string under a new salt.
    pub async fn hash(&self, password: &Secret, params: Argon2Params) -> Result<String, PoolError> {
        let password = normalized(password).ok_or(PoolError::TooLong)?;
        self.submit(move |memory| hash(&password, params, memory)).await
    }

    /// Is this the password that the string was made of: a hash of ours, or one of another system?
    pub async fn verify(&self, password: &Secret, phc: &str) -> Result<bool, PoolError> {
        self.compare(password, || Known::parse(phc).ok_or(PoolError::BadHash)).await
    }

    /// Always false, in the time and with the refusals of a verification: for an account that does not exist, so that
    /// nobody can tell. `params` are those of new hashes.
    pub async fn verify_absent(&self, password: &Secret, params: Argon2Params) -> Result<bool, PoolError> {
        self.compare(password, || Known::of_nothing(params)).await
    }

    async fn compare(
        &self,
        password: &Secret,
        known: impl FnOnce() -> Result<Known, PoolError>,
    ) -> Result<bool, PoolError> {
        let candidate = Candidate::of(password).ok_or(PoolError::TooLong)?;
        let known = known()?;
        self.submit(move |memory| known.is_of(&candidate, memory)).await
    }

    /// How long a hash submitted now would wait for its turn: for `Retry-After`, rounded up to whole seconds.
    pub fn expected_wait(&self) -> Duration {
        let shared = &self.handle.0;
        let state = shared.state.lock();
        let ahead = u32::try_from(state.queue.len() + state.running).unwrap_or(u32::MAX);
        let threads = u32::try_from(shared.options.threads).unwrap_or(u32::MAX);
        state.duration.saturating_mul(ahead) / threads
    }

    /// Would a hash be taken now? Asked before the work that leads up to one, so that a flood is refused cheaply; the answer
    /// may be another by the time it is submitted.
    pub fn has_room(&self) -> bool {
        let shared = &self.handle.0;
        let mut state = shared.state.lock();
        shared.has_room(&mut state)
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
        if !self.has_room(&mut state) {
            return Err(PoolError::Busy);
        }
        state.queue.push_back(job);
        drop(state);
        self.work.notify_one();
        Ok(())
    }

    /// Whoever hung up must not keep others out.
    fn has_room(&self, state: &mut State) -> bool {
        if state.queue.len() >= self.options.queue {
            state.queue.retain(|waiting| !waiting.is_abandoned());
        }
        state.queue.len() < self.options.queue
    }

    /// The life of one thread.
    fn serve(&self) {
        step_back(self.options.nice);
        let mut memory = (self.memory)();
        while let Some(job) = self.next_job(&mut memory) {
            #[expect(clippy::disallowed_methods, reason = "telemetry: it shapes `Retry-After` and decides nothing")]
            let started = Instant::now();
            // A panic costs its own job an answer and nobody else a thread.
            let outcome = catch_unwind(AssertUnwindSafe(|| job.run(&mut memory)));
            if outcome.is_err() {
                tracing::error!("a password hash panicked");
                memory = (self.memory)();
            }
            memory.give_back();
            self.finished(outcome.is_ok().then(|| started.elapsed()));
        }
    }

    /// Waits for a job whose caller is still there; `None` once the pool is closed. Memory is kept between jobs, and not
    /// through a quiet time.
    fn next_job(&self, memory: &mut Memory) -> Option<Box<dyn Job>> {
        let mut state = self.state.lock();
        loop {
            match state.queue.pop_front() {
                Some(job) if job.is_abandoned() => {}
                Some(job) => {
                    state.running += 1;
                    return Some(job);
                }
                None if state.is_open && memory.is_empty() => self.work.wait(&mut state),
                None if state.is_open => {
                    if self.work.wait_for(&mut state, QUIET).timed_out() {
                        *memory = (self.memory)();
                    }
                }
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

/// After so long without a hash a thread's memory is given back.
const QUIET: Duration = Duration::from_secs(1);

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
mod tests;
