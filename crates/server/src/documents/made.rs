//! The documents of this very build, made once: from the modules' endpoints and events, and the recorded examples.

use std::{borrow::Cow, sync::LazyLock};

use edge::{Endpoint, Surface};
use kernel::EventFacts;
use serde_json::Value;

use super::Document;
use crate::modules;

/// Answers that the server really gave, recorded by the tests, by surface and operation id.
const EXAMPLES: &str = include_str!("../../assets/examples.json");

static PLATFORM: LazyLock<[String; 2]> = LazyLock::new(|| spellings(Surface::Platform));
static DATA_PLANE: LazyLock<[String; 2]> = LazyLock::new(|| spellings(Surface::DataPlane));
static EVENTS: LazyLock<String> = LazyLock::new(|| events::catalogue(&all_events()));

/// Nothing is compressed ahead of time here.
pub(crate) fn packed(_: Document) -> Option<&'static [u8]> {
    None
}

pub(super) fn text(document: Document) -> Cow<'static, str> {
    Cow::Borrowed(match document {
        Document::PlatformJson => &PLATFORM[0],
        Document::PlatformYaml => &PLATFORM[1],
        Document::DataPlaneJson => &DATA_PLANE[0],
        Document::DataPlaneYaml => &DATA_PLANE[1],
        Document::Events => &EVENTS,
    })
}

fn spellings(surface: Surface) -> [String; 2] {
    let document = openapi(surface);
    [document.to_string(), edge::openapi::yaml(&document)]
}

fn openapi(surface: Surface) -> Value {
    let modules = modules::all();
    let endpoints: Vec<&Endpoint> = modules.iter().flat_map(|module| &module.endpoints).collect();
    let examples: Value = serde_json::from_str(EXAMPLES).expect("a test reads the recorded examples");
    let surfaces_own = if surface == Surface::Platform { "platform" } else { "data_plane" };
    edge::openapi::document(surface, &endpoints, &all_events(), &examples[surfaces_own], crate::VERSION)
}

fn all_events() -> Vec<EventFacts> {
    modules::all().into_iter().flat_map(|module| module.events).collect()
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
            let broken = edge::openapi::rules::check(&openapi(surface));
            assert_eq!(broken, Vec::<String>::new(), "{surface:?}");
        }
    }
}
