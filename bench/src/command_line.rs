//! What can be asked of the driver.

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

use crate::{ceilings::Ceiling, measurements, report};

/// Measure the release binary under load and print one table for each store.
#[derive(Parser)]
#[command(name = "bench")]
struct CommandLine {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    options: Options,
}

#[derive(Subcommand)]
enum Command {
    /// Compare the answers for known and unknown accounts, how long they take, and the mail that follows
    Enumeration {
        /// Of each kind, at each door; otherwise 2000, or 200 in a quick run
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..=32_767))]
        samples: Option<u16>,
    },
    /// Ask the OAuth provider and npm `oidc-provider` the same, in turns
    Peers,
    /// Be one of the ceilings: started by the driver itself
    #[command(subcommand, hide = true)]
    Ceiling(Ceiling),
}

#[derive(clap::Args)]
pub(crate) struct Options {
    /// Exit with 1 where a figure is worse than its goal × 1.25
    #[arg(long, global = true)]
    pub(crate) check: bool,
    /// About a minute: shorter slices, and no store of a million users
    #[arg(long, global = true)]
    pub(crate) quick: bool,
    /// Leave the store of a million users out
    #[arg(long)]
    pub(crate) no_million: bool,
    /// Connections that are kept busy
    #[arg(long, default_value_t = 64, value_parser = clap::value_parser!(u16).range(1..=512))]
    pub(crate) connections: u16,
    /// The binary under load
    #[arg(long, global = true, default_value = "target/release/portcullis")]
    pub(crate) server: PathBuf,
    /// A PostgreSQL in which databases may be created; without it, SQLite alone is measured
    #[arg(long, global = true, env = "TEST_STORE", hide_env_values = true)]
    pub(crate) postgres: Option<String>,
    /// Where the SQLite store of a million users is kept between runs
    #[arg(long, default_value = "target/bench")]
    pub(crate) cache: PathBuf,
    /// Where `peers` finds the other provider, with what `npm ci` brought
    #[arg(long, global = true, default_value = "bench/peer")]
    pub(crate) peer: PathBuf,
    /// Only the kinds whose name contains this
    #[arg(long, global = true)]
    pub(crate) only: Option<String>,
}

impl Options {
    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.only.as_ref().is_none_or(|part| kind.contains(part.as_str()))
    }
}

pub(crate) fn run() -> Result<ExitCode> {
    let line = CommandLine::parse();
    if let Some(Command::Ceiling(ceiling)) = line.command {
        return ceiling.run().map(|()| ExitCode::SUCCESS);
    }
    if !line.options.server.is_file() {
        bail!("{} is missing: `cargo build --release --package server` makes it", line.options.server.display());
    }
    let reports = match line.command {
        Some(Command::Enumeration { samples }) => {
            let is_silent = measurements::enumeration(&line.options, samples)?;
            return Ok(if is_silent { ExitCode::SUCCESS } else { ExitCode::FAILURE });
        }
        Some(Command::Peers) => measurements::peers(&line.options)?,
        Some(Command::Ceiling(_)) | None => measurements::all(&line.options)?,
    };
    let is_good = report::print(&reports);
    Ok(if line.options.check && !is_good { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
