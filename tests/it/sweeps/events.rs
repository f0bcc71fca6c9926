use edge::ReplyKind;

use super::name;
use crate::{
    kit::{count_events, endpoints},
    samples::World,
};

/// Mutations that emit nothing; the endpoint itself says why. The list only shrinks.
const SILENT: [&str; 19] = [
    "POST /api/v1/auth/captcha/begin",
    "POST /api/v1/auth/webauthn/begin",
    "POST /oauth2/authorize",
    "POST /oauth2/device_authorization",
    "POST /oauth2/introspect",
    "POST /oauth2/logout",
    "POST /oauth2/par",
    "POST /oauth2/token",
    "POST /oauth2/userinfo",
    "POST /v1/auth/captcha",
    "POST /v1/auth/passkeys/authentication",
    "POST /v1/auth/passkeys/registration",
    "POST /v1/auth/social/{provider}/callback",
    "POST /v1/auth/sso/discover",
    "POST /v1/dashboard/refresh",
    "POST /v1/profile/progress",
    "POST /v1/sessions/tokens",
    "POST /v1/sessions/verify",
    "POST /v1/settings/templates/{template}/preview",
];

/// Reads whose trace is the point: somebody took everything away (RFC 9110, section 9.2.1 allows for logging).
const LOGGED: [&str; 2] = ["GET /v1/audit/export", "GET /api/v1/audit/export"];

#[tokio::test]
async fn every_mutation_emits_an_event_or_says_why_not() {
    let world = World::open().await;
    let mut silent = Vec::new();
    for endpoint in endpoints() {
        let call = world.sample(&endpoint).await;
        let before = count_events(world.server.db()).await;
        let reply = call.await;
        assert!(reply.status < 400, "{reply}");
        let emitted = count_events(world.server.db()).await > before;
        if !endpoint.facts.method.is_mutation() {
            // A browser that comes back from a provider does so by GET, with a state that is good once.
            let comes_back = endpoint.reply.kind == ReplyKind::Redirect;
            let leaves_a_trace = LOGGED.contains(&name(&endpoint).as_str());
            assert_eq!(emitted && !comes_back, leaves_a_trace, "{} reads", name(&endpoint));
        } else if let Some(reason) = endpoint.facts.silent {
            assert!(!emitted, "{} is said to be silent", name(&endpoint));
            assert!(reason.len() > 10, "{}: {reason}", name(&endpoint));
            silent.push(name(&endpoint));
        } else {
            assert!(emitted, "{} emits nothing", name(&endpoint));
        }
    }
    silent.sort();
    assert_eq!(silent, SILENT);
}
