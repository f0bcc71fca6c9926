//! What was allowed, and what a request adds to it. Pure.

use oauth::{AuthorizationDetails, AuthorizationRequest, ConsentFacts, Scopes};
use serde_json::Value;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Consent {
    pub(crate) scopes: Scopes,
    pub(crate) resources: Vec<String>,
    pub(crate) details: AuthorizationDetails,
}

impl Consent {
    /// With everything that the request asks for.
    #[must_use]
    pub(crate) fn and(self, request: &AuthorizationRequest) -> Self {
        let scopes = request.consent_scopes().iter().fold(self.scopes, Scopes::with);
        let mut resources = self.resources;
        for resource in &request.resources {
            if !resources.contains(resource) {
                resources.push(resource.clone());
            }
        }
        Self { scopes, resources, details: joined(self.details, &request.authorization_details) }
    }

    /// Who agrees is answered at once, so that the agreement is never older than the question.
    pub(crate) fn facts(self, is_skipped: bool) -> ConsentFacts {
        ConsentFacts {
            scopes: self.scopes,
            resources: self.resources,
            authorization_details: self.details,
            is_skipped,
            is_fresh: false,
        }
    }
}

fn joined(known: AuthorizationDetails, more: &AuthorizationDetails) -> AuthorizationDetails {
    if more.is_covered_by(&known) {
        return known;
    }
    let all = known.objects().iter().chain(more.objects()).cloned().map(Value::Object).collect();
    serde_json::from_value(Value::Array(all)).unwrap_or(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_joined_once() {
        let details = |text: &str| serde_json::from_str::<AuthorizationDetails>(text).unwrap();
        let (a, b) = (details(r#"[{"type":"a"}]"#), details(r#"[{"type":"b"}]"#));
        let both = joined(a.clone(), &b);
        assert_eq!(both.objects().len(), 2);
        assert_eq!(joined(both.clone(), &a), both);
    }
}
