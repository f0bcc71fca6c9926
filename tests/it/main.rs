//! The whole product through its public door: in-process servers on real stores, requests as a client writes them.
//!
//! A folder or file for each slice, each test a sentence. `sweeps` asks the same of every endpoint of the registry, `races` has many
//! ask at once, `door` starts the built binary, `examples` keeps one real answer of every operation for the reference.
#![expect(clippy::unwrap_used, reason = "a test that can't go on has failed")]

mod access;
mod api_keys;
mod audit;
mod auth;
mod consent;
mod dashboard;
mod discovery;
mod door;
mod edge;
mod examples;
mod federation;
mod guests;
mod hosted;
mod kit;
mod lifecycle;
mod messaging;
mod mfa;
mod oauth;
mod openapi;
mod passkeys;
mod passwordless;
mod profile_fields;
mod races;
mod recovery;
mod samples;
mod secrets;
mod sessions;
mod settings;
mod settings_parts;
mod sweeps;
mod system;
mod tenancy;
mod throttles;
mod users;
mod verification;
mod waitlist;
