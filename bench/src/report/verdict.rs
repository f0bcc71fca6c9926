//! Was a goal reached?

/// A figure moves from run to run; only one that is worse than its goal by more than this has missed it.
const TOLERANCE: f64 = 1.25;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// No goal was set.
    Unjudged,
    Reached,
    /// Worse than the goal, within the tolerance.
    Close,
    Missed,
}

impl Verdict {
    /// Smaller is better.
    pub(crate) fn of(found: f64, goal: Option<f64>) -> Self {
        match goal {
            None => Self::Unjudged,
            Some(goal) if found <= goal => Self::Reached,
            Some(goal) if found <= goal * TOLERANCE => Self::Close,
            // Also where nothing comparable was found (NaN).
            Some(_) => Self::Missed,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Unjudged => "",
            Self::Reached => "ok",
            Self::Close => "close",
            Self::Missed => "**no**",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_missed_beyond_a_quarter_more() {
        let verdict = |found| Verdict::of(found, Some(2.0));
        assert_eq!(
            [verdict(2.0), verdict(2.5), verdict(2.51), verdict(f64::NAN)],
            [Verdict::Reached, Verdict::Close, Verdict::Missed, Verdict::Missed]
        );
        assert_eq!(Verdict::of(1e9, None), Verdict::Unjudged);
    }
}
