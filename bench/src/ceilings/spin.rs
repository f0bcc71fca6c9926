//! One operation over and over on one thread, and its CPU time.

use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    cpu::{Account, Snapshot},
    stopwatch,
};

/// What a spinning ceiling found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spun {
    /// Microseconds of CPU for one operation.
    pub(crate) cpu: f64,
}

/// Run `operation` for so long and print what it cost, as one line of JSON.
pub(super) fn report(millis: u64, mut operation: impl FnMut() -> Result<()>) -> Result<()> {
    // The first one pays for memory that the others find.
    operation()?;
    let account = Account { server: std::process::id(), database: None };
    let before = Snapshot::take(account)?;
    let began = stopwatch::now();
    let mut operations = 0_u32;
    while began.elapsed() < Duration::from_millis(millis) || operations == 0 {
        operation()?;
        operations += 1;
    }
    let used = Snapshot::take(account)?.since(&before).total();
    println!("{}", json!({ "operations": operations, "nanoseconds": u64::try_from(used.as_nanos())? }));
    Ok(())
}

impl Spun {
    pub(crate) fn parse(line: &str) -> Result<Self> {
        let printed: Value = serde_json::from_str(line)?;
        let number =
            |name: &str| printed[name].as_f64().filter(|number| *number > 0.0).with_context(|| format!("no {name}"));
        Ok(Self { cpu: number("nanoseconds")? / number("operations")? / 1e3 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_read_back() {
        let spun = Spun::parse(r#"{"operations":4,"nanoseconds":10000}"#).unwrap();
        assert!((spun.cpu - 2.5).abs() < 1e-9);
        assert!(Spun::parse(r#"{"operations":0,"nanoseconds":10000}"#).is_err(), "nothing was measured");
    }
}
