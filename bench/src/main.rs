//! The load driver behind `make bench`: the release binary under load, beside ceilings measured in the same run.
//!
//! Owns the driver, the ceilings and the table. Knows the product by its public door alone, except for the rows of
//! `users`, which it writes itself where a million are wanted.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "the table and its progress are what this program is for"
)]

mod ceilings;
mod command_line;
mod cpu;
mod http;
mod installation;
mod load;
mod mail_sink;
mod measurements;
mod memory;
mod pinning;
mod postgres;
mod process;
mod report;
mod stopwatch;

use std::process::ExitCode;

/// The product's own allocator, so that the ceilings owe nothing to a slower one.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    command_line::run().unwrap_or_else(|error| {
        eprintln!("bench: {error:#}");
        ExitCode::FAILURE
    })
}
