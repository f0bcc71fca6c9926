//! The command line: what can be asked of the binary, and with which exit code it ends.
//!
//! 0: done. 1: failed, or a check found faults. 2: the command line or the configuration is wrong.

mod audit;
mod backup;
mod configuration;
mod keys;
mod migrate;
mod openapi;
mod users;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::{Parser, Subcommand};

use crate::{
    config::{ConfigError, ServeFlags, StoreFlags},
    serve, telemetry,
};

const WRONG_USE: u8 = 2;

/// Sign-up and sign-in, sessions and tokens, for your application, from one server of your own.
#[derive(Parser)]
#[command(name = "portcullis", version, propagate_version = true, disable_help_subcommand = true)]
#[command(
    after_help = "Start with `portcullis serve --dev`: it makes everything it needs under ./data and prints where to go on."
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    ///
    /// Creates the database, the master key and a first application where they are missing, and prints their facts once.
    /// SIGTERM or Ctrl-C stops it: requests in flight finish first.
    #[command(
        after_help = "Examples:\n  portcullis serve --dev\n  portcullis serve --listen 0.0.0.0:8080 --public-url https://auth.example.com --data /var/lib/portcullis\n  portcullis serve --config /etc/portcullis.toml --store postgres://portcullis@db.internal/portcullis"
    )]
    Serve(ServeFlags),
    /// Bring the database's schema forward
    ///
    /// `serve` does so by itself; run this before, where the nodes should not wait for it.
    #[command(after_help = "Example:\n  portcullis migrate --store postgres://portcullis@db.internal/portcullis")]
    Migrate(StoreFlags),
    /// Copy an SQLite database to a file, while the server runs
    #[command(
        after_help = "Example:\n  portcullis backup --data /var/lib/portcullis backups/2026-11-22.db\n\nThe master key is not in the copy. Keep one apart from it: without the key the secrets in a backup can't be opened."
    )]
    Backup(backup::Backup),
    /// Put a copy in the place of an SQLite database
    #[command(
        after_help = "Example:\n  portcullis restore --data /var/lib/portcullis backups/2026-11-22.db\n\nRefused while the server runs. The copy is verified first, then replaces the database."
    )]
    Restore(backup::Restore),
    /// Work on the keys that unlock stored secrets
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Import and export users
    #[command(subcommand)]
    Users(users::Users),
    /// Work on the audit trail
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Print the OpenAPI document of a surface
    #[command(after_help = "Example:\n  portcullis openapi --surface platform > platform.json")]
    Openapi(openapi::Print),
    /// Work on the configuration
    #[command(subcommand)]
    Config(configuration::Configuration),
    /// Print the version
    Version,
}

/// Run the process's command line.
pub fn run() -> ExitCode {
    use_small_pages();
    let command = match CommandLine::try_parse() {
        Ok(line) => line.command,
        Err(error) => error.exit(),
    };
    match command.run() {
        Ok(code) => code,
        Err(error) => {
            // Nobody is left to be told where standard error is closed.
            let _ = writeln!(io::stderr(), "portcullis: {error:#}");
            if error.is::<ConfigError>() { ExitCode::from(WRONG_USE) } else { ExitCode::FAILURE }
        }
    }
}

impl Command {
    fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve(flags) => {
                let config = flags.config()?;
                // Outside of the runtime, because the exporters block while they are made and while they send their last.
                let telemetry = telemetry::start(&config)?;
                serving()?.block_on(serve::run(&config, &telemetry))?;
                Ok(ExitCode::SUCCESS)
            }
            Self::Migrate(flags) => migrate::run(&flags),
            Self::Backup(backup) => backup.run(),
            Self::Restore(restore) => restore.run(),
            Self::Keys(keys) => keys.run(),
            Self::Users(users) => users.run(),
            Self::Audit(audit) => audit.run(),
            Self::Openapi(print) => print.run(),
            Self::Config(configuration) => configuration.run(),
            Self::Version => say(&format!("portcullis {}", crate::VERSION)),
        }
    }
}

/// Memory in pages of the ordinary size. The allocator asks for huge ones, and whoever touches one first waits until the kernel has
/// cleared its two mebibytes: up to 5 ms in which a thread of the runtime serves nobody.
#[cfg(target_os = "linux")]
fn use_small_pages() {
    if let Err(error) = rustix::thread::disable_transparent_huge_pages(true) {
        tracing::debug!(%error, "huge pages stay on");
    }
}

/// Elsewhere nothing makes them unasked.
#[cfg(not(target_os = "linux"))]
const fn use_small_pages() {}

/// One runtime with a thread for each core: password hashing has threads of its own.
fn serving() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().thread_name("serve").enable_all().build()
}

/// For commands that do one thing after another.
fn alone() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// A result goes to standard output; a reader that closed it early (`| head`) is no failure.
fn say(text: &str) -> anyhow::Result<ExitCode> {
    match writeln!(io::stdout(), "{text}") {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(ExitCode::SUCCESS),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn every_command_has_a_summary() {
        for command in CommandLine::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
        }
    }

    #[test]
    fn the_flags_that_scripts_rely_on_are_there() {
        let line = "portcullis serve --dev --listen 127.0.0.1:0 --public-url http://localhost:1 --data d \
                    --store sqlite:d/a.db --bootstrap-file f";
        let line = CommandLine::try_parse_from(line.split_whitespace()).unwrap();
        let Command::Serve(flags) = line.command else { panic!("another command") };
        let mut names: Vec<_> = flags.0.values.iter().map(|(name, text)| format!("{name}={text}")).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "bootstrap_file=f",
                "data=d",
                "dev=true",
                "listen=127.0.0.1:0",
                "public_url=http://localhost:1",
                "store=sqlite:d/a.db"
            ]
        );
    }
}
