//! OAuth 2 and OpenID Connect: what clients send and are answered.

pub(crate) mod kit;
mod registration;
mod client_auth;
mod client;
mod applications;
mod token;
mod authorize;
mod consent;
mod logout;
mod me_grants;
mod par;
mod stage;
