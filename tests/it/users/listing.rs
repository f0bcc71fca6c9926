use serde_json::{Value, json};

use crate::kit::{Client, Server};

async fn populate(root: &Client) {
    for (email, username, name, external_id) in [
        ("ada@example.com", "countess", "Ada Lovelace", "e-1"),
        ("grace@example.com", "amazing.grace", "Grace Hopper", "e-2"),
        ("alan@example.org", "alan", "Alan Turing", "e-3"),
    ] {
        let body = json!({ "primary_email": email, "username": username, "name": name, "external_id": external_id });
        root.post("/v1/users", body).await.expect(201);
    }
}

async fn names(root: &Client, query: &str) -> Vec<String> {
    let reply = root.get(format!("/v1/users?{query}")).await.expect(200);
    reply.items().iter().map(|user| user["name"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn filters_narrow_the_list_which_is_newest_first() {
    let server = Server::start().await;
    let root = server.root();
    populate(&root).await;
    let ada = root.get("/v1/users?external_id=e-1").await.items()[0].clone();
    root.poke(format!("/v1/users/{}/disable", ada["id"].as_str().unwrap())).await.expect(200);
    for (query, expected) in [
        ("", vec!["Alan Turing", "Grace Hopper", "Ada Lovelace"]),
        ("email=GRACE@example.com", vec!["Grace Hopper"]),
        ("username=ALAN", vec!["Alan Turing"]),
        ("external_id=e-1", vec!["Ada Lovelace"]),
        ("state=disabled", vec!["Ada Lovelace"]),
        ("state=active", vec!["Alan Turing", "Grace Hopper"]),
        ("q=a", vec!["Alan Turing", "Grace Hopper", "Ada Lovelace"]),
        ("q=AL", vec!["Alan Turing"]),
        ("q=Grace%20H", vec!["Grace Hopper"]),
        ("q=ada@", vec!["Ada Lovelace"]),
        ("q=al&state=disabled", vec![]),
        ("q=%25", vec![]),
        ("email=", vec!["Alan Turing", "Grace Hopper", "Ada Lovelace"]),
    ] {
        assert_eq!(names(&root, query).await, expected, "{query}");
    }
    let created_at = ada["created_at"].as_str().unwrap();
    assert_eq!(
        names(&root, &format!("created_to={created_at}")).await,
        Vec::<String>::new(),
        "the end is not in the range"
    );
    assert_eq!(names(&root, &format!("created_from={created_at}")).await.len(), 3, "its start is");
}

#[tokio::test]
async fn a_filter_that_is_not_known_or_not_valid_is_refused() {
    let server = Server::start().await;
    let root = server.root();
    root.get("/v1/users?mail=ada@example.com").await.refused(400, "invalid_query");
    root.get("/v1/users?state=sleepy").await.refused(400, "invalid_query");
    root.get("/v1/users?created_from=yesterday").await.refused(400, "invalid_query");
    root.get("/v1/users?email=nobody").await.expect(422);
    root.get("/v1/users?state=active&state=disabled").await.refused(400, "invalid_query");
}

#[tokio::test]
async fn pages_hold_every_user_once_while_others_come_and_go() {
    let server = Server::start().await;
    let root = server.root();
    let mut expected = Vec::new();
    for number in 0..7 {
        expected.insert(0, root.create_user(&format!("user{number}@example.com")).await.id());
    }
    let ids = |items: &[Value]| items.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(ids(&root.walk("/v1/users", 3).await), expected);
    assert_eq!(ids(&root.walk("/v1/users", 7).await), expected);
    assert_eq!(ids(&root.walk("/v1/users?state=active", 1).await), expected);
    // Somebody new at the front and somebody gone behind: what follows neither repeats nor skips.
    let first = root.get("/v1/users?limit=3").await;
    root.create_user("late@example.com").await;
    root.delete(format!("/v1/users/{}", expected[2])).await.expect(200);
    let rest = root
        .get(format!("/v1/users?limit=50&cursor={}", first.meta("next_cursor").as_str().unwrap()))
        .await
        .expect(200);
    assert_eq!(ids(rest.items()), expected[3..]);
    assert!(rest.meta("next_cursor").is_null());
}

#[tokio::test]
async fn users_of_one_moment_are_paged_too() {
    let server = Server::start().await;
    let root = server.root();
    let creating = (0..6).map(|number| {
        let root = root.clone();
        async move { root.create_user(&format!("user{number}@example.com")).await.id() }
    });
    let mut created = futures_util::future::join_all(creating).await;
    let mut listed: Vec<String> =
        root.walk("/v1/users", 2).await.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect();
    created.sort();
    listed.sort();
    assert_eq!(listed, created);
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_and_tenant_alone() {
    let server = Server::start().await;
    let root = server.root();
    root.create_user("a@example.com").await;
    root.create_user("b@example.com").await;
    let page = root.get("/v1/users?limit=1").await;
    let cursor = page.meta("next_cursor").as_str().unwrap();
    let other = server.other_tenant("Acme").await;
    let mut forged = cursor.to_owned();
    forged.replace_range(30..31, if &forged[30..31] == "A" { "B" } else { "A" });
    for (client, path) in [
        (&root, format!("/v1/users?cursor={forged}")),
        (&root, "/v1/users?cursor=WzEsMl0".to_owned()),
        (&root, format!("/v1/users?cursor={}", &cursor[1..])),
        (&root, format!("/v1/sessions?cursor={cursor}")),
        (&other.api_key, format!("/v1/users?cursor={cursor}")),
    ] {
        client.get(&path).await.refused(400, "invalid_cursor");
    }
    root.get(format!("/v1/users?cursor={cursor}")).await.expect(200);
}
