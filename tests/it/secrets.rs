//! What must not lie on the disk in readable form.

use serde_json::json;

use crate::kit::{PASSWORD, Server, say};

#[tokio::test]
async fn no_secret_lies_on_the_disk() {
    let server = Server::start().await;
    let ada = server.user("ada@example.com").await;
    let create =
        || server.root().post("/v1/api-keys", json!({ "name": "k", "scopes": ["users:read"] })).idempotent("k-1");
    let key = create().await.expect(201);
    assert_eq!(create().await.header("idempotent-replayed"), "true", "the reply was kept");
    let sign_in = json!({ "email": "ada@example.com", "password": PASSWORD });
    let signed_in = server.anonymous().post("/v1/auth/sign-in", sign_in).idempotent("k-2").await.expect(200);
    let refresh = json!({ "refresh_token": ada.refresh_token });
    let refreshed = server.anonymous().post("/v1/sessions/tokens", refresh).idempotent("k-3").await.expect(200);
    let account = server.account().await;
    server.run_jobs().await;
    let Some(bytes) = server.stored_bytes() else {
        say("skipped: the files of this database are not ours to read");
        return;
    };
    let lies_on_disk = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(lies_on_disk("ada@example.com"), "the right files were read");
    for secret in [
        PASSWORD,
        server.root_key(),
        server.claim_token(),
        &key.text("/secret"),
        &ada.access_token,
        &ada.refresh_token,
        &account.refresh_token,
        &signed_in.text("/access_token"),
        &signed_in.text("/refresh_token"),
        &refreshed.text("/refresh_token"),
    ] {
        assert!(!lies_on_disk(secret), "{secret}");
    }
    // PKCS #8 of an Ed25519 key begins with these bytes (RFC 8410).
    let private_key = b"\x06\x03\x2b\x65\x70\x04\x22\x04\x20";
    assert!(!bytes.windows(private_key.len()).any(|window| window == private_key));
}
