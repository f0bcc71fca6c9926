//! Rules that hold on every path, tried on a few.

mod bodies;
mod cors;
mod headers;
mod idempotency;
mod limits;
mod missing;
