//! How far a long command is: a bar on a terminal, a plain line now and then elsewhere.

use std::io::{self, IsTerminal, Write};

use indicatif::{ProgressBar, ProgressStyle};

/// Elsewhere than on a terminal a line is written whenever this share more is done, in percent.
const STEP: u64 = 10;

/// Told with [`Progress::at`], ended with [`Progress::done`]. Writes to standard error.
pub(crate) struct Progress {
    title: &'static str,
    shown: Shown,
}

enum Shown {
    Bar(ProgressBar),
    /// The percentage that the last line told.
    Lines(u64),
}

impl Progress {
    pub(crate) fn new(title: &'static str) -> Self {
        let shown = if io::stderr().is_terminal() {
            let bar = ProgressBar::new(0).with_prefix(title);
            match ProgressStyle::with_template("{prefix} [{bar:30}] {pos}/{len} {elapsed} {msg}") {
                Ok(style) => Shown::Bar(bar.with_style(style)),
                Err(_) => Shown::Bar(bar),
            }
        } else {
            Shown::Lines(0)
        };
        Self { title, shown }
    }

    /// `done` of `total` parts are done; `total` may grow on the way, and be 0 where it is not known.
    pub(crate) fn at(&mut self, done: u64, total: u64) {
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.set_length(total.max(done));
                bar.set_position(done);
            }
            Shown::Lines(told) => {
                let percent = (done * 100).checked_div(total).unwrap_or(0);
                if percent >= *told + STEP {
                    *told = percent - percent % STEP;
                    line(&format!("{}: {done} of {total} ({percent} %)", self.title));
                }
            }
        }
    }

    /// What is being worked on.
    pub(crate) fn on(&mut self, what: &str) {
        match &self.shown {
            Shown::Bar(bar) => bar.set_message(what.to_owned()),
            Shown::Lines(_) => line(&format!("{}: {what}", self.title)),
        }
    }

    pub(crate) fn done(self) {
        if let Shown::Bar(bar) = self.shown {
            bar.finish_and_clear();
        }
    }
}

/// Nobody is told of a closed standard error.
fn line(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}
