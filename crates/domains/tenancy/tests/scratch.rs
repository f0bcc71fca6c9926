#![allow(warnings)]
use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use edge::{App, AppParts, EdgeSettings, Ports, TrustedProxies};
use http_body_util::BodyExt;
use kernel::{ports::*, tenant::*, *};
use serde_json::{Value, json};
use std::sync::{
    Arc,
    atomic::{AtomicI64, AtomicU64, Ordering},
};
use std::time::Duration;
use store::*;
use tenancy::*;
use tower::ServiceExt;
use uuid::Uuid;
use vault::{MasterKeys, Vault};

struct Turned(AtomicI64);
impl Clock for Turned {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::SeqCst))
    }
}
struct Seeded(AtomicU64);
impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let b = vault::digest(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&b[..chunk.len()]);
        }
    }
}
struct Sessions;
impl SessionAuthenticator for Sessions {
    fn audience(&self, token: &str) -> Option<TenantId> {
        token.starts_with("acct:").then_some(CONSOLE)
    }
    fn authenticate<'a>(
        &'a self,
        tenant: &'a TenantFacts,
        token: &'a str,
        now: Timestamp,
    ) -> PortFuture<'a, SessionCaller> {
        Box::pin(async move {
            let id = token
                .strip_prefix("acct:")
                .and_then(|t| Uuid::parse_str(t).ok())
                .ok_or_else(|| Refusal::new(ErrorCode::Unauthorized, "invalid_token", "x"))?;
            Ok(SessionCaller { user_id: id, session_id: id, aal: 1, scopes: "".into(), authenticated_at: now })
        })
    }
}
struct Counts;
impl UserCounter for Counts {
    fn users<'a>(&'a self, t: &'a [TenantId]) -> PortFuture<'a, Vec<u64>> {
        Box::pin(async move { Ok(t.iter().map(|_| 3).collect()) })
    }
}
pub struct T {
    dir: tempfile::TempDir,
    clock: Arc<Turned>,
    env: Env,
    db: Db,
    vault: Vault,
    router: Router,
    ring: KeyRing,
    tenants: Tenants,
    keys: ApiKeys,
    boot: Bootstrapped,
    perms: Permissions,
}

async fn open(dir: &tempfile::TempDir, env: &Env) -> Db {
    let url: StoreUrl = match std::env::var("TEST_STORE") {
        Ok(u) => u.parse().unwrap(),
        Err(_) => StoreUrl::sqlite(dir.path().join("t.db")),
    };
    let db = Db::open(&url, &StoreOptions::default(), env.clone()).await.unwrap();
    let mut all = store::MIGRATIONS.to_vec();
    all.extend_from_slice(tenancy::module().migrations);
    db.migrate(&all, &mut |_| {}).await.unwrap();
    db
}
async fn start() -> T {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Turned(AtomicI64::new(1_800_000_000_000_000)));
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    let env = Env { clock: clock.clone(), entropy: Arc::new(Seeded(AtomicU64::new(seed))) };
    let db = open(&dir, &env).await;
    let mk = MasterKeys::generate(&*env.entropy);
    let vault = Vault::new(mk, [7; 32], env.entropy.clone());
    let module = tenancy::module();
    let perms = Permissions::new(module.permissions.iter().copied().chain(["users:read", "users:write"]));
    let boot =
        first_start(&db, &vault, &env, FirstStart { public_url: "http://localhost:8080", permissions: perms.names() })
            .await
            .unwrap()
            .unwrap();
    assert!(
        first_start(&db, &vault, &env, FirstStart { public_url: "http://localhost:8080", permissions: perms.names() })
            .await
            .unwrap()
            .is_none()
    );
    let tenants = Tenants::new(db.clone(), "http://localhost:8080", &[]).unwrap();
    let keys = ApiKeys::new(db.clone());
    let teams = Teams::new(db.clone(), &perms);
    let ring = KeyRing::new(db.clone(), vault.clone());
    let ports = Ports {
        tenants: Arc::new(tenants.clone()),
        api_keys: Arc::new(keys.clone()),
        sessions: Arc::new(Sessions),
        teams: Arc::new(teams.clone()),
    };
    let settings = EdgeSettings {
        public_url: "http://localhost:8080".into(),
        base_hosts: vec![],
        proxies: TrustedProxies::default(),
        deadline: Duration::from_secs(10),
        log_requests: false,
    };
    let parts =
        AppParts::default().with(perms.clone()).with(teams).with(ring.clone()).with(UserCounts(Arc::new(Counts)));
    let app = App::new(db.clone(), env.clone(), vault.clone(), ports, settings, parts);
    let router = edge::router(&app, module.endpoints);
    T { dir, clock, env, db, vault, router, ring, tenants, keys, boot, perms }
}
impl T {
    async fn call(
        &self,
        method: &str,
        path: &str,
        auth: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> (StatusCode, axum::http::HeaderMap, Value) {
        let mut r = Request::builder().method(method).uri(path).header("host", "localhost:8080");
        if !auth.is_empty() {
            r = r.header("authorization", format!("Bearer {auth}"));
        }
        let mut r = r;
        for (k, v) in headers {
            if *k == "host" {
                r.headers_mut().unwrap().insert("host", v.parse().unwrap());
            } else {
                r = r.header(*k, *v);
            }
        }
        let b = match body {
            Some(v) => {
                r = r.header("content-type", "application/json");
                Body::from(v.to_string())
            }
            None => Body::empty(),
        };
        let reply = self.router.clone().oneshot(r.body(b).unwrap()).await.unwrap();
        let (h, b) = reply.into_parts();
        let bytes = b.collect().await.unwrap().to_bytes();
        let v = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        (h.status, h.headers, v)
    }
    fn turn(&self, d: Duration) {
        self.clock.0.fetch_add(d.as_micros() as i64, Ordering::SeqCst);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registry() {
    let t = start().await;
    let mut all = store::MIGRATIONS.to_vec();
    all.extend_from_slice(tenancy::module().migrations);
    assert_eq!(store::registry::check(&all), Vec::<String>::new());
    assert_eq!(store::registry::prepare_all(&t.db).await.unwrap(), Vec::<String>::new());
    println!("forks {:?}", store::registry::forks());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_and_keys() {
    let t = start().await;
    let key = t.boot.api_key.reveal().to_owned();
    let (s, h, v) = t.call("GET", "/v1/settings", &key, &[], None).await;
    println!("{s} {h:?} {v}");
    assert_eq!(s, 200);
    let (s, h, v) = t.call("PATCH", "/v1/settings", &key, &[("if-match", "\"9\"")], Some(json!({"name": "X"}))).await;
    assert_eq!(s, 412);
    let (s, h, v) = t
        .call(
            "PATCH",
            "/v1/settings",
            &key,
            &[("if-match", "\"1\"")],
            Some(json!({"name": "X", "allowed_origins": ["https://a.example"], "sessions": {"idle_seconds": 3600}})),
        )
        .await;
    println!("{s} {v}");
    assert_eq!((s, h["etag"].to_str().unwrap()), (StatusCode::OK, "\"2\""));
    assert_eq!(v["data"]["sessions"]["idle_seconds"], 3600);
    // at once, though the clock stands
    let facts = t.tenants.primary().await.unwrap().unwrap();
    assert_eq!(facts.allowed_origins, ["https://a.example"]);
    assert_eq!(settings_of(&facts).sessions.idle_seconds, 3600);
    assert!(t.tenants.knows_origin("https://a.example").await.unwrap());
    assert!(!t.tenants.knows_origin("https://b.example").await.unwrap());
    let (s, _, v) = t.call("PATCH", "/v1/settings", &key, &[], Some(json!({"name": "X"}))).await;
    assert_eq!(s, 200, "{v}");
    let (s, _, v) =
        t.call("PATCH", "/v1/settings", &key, &[], Some(json!({"redirect_uris": ["javascript:x"], "evil": 1}))).await;
    assert_eq!(s, 400, "{v}");
    let (s, _, v) = t
        .call("PATCH", "/v1/settings", &key, &[], Some(json!({"redirect_uris": ["javascript:x"], "sessions": null})))
        .await;
    assert_eq!(s, 422, "{v}");
    println!("{v}");
    let (s, _, v) = t.call("PATCH", "/v1/settings", &key, &[], Some(json!([]))).await;
    println!("array body: {s} {v}");

    // api keys
    let (s, _, v) = t.call("GET", "/v1/api-keys", &key, &[], None).await;
    println!("{s} {v}");
    assert_eq!(v["data"].as_array().unwrap().len(), 1);
    t.turn(Duration::from_secs(1));
    let (s, _, v) = t
        .call(
            "POST",
            "/v1/api-keys",
            &key,
            &[],
            Some(json!({"name": "small", "scopes": ["api-keys:write", "api-keys:read", "users:read"]})),
        )
        .await;
    println!("{s} {v}");
    assert_eq!(s, 201);
    let small = v["data"]["secret"].as_str().unwrap().to_owned();
    let small_id = v["data"]["id"].as_str().unwrap().to_owned();
    let (s, _, v) =
        t.call("POST", "/v1/api-keys", &small, &[], Some(json!({"name": "more", "scopes": ["users:write"]}))).await;
    assert_eq!((s, v["error"]["reason"].as_str()), (StatusCode::FORBIDDEN, Some("scope_not_held")));
    let (s, _, v) =
        t.call("POST", "/v1/api-keys", &small, &[], Some(json!({"name": "more", "scopes": ["nonsense:x"]}))).await;
    assert_eq!((s, v["error"]["reason"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("unknown_scope")));
    let (s, _, v) = t.call("GET", "/v1/settings", &small, &[], None).await;
    assert_eq!(s, 403);
    // a lesser key can't rotate the first key
    let (_, _, v) = t.call("GET", "/v1/api-keys?limit=1", &small, &[], None).await;
    let cursor = v["meta"]["next_cursor"].as_str().unwrap().to_owned();
    let (_, _, v) = t.call("GET", &format!("/v1/api-keys?limit=1&cursor={cursor}"), &small, &[], None).await;
    let first_id = v["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(v["data"][0]["name"], "First key");
    let (s, _, v) = t.call("POST", &format!("/v1/api-keys/{first_id}/rotate"), &small, &[], None).await;
    assert_eq!((s, v["error"]["reason"].as_str()), (StatusCode::FORBIDDEN, Some("scope_not_held")));
    // rotate with overlap
    let (s, _, v) = t
        .call("POST", &format!("/v1/api-keys/{small_id}/rotate"), &small, &[], Some(json!({"overlap_seconds": 60})))
        .await;
    assert_eq!(s, 200, "{v}");
    let newer = v["data"]["secret"].as_str().unwrap().to_owned();
    for k in [&small, &newer] {
        assert_eq!(t.call("GET", "/v1/api-keys", k, &[], None).await.0, 200);
    }
    t.turn(Duration::from_secs(60));
    assert_eq!(t.call("GET", "/v1/api-keys", &small, &[], None).await.0, 401);
    assert_eq!(t.call("GET", "/v1/api-keys", &newer, &[], None).await.0, 200);
    let (s, _, v) = t
        .call("POST", &format!("/v1/api-keys/{small_id}/rotate"), &newer, &[], Some(json!({"overlap_seconds": 604801})))
        .await;
    assert_eq!(s, 422);
    let (s, _, v) = t.call("POST", &format!("/v1/api-keys/{small_id}/rotate"), &newer, &[], None).await;
    assert_eq!(s, 200);
    let newest = v["data"]["secret"].as_str().unwrap().to_owned();
    assert_eq!(t.call("GET", "/v1/api-keys", &newer, &[], None).await.0, 401);
    assert_eq!(t.call("GET", "/v1/api-keys", &newest, &[], None).await.0, 200);
    // last used
    assert!(t.keys.write_uses().await.unwrap() >= 2);
    let (_, _, v) = t.call("GET", "/v1/api-keys", &newest, &[], None).await;
    assert!(v["data"][0]["last_used_at"].is_string(), "{v}");
    assert_eq!(t.keys.write_uses().await.unwrap(), 0);
    // revoke
    assert_eq!(t.call("DELETE", &format!("/v1/api-keys/{small_id}"), &key, &[], None).await.0, 200);
    assert_eq!(t.call("GET", "/v1/api-keys", &newest, &[], None).await.0, 401);
    assert_eq!(t.call("DELETE", &format!("/v1/api-keys/{small_id}"), &key, &[], None).await.0, 404);
    // expiry
    let past = Timestamp::from_seconds(1_700_000_000).to_string();
    let (s, _, v) = t
        .call(
            "POST",
            "/v1/api-keys",
            &key,
            &[],
            Some(json!({"name": "more", "scopes": ["users:write"], "expires_at": past})),
        )
        .await;
    assert_eq!(s, 422, "{v}");
    let soon = (t.env.now() + Duration::from_secs(30)).to_string();
    let (s, _, v) = t
        .call(
            "POST",
            "/v1/api-keys",
            &key,
            &[],
            Some(json!({"name": "more", "scopes": ["api-keys:read"], "expires_at": soon})),
        )
        .await;
    let short = v["data"]["secret"].as_str().unwrap().to_owned();
    assert_eq!(t.call("GET", "/v1/api-keys", &short, &[], None).await.0, 200);
    t.turn(Duration::from_secs(30));
    assert_eq!(t.call("GET", "/v1/api-keys", &short, &[], None).await.0, 401);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn discovery() {
    let t = start().await;
    let (s, h, v) = t.call("GET", "/.well-known/jwks.json", "", &[], None).await;
    println!("{s} {h:?} {v}");
    assert_eq!(s, 200);
    let tag = h["etag"].to_str().unwrap().to_owned();
    assert_eq!(t.call("GET", "/.well-known/jwks.json", "", &[("if-none-match", &tag)], None).await.0, 304);
    for p in ["openid-configuration", "oauth-authorization-server"] {
        let (s, h, v) = t.call("GET", &format!("/.well-known/{p}"), "", &[], None).await;
        println!("{s} {h:?} {v}");
        assert_eq!(v["issuer"], "http://localhost:8080");
    }
    let id = t.boot.application_id;
    // on demand
    use jose::Algorithm::*;
    for alg in [EdDsa, Es256, Rs256] {
        let (a, b) = tokio::join!(t.ring.signer(id, alg), t.ring.signer(id, alg));
        let (a, b) = (a.unwrap(), b.unwrap());
        assert_eq!(a.kid(), b.kid());
        let token = a.sign("JWT", &json!({"sub": "x"})).unwrap();
        let key = t.ring.verifier(id, a.kid()).await.unwrap().unwrap();
        jose::verify(&token, "JWT", |_| Some(&*key)).unwrap();
        assert!(t.ring.verifier(CONSOLE, a.kid()).await.unwrap().is_none());
    }
    let (_, _, v) = t.call("GET", "/.well-known/jwks.json", "", &[], None).await;
    assert_eq!(v["keys"].as_array().unwrap().len(), 3);
    // rotation, by two nodes
    assert_eq!(keys::rotate_due(&t.db, &t.vault, &t.env).await.unwrap(), 0);
    let before = t.ring.signer(id, EdDsa).await.unwrap();
    t.turn(Duration::from_secs(89 * 86_400 + 60));
    let (a, b) = tokio::join!(keys::rotate_due(&t.db, &t.vault, &t.env), keys::rotate_due(&t.db, &t.vault, &t.env));
    assert_eq!(a.unwrap() + b.unwrap(), 4, "three of the tenant's, one of the console's");
    assert_eq!(t.ring.signer(id, EdDsa).await.unwrap().kid(), before.kid());
    let (_, _, v) = t.call("GET", "/.well-known/jwks.json", "", &[], None).await;
    assert_eq!(v["keys"].as_array().unwrap().len(), 6);
    t.turn(Duration::from_secs(86_400));
    let after = t.ring.signer(id, EdDsa).await.unwrap();
    assert_ne!(after.kid(), before.kid());
    assert!(t.ring.verifier(id, before.kid()).await.unwrap().is_some());
    t.turn(Duration::from_secs(86_400 + 3600));
    assert!(t.ring.verifier(id, before.kid()).await.unwrap().is_none());
    let (_, _, v) = t.call("GET", "/.well-known/jwks.json", "", &[], None).await;
    assert_eq!(v["keys"].as_array().unwrap().len(), 3);
    keys::rotate_due(&t.db, &t.vault, &t.env).await.unwrap();
    // a long sleep
    t.turn(Duration::from_secs(400 * 86_400));
    let late = t.ring.signer(id, EdDsa).await.unwrap();
    assert_ne!(late.kid(), after.kid());
    // hosts
    let (s, _, v) =
        t.call("GET", "/.well-known/openid-configuration", "", &[("host", "default.localhost:8080")], None).await;
    assert_eq!(s, 200);
    for host in ["console.localhost", "nope.localhost", "evil.example"] {
        let (s, _, v) = t.call("GET", "/.well-known/openid-configuration", "", &[("host", host)], None).await;
        assert_eq!(s, 421, "{host} {v}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn applications() {
    let t = start().await;
    let ada = Uuid::from_u128(11);
    let eve = Uuid::from_u128(12);
    let hash = vault::digest(t.boot.claim_token.reveal().as_bytes());
    // one of many wins
    let mut wins = 0;
    for user in [ada, eve, ada] {
        let tx = t.db.begin_system(Origin::system(CONSOLE)).await.unwrap();
        if teams::redeem_claim(&tx, &hash, user, t.env.now()).await.unwrap().is_some() {
            wins += 1;
        }
        tx.commit().await.unwrap();
    }
    assert_eq!(wins, 1);
    let tx = t.db.begin_system(Origin::system(CONSOLE)).await.unwrap();
    teams::create(&tx, "Eve's", eve, t.env.now()).await.unwrap();
    tx.commit().await.unwrap();
    let a = format!("acct:{ada}");
    let e = format!("acct:{eve}");
    let (s, _, v) = t.call("GET", "/v1/dashboard/applications", &a, &[], None).await;
    println!("{s} {v}");
    assert_eq!(v["data"].as_array().unwrap().len(), 1);
    let (s, _, v) = t.call("GET", "/v1/dashboard/applications", &e, &[], None).await;
    assert_eq!(v["data"].as_array().unwrap().len(), 0);
    // negative entry first: must vanish at once
    assert!(t.tenants.by_host("acme.localhost").await.unwrap().is_none());
    let (s, h, v) = t.call("POST", "/v1/dashboard/applications", &a, &[], Some(json!({"name": "Acme"}))).await;
    println!("{s} {h:?} {v}");
    assert_eq!(s, 201);
    assert_eq!(v["data"]["slug"], "acme");
    let app = v["data"]["id"].as_str().unwrap().to_owned();
    let key = v["data"]["api_key"].as_str().unwrap().to_owned();
    let facts = t.tenants.by_host("acme.localhost").await.unwrap().unwrap();
    assert_eq!(facts.issuer, "http://acme.localhost:8080");
    for (h, i) in [("acme.localhost", "http://acme.localhost:8080"), ("localhost", "http://localhost:8080")] {
        let (_, _, v) = t.call("GET", "/.well-known/openid-configuration", "", &[("host", h)], None).await;
        assert_eq!(v["issuer"], i);
    }
    let (s, _, v) =
        t.call("POST", "/v1/dashboard/applications", &a, &[], Some(json!({"name": "Acme", "slug": "acme"}))).await;
    assert_eq!((s, v["error"]["reason"].as_str()), (StatusCode::CONFLICT, Some("slug_taken")));
    let (s, _, v) = t.call("POST", "/v1/dashboard/applications", &a, &[], Some(json!({"name": "Acme"}))).await;
    assert_eq!(s, 201);
    println!("{}", v["data"]["slug"]);
    let (s, _, v) =
        t.call("POST", "/v1/dashboard/applications", &a, &[], Some(json!({"name": "Acme", "slug": "www"}))).await;
    assert_eq!((s, v["error"]["reason"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid_slug")));
    // the key works in its tenant and no other
    assert_eq!(t.call("GET", "/v1/settings", &key, &[("x-application-id", &app)], None).await.0, 200);
    assert_eq!(t.call("GET", "/v1/settings", &key, &[("host", "acme.localhost")], None).await.0, 200);
    assert_eq!(t.call("GET", "/v1/settings", &key, &[], None).await.0, 401);
    // account by role
    assert_eq!(t.call("GET", "/v1/settings", &a, &[("x-application-id", &app)], None).await.0, 200);
    assert_eq!(t.call("GET", "/v1/settings", &e, &[("x-application-id", &app)], None).await.0, 404);
    let (s, _, v) = t
        .call(
            "POST",
            "/v1/api-keys",
            &a,
            &[("x-application-id", &app)],
            Some(json!({"name": "by account", "scopes": ["users:read"]})),
        )
        .await;
    assert_eq!(s, 201, "{v}");
    println!("{v}");
    // foreign and missing are the same
    let foreign =
        t.call("PATCH", &format!("/v1/dashboard/applications/{app}"), &e, &[], Some(json!({"name": "x"}))).await;
    let missing = t
        .call(
            "PATCH",
            "/v1/dashboard/applications/018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f",
            &e,
            &[],
            Some(json!({"name": "x"})),
        )
        .await;
    assert_eq!(foreign.0, 404);
    assert_eq!(foreign.2["error"], missing.2["error"]);
    let console = t
        .call("PATCH", &format!("/v1/dashboard/applications/{}", CONSOLE), &a, &[], Some(json!({"state": "suspended"})))
        .await;
    assert_eq!(console.0, 404);
    let (s, _, v) = t
        .call(
            "PATCH",
            &format!("/v1/dashboard/applications/{app}"),
            &a,
            &[],
            Some(json!({"name": "Acme 2", "state": "suspended"})),
        )
        .await;
    assert_eq!(s, 200, "{v}");
    println!("{v}");
    assert_eq!(t.call("GET", "/v1/settings", &key, &[("x-application-id", &app)], None).await.0, 403);
    let (s, h, v) = t
        .call(
            "PATCH",
            &format!("/v1/dashboard/applications/{app}"),
            &a,
            &[("if-match", "\"2\"")],
            Some(json!({"state": "active"})),
        )
        .await;
    assert_eq!((s, h["etag"].to_str().unwrap()), (StatusCode::OK, "\"3\""));
    assert_eq!(t.call("GET", "/v1/settings", &key, &[("x-application-id", &app)], None).await.0, 200);
    // CONSOLE by header
    assert_eq!(t.call("GET", "/v1/settings", &key, &[("x-application-id", &CONSOLE.to_string())], None).await.0, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn speed() {
    let t = start().await;
    for path in ["/.well-known/jwks.json", "/.well-known/openid-configuration"] {
        let started = std::time::Instant::now();
        for _ in 0..20_000 {
            let r = t
                .router
                .clone()
                .oneshot(Request::builder().uri(path).header("host", "localhost:8080").body(Body::empty()).unwrap())
                .await
                .unwrap();
            assert_eq!(r.status(), 200);
        }
        println!("{path} {:?} each", started.elapsed() / 20_000);
    }
    let started = std::time::Instant::now();
    for _ in 0..100_000 {
        t.ring.published(t.boot.application_id).await.unwrap();
    }
    println!("published {:?}", started.elapsed() / 100_000);
    let started = std::time::Instant::now();
    for _ in 0..100_000 {
        t.tenants.primary().await.unwrap();
    }
    println!("primary {:?}", started.elapsed() / 100_000);
    let started = std::time::Instant::now();
    let facts = t.tenants.primary().await.unwrap().unwrap();
    for _ in 0..10_000 {
        t.keys.authenticate(&facts, t.boot.api_key.reveal(), t.env.now()).await.unwrap().unwrap();
    }
    println!("authenticate {:?}", started.elapsed() / 10_000);
}

store::sql! { EVENTS_OF = "select type, actor_kind, details from events where tenant_id = $1 order by id"; }

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes() {
    let dir = tempfile::tempdir().unwrap();
    let clock = Arc::new(Turned(AtomicI64::new(1_800_000_000_000_000)));
    let env = Env { clock: clock.clone(), entropy: Arc::new(Seeded(AtomicU64::new(99 << 40))) };
    let db = open(&dir, &env).await;
    let other = if std::env::var("TEST_STORE").is_ok() { open(&dir, &env).await } else { db.clone() };
    let vault = Vault::new(MasterKeys::generate(&*env.entropy), [7; 32], env.entropy.clone());
    let start = FirstStart { public_url: "http://localhost:8080", permissions: &["users:read", "settings:write"] };
    let (a, b) = tokio::join!(first_start(&db, &vault, &env, start), first_start(&other, &vault, &env, start));
    let (a, b) = (a.unwrap(), b.unwrap());
    assert_eq!(a.is_some() as u8 + b.is_some() as u8, 1);
    let boot = a.or(b).unwrap();
    for tenant in [CONSOLE, boot.application_id] {
        for (ty, actor, details) in db
            .read(tenant)
            .all(&EVENTS_OF, store::params![], |row| {
                Ok((row.get::<String>(0)?, row.get::<String>(1)?, row.get::<String>(2)?))
            })
            .await
            .unwrap()
        {
            println!("EVENT {ty} {actor} {details}");
            assert!(!details.contains(boot.api_key.reveal()) && !details.contains("pc_sk_"));
        }
    }
    let (one, two) = (
        Tenants::new(db.clone(), "http://localhost:8080", &[]).unwrap(),
        Tenants::new(other.clone(), "http://localhost:8080", &[]).unwrap(),
    );
    one.primary().await.unwrap().unwrap();
    assert!(!two.primary().await.unwrap().unwrap().suspended);
    let (ring, ring2) = (KeyRing::new(db.clone(), vault.clone()), KeyRing::new(other.clone(), vault.clone()));
    ring2.published(boot.application_id).await.unwrap();
    let key = ring.signer(boot.application_id, jose::Algorithm::Es256).await.unwrap();
    if db.kind() == StoreKind::Postgres {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert!(ring2.verifier(boot.application_id, key.kid()).await.unwrap().is_some());
}

#[test]
fn documents() {
    let m = tenancy::module();
    let endpoints: Vec<&edge::Endpoint> = m.endpoints.iter().collect();
    for s in [edge::Surface::Platform, edge::Surface::DataPlane] {
        let d = edge::openapi::document(s, &endpoints, &m.events, &json!({}), "0.1.0");
        println!("SCHEMAS {:?}", d["components"]["schemas"].as_object().unwrap().keys().collect::<Vec<_>>());
        println!("RULES {:#?}", edge::openapi::rules::offences(s, &d));
        if s == edge::Surface::Platform { println!("{}", serde_json::to_string_pretty(&d["components"]["schemas"]["Settings"]).unwrap()); println!("{}", serde_json::to_string_pretty(&d["components"]["schemas"]["SettingsUpdate"]).unwrap()); println!("{}", serde_json::to_string_pretty(&d["components"]["schemas"]["ApiKeyWithSecret"]).unwrap());}
    }
}
