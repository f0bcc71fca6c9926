//! Everything between the network and a handler.
//!
//! Owns: who may call (`access`, `guard`), what comes in (`input`), what goes out (`reply`, `envelope`, `failure`), and the
//! rules that hold on every path: idempotency, rate limits, pages, CORS, cookies, deadlines. Owns no business rule: a domain
//! writes handlers over a guard and never sees a request, a status code or an envelope.

mod access;
mod app;
mod context;
mod cookies;
mod cors;
mod cursor;
mod endpoint;
mod envelope;
mod failure;
mod guard;
mod headers;
mod idempotency;
mod input;
mod json;
mod limits;
mod module;
mod network;
pub mod openapi;
mod reply;
mod resolve;
mod router;
mod serve;

pub use access::Access;
pub use app::{App, AppParts, EdgeSettings, Ports};
pub use context::{Caller, Context};
pub use cookies::{SessionCookies, Transport};
pub use endpoint::{Endpoint, EndpointFacts, Method, Surface};
pub use failure::{Failure, refuse};
pub use guard::{Account, Anyone, Can, CanOn, CanOrSelf, Guard, Open, Public, Resource, SignedIn, SignedInWith};
pub use input::{At, Body, OptionalBody, Paging, Query};
pub use limits::Limit;
pub use module::{Module, SealedColumn};
pub use network::{Peer, TrustedProxies};
pub use reply::{
    Document, Listed, Nothing, Reply, ReplyKind, Success, accepted, created, listed, no_content, ok, versioned,
};
pub use router::router;
