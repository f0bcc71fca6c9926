use edge::{ReplyKind, Surface};

use super::name;
use crate::{kit::endpoints, samples::World};

#[tokio::test]
async fn every_reply_is_named_and_private_unless_it_is_meant_to_be_kept() {
    let world = World::open().await;
    for endpoint in endpoints() {
        let reply = world.sample(&endpoint).await.await;
        let name = name(&endpoint);
        assert!(reply.status < 400, "{reply}");
        assert!(reply.header("x-request-id").starts_with("req_"), "{name}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{name}");
        assert_eq!(reply.header("content-security-policy"), "default-src 'none'; frame-ancestors 'none'", "{name}");
        let is_redirect = endpoint.reply.kind == ReplyKind::Redirect;
        // Of what a standard fixes, documents are for everybody; answers to a client or about a person are not.
        if endpoint.facts.surface() == Surface::Protocol && endpoint.reply.kind == ReplyKind::Document {
            assert!(reply.header("cache-control").starts_with("public"), "{name}");
        } else {
            assert_eq!(reply.header("cache-control"), "no-store", "{name}");
        }
        if !reply.bytes.is_empty() {
            let is_stream = matches!(endpoint.reply.kind, ReplyKind::Stream | ReplyKind::Rows);
            let expected = if is_stream { "application/x-ndjson" } else { "application/json" };
            assert_eq!(reply.header("content-type"), expected, "{name}");
            if is_stream {
                continue;
            }
        }
        if is_redirect {
            assert!(reply.bytes.is_empty() && !reply.header("location").is_empty(), "{name}: {reply}");
            continue;
        }
        let has_meta = reply.meta("request_id").is_string();
        let is_its_surfaces = match endpoint.facts.surface() {
            Surface::Platform => has_meta && reply.json["success"] == true,
            Surface::DataPlane => has_meta || reply.status == 204,
            Surface::Protocol => !has_meta,
        };
        assert!(is_its_surfaces, "{name}: {reply}");
    }
}
