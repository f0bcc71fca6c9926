//! The binary as an operator runs it: started, asked, stopped, backed up, its keys rotated.

mod keys;
mod server;
mod start;
mod store;
