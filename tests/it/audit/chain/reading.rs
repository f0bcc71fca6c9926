//! The trail through the network's door.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use edge::{App, AppParts, EdgeSettings, Ports, Routes, Sender, TrustedProxies};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use kernel::{
    Actor, ErrorCode, Id, Refusal, TenantFacts, TenantId, Timestamp,
    ports::{
        AccessTokenAuthenticator, ApiKeyAuthenticator, ApiKeyCaller, ClientOrigins, PortFuture, PresentedToken,
        SessionAuthenticator, SessionCaller, TeamDirectory, TenantDirectory, TokenCaller,
    },
};
use serde_json::{Value, json};
use vault::{MasterKeys, Vault};

use super::kit::{Deleted, Kit, SignInFailed, SignedIn, User, by};

/// Every id is a tenant's.
struct AllTenants;

impl TenantDirectory for AllTenants {
    fn by_id(&self, id: TenantId, _: Timestamp) -> PortFuture<'_, Option<Arc<TenantFacts>>> {
        let facts = TenantFacts {
            id,
            slug: "acme".to_owned(),
            issuer: "https://acme.example.com".to_owned(),
            suspended: false,
            allowed_origins: Vec::new(),
            limits: Vec::new(),
            settings: Arc::new(()),
        };
        PortFuture::coming(async move { Ok(Some(Arc::new(facts))) })
    }
    fn by_host<'a>(&'a self, _: &'a str, _: Timestamp) -> PortFuture<'a, Option<Arc<TenantFacts>>> {
        PortFuture::coming(async { Ok(None) })
    }
    fn primary(&self, _: Timestamp) -> PortFuture<'_, Option<Arc<TenantFacts>>> {
        PortFuture::coming(async { Ok(None) })
    }
    fn knows_origin<'a>(&'a self, _: &'a str, _: Timestamp) -> PortFuture<'a, bool> {
        PortFuture::coming(async { Ok(false) })
    }
}

/// What stands behind the prefix of a key is its scope.
struct ScopesInKeys;

impl ApiKeyAuthenticator for ScopesInKeys {
    fn authenticate<'a>(
        &'a self,
        _: &'a TenantFacts,
        secret: &'a str,
        _: Timestamp,
    ) -> PortFuture<'a, Option<ApiKeyCaller>> {
        let scopes = secret.trim_start_matches("pc_sk_").into();
        PortFuture::coming(async { Ok(Some(ApiKeyCaller { key_id: Id::<User>::from_u128(9).uuid(), scopes })) })
    }
}

struct Nobody;

impl SessionAuthenticator for Nobody {
    fn audience(&self, _: &str) -> Option<TenantId> {
        None
    }
    fn authenticate<'a>(&'a self, _: &'a TenantFacts, _: &'a str, _: Timestamp) -> PortFuture<'a, SessionCaller> {
        PortFuture::coming(async {
            Err(Refusal::new(ErrorCode::Unauthorized, "invalid_token", "Nobody signs in here."))
        })
    }
}

impl AccessTokenAuthenticator for Nobody {
    fn authenticate<'a>(
        &'a self,
        _: &'a TenantFacts,
        _: PresentedToken<'a>,
        _: Timestamp,
    ) -> PortFuture<'a, TokenCaller> {
        PortFuture::coming(async {
            Err(Refusal::new(ErrorCode::Unauthorized, "invalid_token", "Nobody has tokens here."))
        })
    }
}

impl ClientOrigins for Nobody {
    fn allows<'a>(&'a self, _: TenantId, _: &'a str) -> PortFuture<'a, bool> {
        PortFuture::coming(async { Ok(false) })
    }

    fn knows<'a>(&'a self, _: &'a str) -> PortFuture<'a, bool> {
        PortFuture::coming(async { Ok(false) })
    }
}

impl TeamDirectory for Nobody {
    fn permissions(&self, _: uuid::Uuid, _: TenantId) -> PortFuture<'_, Option<Arc<str>>> {
        PortFuture::coming(async { Ok(None) })
    }
}

fn app(kit: &Kit) -> App {
    let ports = Ports {
        tenants: Arc::new(AllTenants),
        api_keys: Arc::new(ScopesInKeys),
        sessions: Arc::new(Nobody),
        tokens: Arc::new(Nobody),
        origins: Arc::new(Nobody),
        teams: Arc::new(Nobody),
    };
    let settings = EdgeSettings {
        public_url: "http://localhost".to_owned(),
        base_hosts: Vec::new(),
        proxies: TrustedProxies::default(),
        client_certificate_header: None,
        asks_for_certificates: false,
        mtls_url: None,
        deadline: Duration::from_secs(10),
        log_requests: false,
    };
    let keys = MasterKeys::generate(&*kit.env.entropy);
    let vault = Vault::new(&keys, [5; 32], Arc::clone(&kit.env.entropy));
    App::new(kit.db.clone(), kit.env.clone(), vault, ports, settings, AppParts::default())
}

/// A caller of one tenant; its cursors hold for as long as it lives.
struct Client(App, TenantId);

impl Client {
    async fn get_with(&self, path: &str, scope: Option<&str>) -> (StatusCode, Value) {
        let mut request = Request::get(path).header("host", "localhost").header("x-application-id", self.1.to_string());
        if let Some(scope) = scope {
            request = request.header("authorization", format!("Bearer pc_sk_{scope}"));
        }
        let request = request.body(Body::empty()).unwrap();
        let sender = Sender { address: ([192, 0, 2, 9], 4_711).into(), certificate: None };
        let routes = Routes::new(&self.0, events::module().endpoints);
        let missing = |_| -> std::future::Pending<_> { panic!("no path of the trail: {path}") };
        let response = routes.answer(request, &sender, missing).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice(&body).unwrap())
    }

    async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.get_with(path, Some("audit:read")).await
    }

    /// The ids that a query finds.
    async fn ids(&self, query: &str) -> Vec<String> {
        let (status, body) = self.get(&format!("/v1/audit/events{query}")).await;
        assert_eq!(status, 200, "{query}: {body}");
        body["data"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()).collect()
    }
}

fn client(kit: &Kit, tenant: TenantId) -> Client {
    Client(app(kit), tenant)
}

#[tokio::test]
async fn an_event_shows_what_happened_and_its_place_in_the_chain() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(2).await;
    let client = client(&kit, tenant);
    let ids = client.ids("").await;
    let (status, body) = client.get(&format!("/v1/audit/events/{}", ids[0])).await;
    assert_eq!(status, 200);
    let event = &body["data"];
    assert_eq!(
        *event,
        json!({
            "id": ids[0],
            "type": "user.signed_in",
            "occurred_at": kit.env.now(),
            "actor": { "kind": "user", "id": ada },
            "target": { "kind": "user", "id": ada },
            "outcome": "success",
            "request_id": event["request_id"],
            "data": { "user_id": ada, "email": "ada@example.com" },
            "context": { "ip": "192.0.2.1", "user_agent": "Enquire/1.0" },
            "chain": { "sequence": 2, "previous_hash": event["chain"]["previous_hash"], "hash": event["chain"]["hash"] },
        })
    );
    let (_, first) = client.get(&format!("/v1/audit/events/{}", ids[1])).await;
    assert_eq!(event["chain"]["previous_hash"], first["data"]["chain"]["hash"]);
    assert_eq!(first["data"]["chain"]["previous_hash"], json!("0".repeat(64)));
    let head = &kit.verify(tenant).await.heads[0];
    assert_eq!(event["chain"]["hash"], json!(head.hash));
}

#[tokio::test]
async fn an_event_is_there_before_it_is_sealed() {
    let kit = Kit::open().await;
    let tenant = kit.new_tenant();
    kit.sign_in(tenant, kit.env.new_id(), 1).await;
    let client = client(&kit, tenant);
    let (_, body) = client.get("/v1/audit/events").await;
    assert_eq!(body["data"][0]["type"], json!("user.signed_in"));
    // Where tests share a database, one of them may have sealed it already.
    if kit.is_alone() {
        assert_eq!(body["data"][0]["chain"], Value::Null);
    }
}

#[tokio::test]
async fn pages_go_through_everything_newest_first() {
    let kit = Kit::open().await;
    let (tenant, _) = kit.sealed_tenant(7).await;
    let client = client(&kit, tenant);
    let all = client.ids("?limit=200").await;
    assert_eq!(all.len(), 7);
    assert!(all.is_sorted_by(|earlier, later| earlier > later));
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, body) = client.get(&format!("/v1/audit/events?limit=3&type=user.signed_in&cursor={cursor}")).await;
        paged.extend(body["data"].as_array().unwrap().iter().map(|event| event["id"].as_str().unwrap().to_owned()));
        match body["meta"]["next_cursor"].as_str() {
            Some(next) => next.clone_into(&mut cursor),
            None => break,
        }
    }
    assert_eq!(paged, all);
}

#[tokio::test]
async fn filters_narrow_the_trail_down() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(1).await;
    let grace: Id<User> = kit.env.new_id();
    let mut times = vec![kit.env.now()];
    for (actor, failed) in [(by(grace), false), (Actor::ANONYMOUS, true)] {
        kit.clock.turn(Duration::from_millis(1_500));
        let tx = kit.begin(tenant, actor).await;
        times.push(kit.env.now());
        if failed {
            tx.emit(&SignInFailed { user_id: ada });
        } else {
            tx.emit(&SignedIn { user_id: grace, email: "grace@example.com".to_owned() });
        }
        tx.commit().await.unwrap();
    }
    let client = client(&kit, tenant);
    let all = client.ids("").await;
    let [third, second, first] = &all[..] else { panic!("{all:?}") };
    let (_, body) = client.get(&format!("/v1/audit/events/{second}")).await;
    let request = body["data"]["request_id"].as_str().unwrap();
    let cases: Vec<(String, Vec<&String>)> = vec![
        ("type=user.signed_in".to_owned(), vec![second, first]),
        ("type=user.signed".to_owned(), vec![]),
        (format!("actor_id={grace}"), vec![second]),
        (format!("actor_id={}", grace.typed()), vec![second]),
        (format!("target_id={ada}"), vec![third, first]),
        (format!("target_id={}&actor_id={ada}", ada.typed()), vec![first]),
        ("outcome=failure".to_owned(), vec![third]),
        ("outcome=success".to_owned(), vec![second, first]),
        (format!("request_id={request}"), vec![second]),
        (format!("occurred_from={}", times[1]), vec![third, second]),
        (format!("occurred_to={}", times[1]), vec![first]),
        (format!("occurred_from={}&occurred_to={}", times[0], times[2]), vec![second, first]),
        (format!("occurred_from={}", times[2] + Duration::from_micros(1)), vec![]),
        ("occurred_from=2020-01-01T00:00:00Z&occurred_to=2020-01-02T00:00:00Z".to_owned(), vec![]),
        (format!("type=user.signed_in&target_id={ada}&outcome=failure"), vec![]),
        // Empty means absent, as forms send it.
        ("type=&outcome=failure".to_owned(), vec![third]),
    ];
    for (query, expected) in cases {
        assert_eq!(client.ids(&format!("?{query}")).await.iter().collect::<Vec<_>>(), expected, "{query}");
    }
}

#[tokio::test]
async fn a_query_that_cannot_be_meant_is_refused() {
    let kit = Kit::open().await;
    let client = client(&kit, kit.new_tenant());
    for query in [
        "outcome=maybe",
        "actor_id=ada",
        "target_id=1",
        "occurred_from=yesterday",
        "actor=x",
        "limit=0",
        "limit=201",
        "cursor=x",
    ] {
        let (status, body) = client.get(&format!("/v1/audit/events?{query}")).await;
        assert_eq!(
            (status, &body["error"]["code"]),
            (StatusCode::BAD_REQUEST, &json!("bad_request")),
            "{query}: {body}"
        );
    }
}

#[tokio::test]
async fn erased_events_keep_the_id_and_nothing_else_of_the_person() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(1).await;
    let tx = kit.begin(tenant, Actor::SYSTEM).await;
    tx.emit(&Deleted { user_id: ada });
    tx.commit().await.unwrap();
    kit.seal().await;
    let client = client(&kit, tenant);
    let (_, body) = client.get("/v1/audit/events?type=user.signed_in").await;
    let event = &body["data"][0];
    assert_eq!((&event["data"], &event["context"]), (&Value::Null, &Value::Null));
    assert_eq!((&event["actor"]["id"], &event["chain"]["sequence"]), (&json!(ada), &json!(1)));
    assert!(!body.to_string().contains("ada@example.com"));
}

#[tokio::test]
async fn another_tenants_event_and_a_missing_one_are_the_same() {
    let kit = Kit::open().await;
    let (theirs, _) = kit.sealed_tenant(1).await;
    let (ours, _) = kit.sealed_tenant(1).await;
    let (theirs, ours) = (client(&kit, theirs), client(&kit, ours));
    let their_id = theirs.ids("").await.remove(0);
    assert_eq!(ours.ids("").await.len(), 1);
    assert!(!ours.ids("").await.contains(&their_id));
    let missing: Id<User> = kit.env.new_id();
    let mut replies = Vec::new();
    for id in [&their_id, &missing.to_string()] {
        let (status, mut body) = ours.get(&format!("/v1/audit/events/{id}")).await;
        assert_eq!(status, 404);
        body["meta"].take();
        replies.push(body);
    }
    assert_eq!(replies[0], replies[1]);
    let (status, _) = theirs.get(&format!("/v1/audit/events/{their_id}")).await;
    assert_eq!(status, 200);
}

#[tokio::test]
async fn the_trail_is_for_callers_with_the_permission() {
    let kit = Kit::open().await;
    let (tenant, _) = kit.sealed_tenant(1).await;
    let client = client(&kit, tenant);
    let id = client.ids("").await.remove(0);
    for path in ["/v1/audit/events".to_owned(), format!("/v1/audit/events/{id}")] {
        assert_eq!(client.get_with(&path, None).await.0, 401);
        assert_eq!(client.get_with(&path, Some("users:read")).await.0, 403);
        assert_eq!(client.get_with(&path, Some("audit:read")).await.0, 200);
    }
}
