//! Answers that do not tell by their time what was found.

use std::time::Duration;

/// Several times what the dearest of these answers takes, and less than a person notices.
pub(crate) const BEAT: Duration = Duration::from_millis(5);

/// Wait for the next beat after the request came in, so long ago. Its transaction has ended: nobody waits with it.
pub(crate) async fn beat(elapsed: Duration) {
    tokio::time::sleep(left(elapsed)).await;
}

/// Of the beat that is running.
fn left(elapsed: Duration) -> Duration {
    let beat = BEAT.as_micros();
    Duration::from_micros(u64::try_from(beat - elapsed.as_micros() % beat).unwrap_or(0))
}

#[cfg(test)]
mod tests {
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
}
