//! The binary as an operator runs it: started, asked, stopped, backed up, its keys rotated.

#![expect(clippy::unwrap_used, reason = "what a helper can't do fails its test")]

mod keys;
mod server;
mod start;
mod store;
