//! The same question to every endpoint of the registry. A new endpoint is swept from the day it is mounted.

mod access;
mod bodies;
mod contract;
mod documentation;
mod events;
mod headers;
mod lists;
mod replay;
mod roles;
mod statements;
mod walls;

use edge::Endpoint;

/// An endpoint by its method and path, for messages and lists of exceptions.
fn name(endpoint: &Endpoint) -> String {
    format!("{} {}", endpoint.facts.method.as_str(), endpoint.facts.path)
}
