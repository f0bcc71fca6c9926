//! How long a connection may take to send the headers of a request.
//!
//! hyper sets a timer when it begins to wait for a request and drops it when one has come. In the runtime's wheel that is an
//! allocation, an entry and its removal for each request, for a moment that hardly ever comes. Here a connection keeps one
//! timer, which is set to the first deadline, and set anew, if that was met, to the one that holds then.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use hyper::rt::{Sleep, Timer};
use parking_lot::Mutex;
use tokio::time;

/// Makes the deadlines of one connection, of which one is waited for at a time.
#[derive(Clone, Debug, Default)]
pub(crate) struct ConnectionTimer(Arc<Mutex<Option<Pin<Box<time::Sleep>>>>>);

impl Timer for ConnectionTimer {
    #[expect(clippy::disallowed_methods, reason = "the patience with a sender, which no test turns")]
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        self.sleep_until(Instant::now() + duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        Box::pin(Deadline { timer: self.clone(), at: deadline.into() })
    }
}

struct Deadline {
    timer: ConnectionTimer,
    at: time::Instant,
}

impl Future for Deadline {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let mut timer = self.timer.0.lock();
        let sleep = timer.get_or_insert_with(|| Box::pin(time::sleep_until(self.at)));
        loop {
            // An earlier deadline, which was met: the timer goes on to this one. One that is set later than this is not waited for.
            if sleep.deadline() > self.at {
                sleep.as_mut().reset(self.at);
            }
            ready!(sleep.as_mut().poll(cx));
            if sleep.deadline() >= self.at {
                return Poll::Ready(());
            }
            sleep.as_mut().reset(self.at);
        }
    }
}

impl Sleep for Deadline {}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(timer: &ConnectionTimer, millis: u64) -> (time::Instant, Pin<Box<dyn Sleep>>) {
        let deadline = time::Instant::now() + Duration::from_millis(millis);
        (deadline, timer.sleep_until(deadline.into_std()))
    }

    /// Asked once, as when a request is waited for, and dropped: it came.
    async fn met(timer: &ConnectionTimer, millis: u64) {
        let (_, sleep) = after(timer, millis);
        assert!(time::timeout(Duration::ZERO, sleep).await.is_err());
    }

    #[tokio::test]
    async fn each_deadline_is_waited_for_whatever_was_set_before() {
        let timer = ConnectionTimer::default();
        for before in [5, 60_000] {
            met(&timer, before).await;
            let (deadline, sleep) = after(&timer, 30);
            time::timeout(Duration::from_secs(30), sleep).await.expect("an earlier one's minute is nobody's");
            assert!(time::Instant::now() >= deadline);
        }
    }
}
