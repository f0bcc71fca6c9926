//! `docs/configuration.md`: the configuration reference, printed by the server from its own types.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::{tree, verdict};

const PAGE: &str = "docs/configuration.md";

#[derive(Args)]
pub(crate) struct Options {
    /// Fail where the committed page differs instead of writing it
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let generated = tree::server_output(&["config", "reference"])?;
    if !options.check {
        tree::write(PAGE, &generated)?;
        return Ok(ExitCode::SUCCESS);
    }
    let committed = std::fs::read_to_string(tree::root().join(PAGE)).unwrap_or_default();
    let is_stale = committed != generated;
    if is_stale {
        println!("{PAGE} is out of date: run `make docs`");
    } else {
        println!("{PAGE}: up to date");
    }
    Ok(verdict(usize::from(is_stale)))
}
