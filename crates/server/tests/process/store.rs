use std::fs;

use crate::server::{Place, fact};

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_backup_of_a_running_server_can_be_restored() {
    let place = Place::new();
    let server = place.start(&[]);
    let key = format!("Bearer {}", fact(&server.greeting, "API key").unwrap());
    let copy = place.path("copy.db");
    let copy = copy.to_str().unwrap();
    let output = place.run(&["backup", copy]);
    assert!(output.status.success(), "{}", text(output.stderr));

    let refused = place.run(&["restore", copy]);
    assert_eq!(refused.status.code(), Some(1), "the server runs");
    server.stop();

    fs::write(place.path("data/portcullis.db"), "damaged").unwrap();
    let restored = place.run(&["restore", copy]);
    assert!(restored.status.success(), "{}", text(restored.stderr));
    let server = place.start(&[]);
    assert_eq!(server.get("/v1/users", &[("authorization", &key)]).0, 200, "the key of before works");
}

#[test]
fn a_backup_overwrites_nothing() {
    let place = Place::new();
    place.start(&[]).stop();
    let copy = place.path("copy.db");
    fs::write(&copy, "mine").unwrap();
    let output = place.run(&["backup", copy.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
}

#[test]
fn commands_on_an_installation_make_none() {
    let place = Place::new();
    for arguments in [&["audit", "verify"][..], &["keys", "rotate-master"], &["backup", "copy.db"]] {
        let output = place.run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        assert!(!place.path("data").exists(), "{arguments:?}");
    }
}

#[test]
fn migrating_beforehand_leaves_nothing_to_do() {
    let place = Place::new();
    let first = text(place.run(&["migrate"]).stdout);
    assert!(first.contains("steps applied"), "{first}");
    assert_eq!(text(place.run(&["migrate"]).stdout), "the schema is up to date\n");
    let server = place.start(&[]);
    assert!(server.greeting.contains("API key"), "migrating is no first start");
}

#[test]
fn the_audit_trail_of_a_new_installation_is_sound() {
    let place = Place::new();
    place.start(&[]).stop();
    let output = place.run(&["audit", "verify"]);
    let said = text(output.stdout);
    assert!(output.status.success() && said.ends_with("0 faults\n"), "{said}");
}
