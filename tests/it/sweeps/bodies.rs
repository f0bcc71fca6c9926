use serde_json::{Value, json};

use super::name;
use crate::{kit::endpoints, samples::World};

/// What these do not know they leave out, so that clients of tomorrow can register today (RFC 7591, section 2).
const LENIENT: [&str; 2] = ["POST /oauth2/register", "PUT /oauth2/register/{client_id}"];

#[tokio::test]
async fn every_body_is_strict() {
    let world = World::open().await;
    for endpoint in endpoints() {
        let call = world.sample(&endpoint).await;
        let Some(Value::Object(body)) = call.body.clone() else { continue };
        let name = name(&endpoint);
        let mut unknown = body.clone();
        unknown.insert("no_such_field".to_owned(), json!(1));
        let reply = crate::kit::Call { body: Some(unknown.into()), ..call.clone() }.await;
        if LENIENT.contains(&name.as_str()) {
            assert!(reply.status < 300 && reply.json.get("no_such_field").is_none(), "{name}: {reply}");
        } else {
            assert_eq!((reply.status, reply.reason()), (400, "unknown_field"), "{name}: {reply}");
            assert_eq!(reply.fields(), ["no_such_field unknown"], "{name}");
        }
        let field = body.keys().next().unwrap();
        let twice = format!("{{{field:?}:null,{}", &Value::Object(body.clone()).to_string()[1..]);
        let reply = call.clone().raw(twice).await;
        assert_eq!((reply.status, reply.reason()), (400, "invalid_json"), "{name}: {reply}");
        for (raw, status) in [("{", 400), ("", 400), ("[]", 422), ("7", 422), ("null", 422)] {
            // Without a body this one is carried out, and there is nobody left to ask again.
            if raw.is_empty() && name == "DELETE /v1/dashboard/account" {
                continue;
            }
            let reply = call.clone().raw(raw).await;
            // A body that may be left out may also be nothing.
            let is_optional = raw.is_empty() && matches!(reply.status, 200 | 202 | 422);
            assert!(reply.status == status || is_optional || reply.status == 400, "{name} {raw}: {reply}");
        }
        let form = call.clone().header("content-type", "application/x-www-form-urlencoded").await;
        assert_eq!(form.status, 415, "{name}: {form}");
        let huge = call.clone().raw(format!("{}{}", Value::Object(body), " ".repeat(1_048_577))).await;
        assert_eq!((huge.status, huge.reason()), (413, "body_too_large"), "{name}: {huge}");
        let own = call.await;
        assert!(own.status < 300, "{own}");
    }
}
