//! Pages of `docs/` that the server prints from its own types: the configuration reference and the catalogue of events.

use std::process::ExitCode;

use anyhow::Result;
use clap::Args;

use crate::{tree, verdict};

/// The page, and the server's command that prints it.
const PAGES: [(&str, &[&str]); 2] =
    [("docs/configuration.md", &["config", "reference"]), ("docs/events.md", &["audit", "events"])];

#[derive(Args)]
pub(crate) struct Options {
    /// Fail where a committed page differs instead of writing it
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut stale = 0;
    for (page, command) in PAGES {
        let generated = tree::server_output(command)?;
        if !options.check {
            tree::write(page, &generated)?;
            continue;
        }
        let committed = std::fs::read_to_string(tree::root().join(page)).unwrap_or_default();
        if committed == generated {
            println!("{page}: up to date");
        } else {
            println!("{page} is out of date: run `make docs`");
            stale += 1;
        }
    }
    Ok(verdict(stale))
}
