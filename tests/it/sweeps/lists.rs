use edge::{Endpoint, ReplyKind};

use super::name;
use crate::{kit::endpoints, samples::World};

fn lists() -> Vec<Endpoint> {
    let lists: Vec<Endpoint> =
        endpoints().into_iter().filter(|endpoint| endpoint.reply.kind == ReplyKind::Many).collect();
    assert!(lists.len() >= 8, "the registry names its lists");
    lists
}

#[tokio::test]
async fn every_list_is_bounded() {
    let world = World::open().await;
    for endpoint in lists() {
        let call = world.sample(&endpoint).await;
        let path = call.path.clone();
        let reply = call.clone().await.expect(200);
        assert_eq!(reply.meta("limit"), 50, "{}: {reply}", name(&endpoint));
        assert!(reply.json["meta"].get("next_cursor").is_some(), "{}: {reply}", name(&endpoint));
        for limit in ["0", "201", "-1", "x", "1.5", "4294967297"] {
            call.clone().at(with_query(&path, &format!("limit={limit}"))).await.refused(400, "invalid_limit");
        }
        for limit in ["1", "200"] {
            let reply = call.clone().at(with_query(&path, &format!("limit={limit}"))).await.expect(200);
            assert_eq!(reply.meta("limit").to_string(), limit);
        }
        for cursor in ["x", "WzEsMl0", "%00", &"A".repeat(4_000)] {
            call.clone().at(with_query(&path, &format!("cursor={cursor}"))).await.refused(400, "invalid_cursor");
        }
    }
}

#[tokio::test]
async fn every_list_pages_through_all_it_holds() {
    let world = World::open().await;
    world.server.other_tenant("Acme").await;
    for _ in 0..3 {
        world.person().await;
        world.server.api_key(&["users:read"]).await;
    }
    for endpoint in lists() {
        let call = world.sample(&endpoint).await;
        let path = call.path.clone();
        let whole = call.clone().at(with_query(&path, "limit=200")).await.expect(200);
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = call.clone().at(with_query(&path, &format!("limit=1&cursor={cursor}"))).await.expect(200);
            paged.extend_from_slice(page.items());
            match page.meta("next_cursor").as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(paged, whole.items(), "{}", name(&endpoint));
    }
}

/// A list that already names what it is of keeps its own query.
fn with_query(path: &str, query: &str) -> String {
    let join = if path.contains('?') { '&' } else { '?' };
    format!("{path}{join}{query}")
}
