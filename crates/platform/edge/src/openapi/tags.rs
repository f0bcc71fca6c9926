//! The sections of the reference: the categories of the contract, known from the first word of a path.

use serde_json::{Value, json};

use crate::endpoint::{Endpoint, Surface};

/// First word of the path below its root, section, what the section is about.
const SECTIONS: &[(&str, &str, &str)] = &[
    ("system", "System", "The server itself: its version and health."),
    ("users", "Users", "The people of an application."),
    ("api-keys", "API Keys", "Secret keys with which a backend calls this API."),
    ("auth", "Auth", "Signing up, signing in, and one's own password and factors."),
    ("sessions", "Sessions", "Who is signed in where, and the tokens that say so."),
    ("me", "Me", "A person's own profile, sessions and factors."),
    (".well-known", "Discovery", "Keys and metadata that standard libraries look for."),
    ("organizations", "Organizations", "Customer companies inside an application."),
    ("invitations", "Invitations", "Asking people in."),
    ("join-requests", "Invitations", "Asking people in."),
    ("waitlist", "Invitations", "Asking people in."),
    ("roles", "Roles", "Named sets of permissions."),
    ("groups", "Groups", "Sets of users that carry scopes."),
    ("authz", "Authz", "Questions about who may do what."),
    ("applications", "Applications", "OAuth clients."),
    ("resources", "Resources", "Protected things and who may reach them."),
    ("resource-types", "Resources", "Protected things and who may reach them."),
    ("oauth2", "OAuth2", "The OAuth 2 and OpenID Connect provider."),
    ("activate", "OAuth2", "The OAuth 2 and OpenID Connect provider."),
    ("sso", "SSO", "Enterprise sign-in by OIDC and SAML."),
    ("federation", "Federation", "Sign-in through other identity providers."),
    ("saml", "Federation", "Sign-in through other identity providers."),
    ("scim", "SCIM", "Provisioning by a customer's directory."),
    ("consent", "Consent", "What a person agreed to."),
    ("entitlements", "Entitlements", "What a customer has bought."),
    ("features", "Entitlements", "What a customer has bought."),
    ("billing", "Billing", "Usage, subscriptions and invoices."),
    ("plans", "Monetization", "Plans and revenue."),
    ("revenue", "Monetization", "Plans and revenue."),
    ("subscriptions", "Monetization", "Plans and revenue."),
    ("access-grants", "Governance", "Access that is asked for, approved, reviewed and taken back."),
    ("access-reviews", "Governance", "Access that is asked for, approved, reviewed and taken back."),
    ("impersonations", "Governance", "Access that is asked for, approved, reviewed and taken back."),
    ("named-locations", "Governance", "Access that is asked for, approved, reviewed and taken back."),
    ("service-accounts", "Governance", "Access that is asked for, approved, reviewed and taken back."),
    ("sod-policies", "Governance", "Access that is asked for, approved, reviewed and taken back."),
    ("sod-violations", "Governance", "Access that is asked for, approved, reviewed and taken back."),
    ("profile", "Lifecycle", "Profile fields and the changes of a life."),
    ("profile-fields", "Lifecycle", "Profile fields and the changes of a life."),
    ("security", "Security", "Risk, and what is done about it."),
    ("settings", "Settings", "How an application behaves."),
    ("hooks", "Hooks", "Questions that the server asks your backend while it works."),
    ("webhooks", "Webhooks", "What happened, told to your backend."),
    ("audit", "Audit", "Who did what and when, in a chain that shows edits."),
    ("dashboard", "Dashboard", "The people who run applications, and their applications."),
];

/// The section of an operation.
pub(super) fn of(surface: Surface, path: &str) -> String {
    let word = first_word(path);
    if word == ".well-known" && surface != Surface::Platform {
        return "OAuth2".to_owned();
    }
    match SECTIONS.iter().find(|(known, ..)| *known == word) {
        Some((_, section, _)) => (*section).to_owned(),
        None => word.split('-').map(super::unions::pascal).collect::<Vec<_>>().join(" "),
    }
}

/// The sections that the document has, in the order of the table.
pub(super) fn used(surface: Surface, endpoints: &[&Endpoint], has_webhooks: bool) -> Vec<Value> {
    let mut names: Vec<String> = endpoints.iter().map(|endpoint| of(surface, endpoint.facts.path)).collect();
    if has_webhooks {
        names.push("Webhooks".to_owned());
    }
    let place = |name: &String| SECTIONS.iter().position(|(_, section, _)| section == name).unwrap_or(SECTIONS.len());
    names.sort_by_key(|name| (place(name), name.clone()));
    names.dedup();
    let described =
        |name: &String| SECTIONS.iter().find(|(_, section, _)| section == name).map(|(.., description)| *description);
    names
        .iter()
        .map(|name| match described(name) {
            Some(description) => json!({ "name": name, "description": description }),
            None => json!({ "name": name }),
        })
        .collect()
}

fn first_word(path: &str) -> &str {
    let below = path.strip_prefix("/api/v1").or_else(|| path.strip_prefix("/v1")).unwrap_or(path);
    below.split('/').find(|word| !word.is_empty()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_the_contracts_category() {
        for (surface, path, section) in [
            (Surface::Platform, "/v1/api-keys/{api_key_id}/rotate", "API Keys"),
            (Surface::Platform, "/.well-known/jwks.json", "Discovery"),
            (Surface::DataPlane, "/.well-known/jwks.json", "OAuth2"),
            (Surface::DataPlane, "/api/v1/me/profile", "Me"),
            (Surface::Platform, "/v1/lost-things", "Lost Things"),
        ] {
            assert_eq!(of(surface, path), section, "{path}");
        }
    }
}
