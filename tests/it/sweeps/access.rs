use edge::Access;

use super::name;
use crate::{kit::endpoints, samples::World};

#[tokio::test]
async fn without_credentials_every_endpoint_that_is_not_public_is_a_401() {
    let world = World::open().await;
    for endpoint in endpoints() {
        let call = world.sample(&endpoint).await.without("authorization");
        if matches!(
            endpoint.access,
            Access::Anyone | Access::Public | Access::MaybeSignedIn | Access::Browser | Access::Open
        ) {
            continue;
        }
        let name = name(&endpoint);
        // An access token may stand in the form too (RFC 6750, section 2.2).
        let call = if endpoint.access == Access::Token { call.raw("") } else { call };
        let reply = call.clone().await;
        // Who calls stands in the body, or in the protocol's own header.
        if matches!(endpoint.access, Access::Client | Access::Token) {
            assert_eq!(reply.status, 401, "{name}: {reply}");
            continue;
        }
        assert_eq!((reply.status, reply.reason()), (401, "missing_credentials"), "{name}: {reply}");
        for forged in ["Bearer x", "Bearer", "Basic YTpi", "Bearer eyJhbGciOiJub25lIn0.e30."] {
            let reply = call.clone().header("authorization", forged).await;
            assert_eq!(reply.status, 401, "{name} with {forged}: {reply}");
        }
        // Where no key is any use, the answer says so before it looks at this one.
        let reply = call.header("authorization", "Bearer pc_sk_forged").await;
        let takes_keys = matches!(endpoint.access, Access::Can { .. } | Access::CanOrSelf { .. });
        let expected = if takes_keys { (401, "invalid_api_key") } else { (403, "user_required") };
        assert_eq!((reply.status, reply.reason()), expected, "{name}: {reply}");
    }
}

#[tokio::test]
async fn with_every_permission_but_the_one_it_needs_an_endpoint_is_a_403() {
    let world = World::open().await;
    let permissions = server::modules::permissions();
    let person = world.person().await;
    for endpoint in endpoints() {
        let call = world.sample(&endpoint).await;
        let (credential, status, reason) = match endpoint.access {
            Access::Anyone
            | Access::Public
            | Access::MaybeSignedIn
            | Access::Browser
            | Access::Open
            | Access::Client
            | Access::Token => continue,
            Access::Can { permission } | Access::CanOrSelf { permission } => {
                let others: Vec<&str> =
                    permissions.names().iter().copied().filter(|name| *name != permission).collect();
                (world.server.api_key(&others).await, 403, "insufficient_scope")
            }
            Access::SignedIn { .. } => (world.server.root(), 403, "user_required"),
            Access::Account => (person.clone(), 401, "invalid_token"),
        };
        let refused = credential.call(call.method.clone(), call.path.clone());
        let reply = crate::kit::Call { body: call.body.clone(), ..refused }.await;
        assert_eq!((reply.status, reply.reason()), (status, reason), "{}: {reply}", name(&endpoint));
    }
}

#[tokio::test]
async fn an_end_user_holds_none_of_an_administrators_permissions() {
    let world = World::open().await;
    for endpoint in endpoints() {
        if let Access::Can { .. } = endpoint.access {
            let call = world.sample(&endpoint).await;
            let person = world.person().await;
            let refused = person.call(call.method.clone(), call.path.clone());
            let reply = crate::kit::Call { body: call.body.clone(), ..refused }.await;
            assert_eq!((reply.status, reply.reason()), (403, "insufficient_scope"), "{}: {reply}", name(&endpoint));
        }
    }
}

#[tokio::test]
async fn a_dashboard_account_may_do_in_its_applications_what_a_key_may() {
    let world = World::open().await;
    let account = world.server.account().await;
    for endpoint in endpoints() {
        if let Access::Can { .. } | Access::CanOrSelf { .. } = endpoint.access {
            let call = world.sample(&endpoint).await;
            let own = account.call(call.method.clone(), call.path.clone());
            let reply = crate::kit::Call { body: call.body.clone(), ..own }.await;
            assert!(reply.status < 300, "{}: {reply}", name(&endpoint));
        }
    }
}
