//! The two generated documents: written from the server's signatures, compared with the committed ones, and held
//! against an earlier revision so that no released client breaks.

mod breaks;
mod drift;
mod schemas;

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use crate::{tree, verdict};

const SURFACES: &[&str] = &["platform", "data-plane"];
/// Breaks that were decided on, each line as this command prints it; emptied when a release has announced them.
const ACCEPTED: &str = "openapi/accepted-breaks.txt";
/// How many differences are shown of a document that drifted.
const SHOWN: usize = 20;

#[derive(Args)]
pub(crate) struct Options {
    /// Write nothing; fail where the committed documents differ or an earlier client would break
    #[arg(long)]
    check: bool,
    /// The revision whose clients must go on working
    #[arg(long, value_name = "REVISION", default_value = "HEAD")]
    base: String,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let accepted = std::fs::read_to_string(tree::root().join(ACCEPTED)).unwrap_or_default();
    let mut offences = 0;
    for surface in SURFACES {
        let path = format!("openapi/{surface}.json");
        let printed = tree::server_output(&["openapi", "--surface", surface])?;
        let generated: Value = serde_json::from_str(&printed).with_context(|| format!("{surface} is not JSON"))?;
        let text = format!("{}\n", serde_json::to_string_pretty(&generated)?);

        for found in breaks_since(&options.base, &path, &generated)? {
            if accepted.lines().any(|line| line.trim() == found) {
                println!("{path}: accepted break: {found}");
            } else {
                println!("{path}: BREAK since {}: {found}", options.base);
                offences += 1;
            }
        }
        if options.check {
            offences += usize::from(has_drifted(&path, &text, &generated)?);
        } else {
            tree::write(&path, &text)?;
        }
    }
    if offences > 0 && !options.check {
        println!("written all the same; a break must be taken back, or decided on in {ACCEPTED}");
    }
    Ok(verdict(if options.check { offences } else { 0 }))
}

fn has_drifted(path: &str, text: &str, generated: &Value) -> Result<bool> {
    let committed = std::fs::read_to_string(tree::root().join(path)).unwrap_or_default();
    if committed == text {
        println!("{path}: up to date");
        return Ok(false);
    }
    println!("{path} is out of date: run `make docs`");
    if committed.is_empty() {
        return Ok(true);
    }
    let old: Value = serde_json::from_str(&committed).with_context(|| format!("{path} is not JSON"))?;
    let differences = drift::differences(&old, generated);
    for difference in differences.iter().take(SHOWN) {
        println!("  {difference}");
    }
    match differences.len() {
        0 => println!("  (only the order or the layout differs)"),
        count if count > SHOWN => println!("  and {} more", count - SHOWN),
        _ => {}
    }
    Ok(true)
}

fn breaks_since(base: &str, path: &str, generated: &Value) -> Result<Vec<String>> {
    if !tree::is_revision(base) {
        println!("{path}: no revision {base} to compare with");
        return Ok(Vec::new());
    }
    match tree::at_revision(base, path) {
        None => Ok(Vec::new()),
        Some(text) => {
            let old = serde_json::from_str(&text).with_context(|| format!("{path} at {base} is not JSON"))?;
            Ok(breaks::between(&old, generated))
        }
    }
}
