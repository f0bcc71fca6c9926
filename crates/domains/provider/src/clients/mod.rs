//! OAuth clients: software that acts at this issuer (RFC 6749, section 2).
//!
//! Owns the client, its metadata and its secrets, and how it proves itself. Does not own what it is allowed (`grants`).

mod model;

use kernel::Id;

pub(crate) use model::{Client, ClientOrigin, ClientState};

kernel::resource! { Client, prefix: "app", noun: "application" }

pub(crate) type ClientId = Id<Client>;
