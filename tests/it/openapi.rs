//! The documents that the server serves about itself.

use edge::openapi::rules;
use serde_json::Value;

use crate::kit::Server;

const DOCUMENTS: [&str; 2] = ["/v1/openapi.json", "/api/v1/openapi.json"];

#[tokio::test]
async fn both_documents_keep_every_rule() {
    let server = Server::start().await;
    for path in DOCUMENTS {
        let document = server.anonymous().get(path).await.expect(200).json;
        assert_eq!(document["openapi"], "3.1.0");
        assert_eq!(rules::check(&document), Vec::<String>::new(), "{path}");
    }
}

#[tokio::test]
async fn yaml_says_the_same() {
    let server = Server::start().await;
    for path in DOCUMENTS {
        let yaml = server.anonymous().get(path.replace("json", "yaml")).await.expect(200);
        let json = server.anonymous().get(path).await.json;
        let paths = json["paths"].as_object().unwrap();
        let text = String::from_utf8(yaml.bytes.to_vec()).unwrap();
        assert!(paths.keys().all(|path| text.contains(path.as_str())), "{path}");
    }
}

#[tokio::test]
async fn documents_are_public_and_cacheable() {
    let server = Server::start().await;
    for path in DOCUMENTS {
        let first = server.anonymous().without("x-application-id").get(path).await.expect(200);
        assert_eq!(first.header("access-control-allow-origin"), "*");
        server.anonymous().get(path).header("if-none-match", first.header("etag")).await.expect(304);
    }
}

#[tokio::test]
async fn every_mounted_operation_is_documented_under_its_path() {
    let server = Server::start().await;
    let platform = server.anonymous().get(DOCUMENTS[0]).await.json;
    let data_plane = server.anonymous().get(DOCUMENTS[1]).await.json;
    for endpoint in crate::kit::endpoints() {
        let facts = &endpoint.facts;
        let document = if facts.surface() == edge::Surface::Platform { &platform } else { &data_plane };
        let method = facts.method.as_str().to_ascii_lowercase();
        let operation: &Value = &document["paths"][facts.path][method.as_str()];
        assert_eq!(operation["operationId"], facts.operation, "{} {}", facts.method.as_str(), facts.path);
    }
}
