//! The words every other crate speaks.
//!
//! Owns: ids, time, secrets, JSON of one meaning, refusals, events, permissions, patches, pages and the ports through which one layer
//! asks another for an answer. Owns no I/O: nothing here opens a file, a socket or a transaction, and time and
//! randomness come in through [`Env`].

pub mod actor;
pub mod encoding;
pub mod env;
pub mod event;
pub mod id;
pub mod json;
pub mod page;
pub mod patch;
pub mod permission;
pub mod ports;
pub mod refusal;
pub mod request;
pub mod secret;
pub mod shape;
pub mod tenant;
pub mod time;

pub use actor::{Actor, ActorKind};
pub use env::{Clock, Entropy, Env};
pub use event::{Event, EventFacts, Target};
pub use id::{Id, IdError, Kind, TypedId};
pub use json::{JsonFlaw, JsonRefused, check_json};
pub use page::{Page, PageRequest};
pub use patch::Patch;
pub use permission::Permission;
pub use refusal::{ErrorCode, Field, Reason, Refusal, RefusalFacts, Refusals};
pub use request::RequestId;
pub use secret::Secret;
pub use shape::Shape;
pub use tenant::{Tenant, TenantFacts, TenantId};
pub use time::Timestamp;
