//! OAuth 2 and OpenID Connect: what clients send and are answered.

mod applications;
mod authorize;
mod client;
mod client_auth;
mod consent;
mod device;
mod discovery;
mod document;
mod dpop;
mod exchange;
mod introspect;
pub(crate) mod kit;
mod logout;
mod me_grants;
mod meanwhile;
mod oidf;
mod par;
mod refresh;
mod registration;
mod revoke;
pub(crate) mod samples;
pub(crate) mod stage;
mod token;
mod userinfo;
