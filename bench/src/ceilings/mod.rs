//! What the work would cost without the product: the least a server could do and still do it.
//!
//! Each runs as a process of its own on the servers' core, in turns with the product.

mod bare_hash;
mod bare_http;
mod bare_signature;
mod commit_postgres;
mod commit_sqlite;
mod committing_http;
mod http_server;
mod spin;
mod token_http;

use std::path::PathBuf;

use anyhow::Result;
use clap::Subcommand;

pub(crate) use self::{
    bare_hash::{phc, unfitting_phc},
    spin::Spun,
    token_http::TokenWork,
};

#[derive(Subcommand)]
pub(crate) enum Ceiling {
    /// Serve one reply of so many bytes, with axum and nothing else
    Http {
        #[arg(long)]
        body: usize,
    },
    /// Serve replies of so many bytes, each after one durable commit and so many signatures
    Commit {
        #[arg(long)]
        body: usize,
        #[arg(long)]
        signatures: u32,
        /// The database file that is made
        #[arg(long, conflicts_with = "postgres", required_unless_present = "postgres")]
        sqlite: Option<PathBuf>,
        #[arg(long)]
        postgres: Option<String>,
    },
    /// Serve replies, each after what a request to a provider of tokens can't do without
    Token {
        #[command(flatten)]
        work: TokenWork,
        /// The database file that is made
        #[arg(long, conflicts_with = "postgres")]
        sqlite: Option<PathBuf>,
        #[arg(long)]
        postgres: Option<String>,
    },
    /// Hash passwords for so many milliseconds
    Hash {
        #[arg(long)]
        millis: u64,
    },
    /// Verify EdDSA signatures for so many milliseconds
    Verify {
        #[arg(long)]
        millis: u64,
    },
}

impl Ceiling {
    pub(crate) fn run(self) -> Result<()> {
        match self {
            Self::Http { body } => bare_http::serve(body),
            Self::Commit { body, signatures, sqlite, postgres } => {
                let place = match (sqlite, postgres) {
                    (Some(path), _) => committing_http::Place::Sqlite(path),
                    (None, url) => committing_http::Place::Postgres(url.unwrap_or_default()),
                };
                committing_http::serve(body, signatures, place)
            }
            Self::Token { work, sqlite, postgres } => {
                let place = sqlite.map(committing_http::Place::Sqlite);
                token_http::serve(work, place.or_else(|| postgres.map(committing_http::Place::Postgres)))
            }
            Self::Hash { millis } => spin::report(millis, bare_hash::hash),
            Self::Verify { millis } => {
                let verify = bare_signature::verifier()?;
                spin::report(millis, verify)
            }
        }
    }
}
