//! Checks and generators of this repository: `cargo xtask <command>`.
//!
//! Owns what CI asks of the tree as a whole (layers, sizes, the generated documents, the contract) and the throw-away
//! PostgreSQL of the tests. Owns nothing that ships: no crate of the product may depend on this one, and this one
//! depends on none of them, so that it builds in seconds.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool speaks on the terminal")]

mod build_times;
mod contract;
mod layers;
mod openapi;
mod pages;
mod pg;
mod sizes;
mod tree;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Checks and generators of this repository.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Check which crate may depend on which, and who may name the runtime, the web framework and the databases
    Deps,
    /// Check the length of Rust files: median, over 400 warns, over 800 fails
    Sizes,
    /// Write openapi/platform.json and openapi/data-plane.json from the server's signatures
    Openapi(openapi::Options),
    /// Count the rows of contract/*.tsv that the generated documents serve
    Contract(contract::Options),
    /// Write docs/configuration.md and docs/events.md from the server's own types
    Pages(pages::Options),
    /// Build with timings and list the slowest units
    BuildTimes(build_times::Options),
    /// A throw-away PostgreSQL for tests
    #[command(subcommand)]
    Pg(pg::Command),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Deps => layers::run(),
        Command::Sizes => sizes::run(),
        Command::Openapi(options) => openapi::run(&options),
        Command::Contract(options) => contract::run(&options),
        Command::Pages(options) => pages::run(&options),
        Command::BuildTimes(options) => build_times::run(&options),
        Command::Pg(command) => pg::run(&command),
    };
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The exit code of a check: success when it found nothing.
fn verdict(offences: usize) -> ExitCode {
    if offences == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
