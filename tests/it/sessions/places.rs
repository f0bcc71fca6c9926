use std::fs;

use identity::risk::{Intelligence, Sources};
use serde_json::{Value, json};

use crate::{
    hosted::signed_in,
    kit::{Options, Server, cities},
};

const MUNICH: &str = "203.0.113.7";
const ONLY_THE_COUNTRY: &str = "2001:db8::7";
const AT_SEA: &str = "192.0.2.9";
const UNKNOWN: &str = "198.51.100.7";

async fn server_with_cities() -> Server {
    let names = |english: &str, german: &str| json!({ "names": { "de": german, "en": english } });
    let munich = json!({
        "city": names("Munich", "München"),
        "continent": { "code": "EU" },
        "country": { "iso_code": "DE", "names": { "en": "Germany" } },
        "location": { "latitude": 48.137, "longitude": 11.575 },
        "subdivisions": [names("Bavaria", "Bayern"), names("Upper Bavaria", "Oberbayern")],
    });
    let file = cities(&[
        ("203.0.113.0", 24, munich),
        ("2001:db8::", 32, json!({ "country": { "iso_code": "PT" } })),
        ("192.0.2.0", 24, json!({ "location": { "latitude": 0.5, "longitude": -30.5 } })),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cities.mmdb");
    fs::write(&path, file).unwrap();
    let intelligence = Intelligence::open(Sources { lists: Vec::new(), geoip: Some(path) }).unwrap();
    Server::start_with(Options { intelligence, ..Options::default() }).await
}

/// What every view of a session that is opened from there says of its place: all the same.
async fn place_of_a_session(server: &Server, address: &str) -> Value {
    let opened = server.user_at(&server.anonymous().from(address), "ada@example.com").await;
    let path = format!("/v1/sessions/{}", opened.session_id);
    let place = server.root().get(path).await.expect(200).data()["place"].clone();
    let root = server.root();
    for (client, list) in [
        (&root, format!("/v1/sessions?user_id={}", opened.id)),
        (&opened, "/v1/sessions".to_owned()),
        (&opened, "/api/v1/me/sessions".to_owned()),
        (&root, format!("/api/v1/users/{}/sessions", opened.id)),
    ] {
        let sessions = client.get(&list).await.expect(200);
        assert_eq!(sessions.items()[0].get("place"), Some(&place), "{list}");
    }
    let me = opened.get("/v1/auth/me").await.expect(200);
    assert_eq!(me.data()["session"].get("place"), Some(&place));
    place
}

#[tokio::test]
async fn a_session_tells_city_region_and_country_of_its_address() {
    let server = server_with_cities().await;
    let munich = json!({ "city": "Munich", "region": "Bavaria", "country": "DE" });
    assert_eq!(place_of_a_session(&server, MUNICH).await, munich);
}

#[tokio::test]
async fn a_place_is_told_as_far_as_the_file_knows_it() {
    let portugal = json!({ "city": null, "region": null, "country": "PT" });
    assert_eq!(place_of_a_session(&server_with_cities().await, ONLY_THE_COUNTRY).await, portugal);
    assert_eq!(place_of_a_session(&server_with_cities().await, AT_SEA).await, Value::Null);
    assert_eq!(place_of_a_session(&server_with_cities().await, UNKNOWN).await, Value::Null);
}

#[tokio::test]
async fn without_a_file_no_session_has_a_place() {
    assert_eq!(place_of_a_session(&Server::start().await, MUNICH).await, Value::Null);
}

#[tokio::test]
async fn a_person_reads_on_their_account_page_where_they_are_signed_in() {
    let server = server_with_cities().await;
    let mut ada = signed_in(&server, "ada@example.com").await;
    ada.open("/account/sessions").await.shows("Munich, Bavaria, DE · 203.0.113.7 · ");
}
