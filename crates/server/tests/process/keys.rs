use std::fs;

use crate::server::{Place, fact};

/// The key lines of the key file.
fn keys(place: &Place) -> Vec<String> {
    let text = fs::read_to_string(place.path("data/master.key")).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
}

fn published(place: &Place) -> String {
    let server = place.start(&[]);
    let (status, keys) = server.get("/.well-known/jwks.json", &[]);
    assert_eq!(status, 200, "{keys}");
    server.stop();
    keys
}

#[test]
fn a_rotated_master_key_opens_everything_and_the_old_one_can_go() {
    let place = Place::new();
    let before = published(&place);
    let old = keys(&place);
    assert_eq!(old.len(), 1);

    let output = place.run(&["keys", "rotate-master"]);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.starts_with("a new master key is active; "), "{said}");
    assert!(!said.contains("; 0 of"), "signing keys were there to be wrapped: {said}");
    let both = keys(&place);
    assert_eq!(both.len(), 2);
    assert_eq!(both[1], old[0], "the new key stands first");
    assert_eq!(published(&place), before);

    // An interrupted rotation is taken up, not begun anew.
    let again = String::from_utf8(place.run(&["keys", "rotate-master"]).stdout).unwrap();
    assert!(again.starts_with("no new key was made; 0 of "), "{again}");
    assert_eq!(keys(&place), both);

    assert!(place.run(&["keys", "rotate-master", "--finish"]).status.success());
    assert_eq!(keys(&place), both[..1]);
    assert_eq!(published(&place), before, "nothing needed the old key any more");
}

#[test]
fn another_installations_key_is_refused() {
    let (place, other) = (Place::new(), Place::new());
    place.start(&[]).stop();
    let server = other.start(&[]);
    assert!(fact(&server.greeting, "API key").is_some());
    server.stop();
    fs::copy(other.path("data/master.key"), place.path("data/master.key")).unwrap();
    let output = place.run(&["serve", "--listen", "127.0.0.1:0"]);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(error.contains("are not those of this installation"), "{error}");
}
