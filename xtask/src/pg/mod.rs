//! `pg`: a throw-away PostgreSQL for tests, started from the programs that lie on the machine and removed afterwards.
//!
//! The tests reach it as `TEST_STORE`, through a role that is not a superuser, since a superuser passes by row-level
//! security and the second lock would go untested.

mod account;
mod cluster;
mod programs;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Args, Subcommand};

use account::Account;
use cluster::Cluster;
use programs::Programs;

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Start it, run a command with its address in `TEST_STORE`, stop and remove it
    Run(Run),
    /// Start it, print its address, and keep it until this command ends (Ctrl-C)
    Start(Start),
}

#[derive(Args)]
pub(crate) struct Run {
    #[command(flatten)]
    options: Options,
    /// The command and its arguments, after `--`
    #[arg(trailing_var_arg = true, required = true)]
    command: Vec<OsString>,
}

#[derive(Args)]
pub(crate) struct Start {
    #[command(flatten)]
    options: Options,
}

#[derive(Args)]
struct Options {
    /// Write through to the disk as a real installation does (for measurements and for tests that pull the plug)
    #[arg(long)]
    durable: bool,
    /// Names of further databases to create, owned by the same role
    #[arg(long = "database", value_name = "NAME")]
    databases: Vec<String>,
}

pub(crate) fn run(command: &Command) -> Result<ExitCode> {
    match command {
        Command::Run(run) => {
            let cluster = start(&run.options)?;
            eprintln!("PostgreSQL {} at {}", cluster.version(), cluster.url());
            // `required = true` holds the first word; without one there is nothing to run.
            let (program, arguments) = run.command.split_first().context("no command to run")?;
            let status = std::process::Command::new(program)
                .args(arguments)
                .env("TEST_STORE", cluster.url())
                .status()
                .with_context(|| format!("cannot run {}", program.display()))?;
            cluster.remove()?;
            let code = status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1);
            Ok(ExitCode::from(code))
        }
        Command::Start(start_options) => {
            let cluster = start(&start_options.options)?;
            println!("TEST_STORE={}", cluster.url());
            eprintln!("PostgreSQL {} runs until this command ends", cluster.version());
            loop {
                std::thread::park();
            }
        }
    }
}

fn start(options: &Options) -> Result<Cluster> {
    let programs = Programs::find_or_install()?;
    Cluster::start(&programs, Account::for_server()?, options)
}
