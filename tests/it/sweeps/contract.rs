use edge::{Access, Endpoint};

use crate::kit::{endpoints, pages};

const PLATFORM: &str = include_str!("../../../contract/platform.tsv");
const DATA_PLANE: &str = include_str!("../../../contract/data-plane.tsv");

/// What this release promises of both tables.
const PROMISED: [&str; 104] = [
    "GET /v1/system",
    "GET /v1/users",
    "POST /v1/users",
    "GET /v1/users/{user_id}",
    "PATCH /v1/users/{user_id}",
    "DELETE /v1/users/{user_id}",
    "POST /v1/users/{user_id}/disable",
    "POST /v1/users/{user_id}/enable",
    "POST /v1/users/{user_id}/password",
    "GET /v1/users/{user_id}/export",
    "POST /v1/users/import",
    "POST /v1/users/merge",
    "GET /v1/api-keys",
    "POST /v1/api-keys",
    "POST /v1/api-keys/{api_key_id}/rotate",
    "DELETE /v1/api-keys/{api_key_id}",
    "POST /v1/auth/sign-up",
    "POST /v1/auth/sign-in",
    "POST /v1/auth/sign-out",
    "GET /v1/auth/me",
    "GET /v1/auth/config",
    "POST /v1/auth/password/change",
    "GET /v1/sessions",
    "GET /v1/sessions/{session_id}",
    "DELETE /v1/sessions/{session_id}",
    "DELETE /v1/sessions",
    "POST /v1/sessions/tokens",
    "POST /v1/sessions/verify",
    "GET /.well-known/jwks.json",
    "GET /.well-known/openid-configuration",
    "GET /v1/audit/events",
    "GET /v1/audit/events/{event_id}",
    "GET /v1/settings",
    "PATCH /v1/settings",
    "GET /v1/settings/messaging",
    "PUT /v1/settings/messaging",
    "POST /v1/settings/messaging/test",
    "GET /v1/settings/templates",
    "PUT /v1/settings/templates/{template}",
    "POST /v1/settings/templates/{template}/preview",
    "POST /v1/dashboard/sign-up",
    "POST /v1/dashboard/sign-in",
    "POST /v1/dashboard/sign-out",
    "POST /v1/dashboard/refresh",
    "GET /v1/dashboard/account",
    "PATCH /v1/dashboard/account",
    "GET /v1/dashboard/applications",
    "POST /v1/dashboard/applications",
    "PATCH /v1/dashboard/applications/{application_id}",
    "POST /v1/dashboard/password/forgot",
    "POST /v1/dashboard/password/reset",
    "DELETE /v1/dashboard/account",
    "GET /v1/dashboard/members",
    "POST /v1/dashboard/members",
    "DELETE /v1/dashboard/members/{member_id}",
    "DELETE /v1/dashboard/applications/{application_id}",
    // The data plane; the first two of these three are the same endpoints as above.
    "GET /.well-known/jwks.json",
    "GET /.well-known/openid-configuration",
    "GET /.well-known/oauth-authorization-server",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/logout",
    "POST /api/v1/auth/register",
    "GET /api/v1/me/profile",
    "PATCH /api/v1/me/profile",
    "POST /api/v1/me/password",
    "GET /api/v1/me/sessions",
    "DELETE /api/v1/me/sessions/{session_id}",
    "POST /api/v1/me/sessions/revoke-others",
    "GET /api/v1/users",
    "POST /api/v1/users",
    "GET /api/v1/users/{user_id}",
    "PATCH /api/v1/users/{user_id}",
    "DELETE /api/v1/users/{user_id}",
    "POST /api/v1/users/{user_id}/disable",
    "POST /api/v1/users/{user_id}/enable",
    "POST /api/v1/users/bulk-import",
    "POST /api/v1/users/bulk-export",
    "GET /api/v1/users/{user_id}/sessions",
    "DELETE /api/v1/users/{user_id}/sessions",
    "GET /oauth2/authorize",
    "POST /oauth2/authorize",
    "POST /oauth2/token",
    "POST /oauth2/revoke",
    "POST /oauth2/introspect",
    "POST /oauth2/device_authorization",
    "POST /oauth2/par",
    "GET /oauth2/userinfo",
    "POST /oauth2/userinfo",
    "GET /oauth2/logout",
    "POST /oauth2/logout",
    "POST /oauth2/register",
    "GET /oauth2/register/{client_id}",
    "PUT /oauth2/register/{client_id}",
    "DELETE /oauth2/register/{client_id}",
    "GET /api/v1/me/grants",
    "DELETE /api/v1/me/grants/{application_id}",
    "GET /api/v1/applications",
    "POST /api/v1/applications",
    "GET /api/v1/applications/{application_id}",
    "PATCH /api/v1/applications/{application_id}",
    "DELETE /api/v1/applications/{application_id}",
    "POST /api/v1/applications/{application_id}/rotate-secret",
    "POST /api/v1/applications/{application_id}/disable",
    "POST /api/v1/applications/{application_id}/enable",
];

#[test]
fn every_promised_row_of_the_contract_is_served_for_its_callers() {
    // Where people come with a browser stands in the contract too.
    let endpoints: Vec<Endpoint> = endpoints().into_iter().chain(pages()).collect();
    let rows: Vec<Vec<&str>> = [PLATFORM, DATA_PLANE]
        .iter()
        .flat_map(|table| table.lines().skip(1))
        .map(|line| line.split('\t').collect())
        .collect();
    for promised in PROMISED {
        let served = endpoints.iter().find(|endpoint| super::name(endpoint) == promised);
        let served = served.unwrap_or_else(|| panic!("{promised} is not served"));
        let row = rows.iter().find(|row| format!("{} {}", row[1], row[2]) == promised);
        let row = row.unwrap_or_else(|| panic!("{promised} is in neither table"));
        let (caller, scope) = (row[3], row[4]);
        assert!(admits(served, caller, scope), "{promised}: {caller} with {scope} is not {:?}", served.access);
    }
}

fn admits(endpoint: &Endpoint, caller: &str, scope: &str) -> bool {
    match (caller, endpoint.access) {
        (
            "public" | "public or user" | "flow" | "user or flow",
            Access::Anyone | Access::Public | Access::MaybeSignedIn | Access::Browser,
        )
        | ("client", Access::Client)
        | ("user", Access::Token)
        | ("open", Access::Open)
        | ("account", Access::Account) => true,
        ("user", Access::SignedIn { scope: needed, .. }) => needed.unwrap_or("-") == scope,
        // A step that a pending sign-in may take as well; the handler asks for the one or the other.
        ("user", Access::MaybeSignedIn) => scope == "-",
        ("key" | "user or client", Access::Can { permission }) | ("key or user", Access::CanOrSelf { permission }) => {
            permission == scope
        }
        _ => false,
    }
}
