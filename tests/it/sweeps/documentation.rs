use std::collections::HashSet;

use edge::{Access, Surface};

use super::name;
use crate::kit::endpoints;

#[test]
fn every_operation_is_named_and_told_in_words() {
    let mut names = HashSet::new();
    for endpoint in endpoints() {
        let facts = &endpoint.facts;
        let surface = if facts.surface() == Surface::Platform { "platform" } else { "data plane" };
        assert!(names.insert((surface, facts.operation)), "{} stands twice on the {surface}", facts.operation);
        assert!(facts.operation.contains('.'), "{}: resource.verb", name(&endpoint));
        assert!(facts.summary.len() > 5 && !facts.summary.ends_with('.'), "{}: {:?}", name(&endpoint), facts.summary);
    }
}

#[test]
fn every_permission_that_guards_name_can_be_granted() {
    let permissions = server::modules::permissions();
    for endpoint in endpoints() {
        let (Access::Can { permission: needed } | Access::CanOrSelf { permission: needed }) = endpoint.access else {
            continue;
        };
        assert!(permissions.contains(needed), "{} needs {needed}, which no module defines", name(&endpoint));
    }
}
