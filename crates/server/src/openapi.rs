//! The OpenAPI document of a surface, from the modules' endpoints and the recorded examples.

use edge::{Endpoint, Surface};
use kernel::EventFacts;
use serde_json::Value;

use crate::modules;

/// Answers that the server really gave, recorded by the tests, by surface and operation id.
const EXAMPLES: &str = include_str!("../assets/examples.json");

pub(crate) fn document(surface: Surface) -> Value {
    let modules = modules::all();
    let endpoints: Vec<&Endpoint> = modules.iter().flat_map(|module| &module.endpoints).collect();
    let events: Vec<EventFacts> = modules.iter().flat_map(|module| &module.events).copied().collect();
    let examples: Value = serde_json::from_str(EXAMPLES).expect("a test reads the recorded examples");
    let surfaces_own = if surface == Surface::Platform { "platform" } else { "data_plane" };
    edge::openapi::document(surface, &endpoints, &events, &examples[surfaces_own], crate::VERSION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_recorded_examples_are_an_object_by_operation() {
        assert!(serde_json::from_str::<Value>(EXAMPLES).unwrap().is_object());
    }

    #[test]
    fn both_documents_keep_the_rules() {
        for surface in [Surface::Platform, Surface::DataPlane] {
            let broken = edge::openapi::rules::check(&document(surface));
            assert_eq!(broken, Vec::<String>::new(), "{surface:?}");
        }
    }
}
