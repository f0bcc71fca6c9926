//! What a build costs: `cargo build --timings`, and the slowest units of it as a table.

use std::path::PathBuf;
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::tree;

#[derive(Args)]
pub(crate) struct Options {
    /// Measure the release profile
    #[arg(long)]
    release: bool,
    /// Read an earlier report instead of building
    #[arg(long, value_name = "HTML")]
    report: Option<PathBuf>,
    /// How many units to list
    #[arg(long, default_value_t = 15)]
    top: usize,
}

/// One compiled unit of cargo's report.
struct Unit {
    /// Package, version and target.
    name: String,
    seconds: f64,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let report = match &options.report {
        Some(path) => path.clone(),
        None => build(options.release)?,
    };
    let html = std::fs::read_to_string(&report).with_context(|| format!("cannot read {}", report.display()))?;
    let mut units = units(&html)?;
    units.sort_by(|a, b| b.seconds.total_cmp(&a.seconds));
    let total: f64 = units.iter().map(|unit| unit.seconds).sum();
    println!("{} units compiled, {total:.1} s of work", units.len());
    for unit in units.iter().take(options.top) {
        println!("{:>7.1} s  {}", unit.seconds, unit.name);
    }
    Ok(ExitCode::SUCCESS)
}

fn build(release: bool) -> Result<PathBuf> {
    let mut cargo = Command::new(tree::variable("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--timings", "--package", "server"]).current_dir(tree::root());
    if release {
        cargo.arg("--release");
    }
    if !cargo.status()?.success() {
        bail!("the build failed");
    }
    Ok(tree::target().join("cargo-timings/cargo-timing.html"))
}

/// The units in cargo's HTML report: a line `const UNIT_DATA = [...];`.
fn units(html: &str) -> Result<Vec<Unit>> {
    let (_, after) = html.split_once("const UNIT_DATA = ").context("no UNIT_DATA: not a report of cargo --timings")?;
    let data: Value = serde_json::Deserializer::from_str(after)
        .into_iter()
        .next()
        .context("UNIT_DATA is empty")?
        .context("UNIT_DATA is not JSON")?;
    let units = data.as_array().context("UNIT_DATA is not a list")?;
    units.iter().map(unit).collect()
}

fn unit(entry: &Value) -> Result<Unit> {
    let text = |key: &str| entry[key].as_str().unwrap_or_default();
    let seconds = entry["duration"].as_f64().context("a unit without a duration")?;
    Ok(Unit { name: format!("{} {}{}", text("name"), text("version"), text("target")), seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_read_from_the_report() {
        let html = "<script>\nconst UNIT_DATA = [\n {\"name\":\"serde\",\"version\":\"1.0\",\"target\":\" build.rs\",\
                    \"duration\":2.5}\n];\nconst OTHER = 1;</script>";
        let units = units(html).expect("a report");
        assert_eq!((units[0].name.as_str(), units[0].seconds), ("serde 1.0 build.rs", 2.5));
    }

    #[test]
    fn another_page_is_refused() {
        assert!(units("<html></html>").is_err());
        assert!(units("const UNIT_DATA = [{}];").is_err());
    }
}
