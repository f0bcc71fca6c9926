//! Answers that do not tell by their time what was found.

use std::{
    io,
    sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
    time::{Duration, Instant},
};

/// Several times what the dearest of these answers takes, and less than a person notices.
const BEAT: Duration = Duration::from_millis(5);

/// When the answer to one request may leave.
#[derive(Debug, Default)]
pub(crate) struct Evenness {
    is_asked: AtomicBool,
    off_beat_micros: AtomicU64,
}

impl Evenness {
    pub(crate) fn ask(&self) {
        self.is_asked.store(true, Relaxed);
    }

    /// Do what the beat does not count.
    #[expect(clippy::disallowed_methods, reason = "a duration, which no test turns")]
    pub(crate) async fn off_beat<T>(&self, work: impl Future<Output = T>) -> T {
        let began = Instant::now();
        let result = work.await;
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.off_beat_micros.fetch_add(took, Relaxed);
        result
    }

    /// Wait for the next beat after the request came in, if its answer is to leave on one. Its transaction has ended: nobody waits with it.
    pub(crate) async fn beat(&self, came_in: Instant) {
        if !self.is_asked.load(Relaxed) {
            return;
        }
        let left = left(came_in.elapsed().saturating_sub(Duration::from_micros(self.off_beat_micros.load(Relaxed))));
        if let Err(error) = wait(left).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "an answer waits to the millisecond only");
            tokio::time::sleep(left).await;
        }
    }
}

/// Of the beat that is running.
fn left(elapsed: Duration) -> Duration {
    let beat = BEAT.as_micros();
    Duration::from_micros(u64::try_from(beat - elapsed.as_micros() % beat).unwrap_or(0))
}

/// Wait to the microsecond, by a timer of the kernel's own. The runtime sleeps whole milliseconds from when its last task went idle
/// (`epoll_wait`), so that an answer would leave whole milliseconds after its work, and its microseconds would be the work's.
#[cfg(target_os = "linux")]
async fn wait(left: Duration) -> io::Result<()> {
    use rustix::time::{
        Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create, timerfd_settime,
    };
    use tokio::{io::AsyncReadExt, net::unix::pipe};

    let timer = timerfd_create(TimerfdClockId::Monotonic, TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC)?;
    let once = Itimerspec {
        it_interval: Timespec { tv_sec: 0, tv_nsec: 0 },
        it_value: Timespec { tv_sec: 0, tv_nsec: left.subsec_nanos().into() },
    };
    timerfd_settime(&timer, TimerfdTimerFlags::empty(), &once)?;
    // Not a pipe, and read like one: eight bytes, how often it went off (timerfd_create(2)).
    let mut timer = pipe::Receiver::from_owned_fd_unchecked(timer)?;
    timer.read_exact(&mut [0; 8]).await?;
    Ok(())
}

/// Elsewhere the runtime sleeps until a moment, and not for milliseconds.
#[cfg(not(target_os = "linux"))]
async fn wait(left: Duration) -> io::Result<()> {
    tokio::time::sleep(left).await;
    Ok(())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "durations, which no test turns")]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn an_answer_leaves_on_the_beat_and_never_before_its_work_is_done() {
        for micros in [0, 1, 700, 4_999, 5_000, 5_001, 123_456] {
            let elapsed = Duration::from_micros(micros);
            let left = left(elapsed);
            assert!(!left.is_zero() && left <= BEAT, "{micros}");
            assert_eq!((elapsed + left).as_micros() % BEAT.as_micros(), 0, "{micros}");
        }
    }

    #[tokio::test]
    async fn what_is_off_the_beat_is_not_counted_and_an_answer_that_asked_for_none_waits_for_none() {
        let even = Evenness::default();
        even.off_beat(wait(Duration::from_millis(3))).await.expect("a timer");
        let off_beat = Duration::from_micros(even.off_beat_micros.load(Relaxed));
        assert!(off_beat >= Duration::from_millis(3));
        even.beat(Instant::now()).now_or_never().expect("no wait");
        even.ask();
        let began = Instant::now();
        even.beat(began.checked_sub(off_beat).expect("the machine runs longer")).await;
        assert!(began.elapsed() >= BEAT, "nothing that counts was done yet");
    }

    #[tokio::test]
    async fn no_wait_ends_early() {
        for micros in [1, 999, 4_321] {
            let (began, left) = (Instant::now(), Duration::from_micros(micros));
            wait(left).await.expect("a timer");
            assert!(began.elapsed() >= left, "{micros}");
        }
    }
}
