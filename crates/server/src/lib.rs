//! The portcullis server: configuration, command line, boot, connections, telemetry, pages, worker.
//!
//! Everything the binary does is here, so that the tests start the same server in their own process. Owns no endpoint of
//! the API but `GET /v1/system`; domains bring theirs, listed in `modules`.

mod boot;
mod bootstrap_file;
mod cli;
pub mod config;
mod connection_timer;
mod documents;
pub mod env;
mod greeting;
mod health;
pub mod http;
mod master_keys;
pub mod modules;
mod pages;
mod progress;
mod rotation;
mod serve;
mod site;
mod system;
mod telemetry;
mod tls;
pub mod worker;

pub use cli::run;
pub use health::Readiness;
pub use modules::{Assembled, Parts, assemble};
pub use site::Site;

/// The product's version, as `portcullis version` and `GET /v1/system` tell it.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
