//! Clients that register themselves (RFC 7591) and look after themselves (RFC 7592), where the application lets them.
//!
//! Owns who may, and what such a client may have. What a client may say of itself is `oauth`'s, the client itself `clients`'.

mod access;
mod endpoint;
mod policy;

use edge::Endpoint;
use kernel::Id;

/// A client in the path, as RFC 7592 names it.
pub(crate) struct Registered;

kernel::resource! { Registered, prefix: "app", noun: "client" }

pub(crate) type RegisteredId = Id<Registered>;

pub(crate) fn endpoints() -> Vec<Endpoint> {
    endpoint::endpoints().into()
}
