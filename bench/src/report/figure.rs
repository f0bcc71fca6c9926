//! One figure that is not a request's.

use super::Verdict;

#[derive(Clone, Debug)]
pub(crate) struct Figure {
    pub(crate) name: &'static str,
    pub(crate) found: f64,
    pub(crate) unit: Unit,
    pub(crate) goal: Option<f64>,
    /// Is more better?
    pub(crate) is_floor: bool,
    /// Latencies are shown and not checked: what a neighbour on the machine does is seen in them first.
    pub(crate) is_checked: bool,
    pub(crate) note: String,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Unit {
    Milliseconds,
    Mebibytes,
    Megabytes,
    Percent,
    PerSecond,
}

impl Figure {
    /// Without a goal.
    pub(crate) fn new(name: &'static str, found: f64, unit: Unit) -> Self {
        Self { name, found, unit, goal: None, is_floor: false, is_checked: false, note: String::new() }
    }

    pub(crate) fn at_most(self, goal: f64) -> Self {
        Self { goal: Some(goal), is_checked: true, ..self }
    }

    pub(crate) fn at_least(self, goal: f64) -> Self {
        Self { goal: Some(goal), is_floor: true, is_checked: true, ..self }
    }

    /// Checked where the database is embedded, which is what the goal is about.
    pub(crate) fn checked_if(self, is_embedded: bool) -> Self {
        Self { is_checked: is_embedded, ..self }
    }

    pub(crate) fn unchecked(self) -> Self {
        Self { is_checked: false, ..self }
    }

    pub(crate) fn note(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }

    pub(crate) fn verdict(&self) -> Verdict {
        if self.is_floor {
            // Turned round, so that a floor is judged as a ceiling is.
            Verdict::of(1.0 / self.found.max(f64::MIN_POSITIVE), self.goal.map(|goal| 1.0 / goal))
        } else {
            Verdict::of(self.found, self.goal)
        }
    }
}

impl Unit {
    pub(crate) fn show(self, value: f64) -> String {
        match self {
            Self::Milliseconds if value < 10.0 => format!("{value:.2} ms"),
            Self::Milliseconds => format!("{value:.0} ms"),
            Self::Mebibytes => format!("{value:.1} MiB"),
            Self::Megabytes => format!("{value:.1} MB"),
            Self::Percent => format!("{value:.0} %"),
            Self::PerSecond => format!("{value:.0}/s"),
        }
    }
}
