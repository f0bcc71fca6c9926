use std::time::Duration;

use rustix::process::Signal;
use serde_json::json;

use super::process::{Running, binary};

#[tokio::test]
async fn what_is_in_flight_is_finished_before_the_end() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&binary, folder.path()).await;
    // Hashing keeps these busy while the signal comes.
    let sign_ups = (0..4).map(|number| {
        let body = json!({ "email": format!("ada{number}@example.com"), "password": "correct horse battery staple" });
        server.post("/v1/auth/sign-up", &body).send()
    });
    let signalled = async {
        tokio::time::sleep(Duration::from_millis(30)).await;
        server.signal(Signal::TERM);
    };
    let (replies, ()) = tokio::join!(futures_util::future::join_all(sign_ups), signalled);
    for reply in replies {
        assert_eq!(reply.unwrap().status(), 202);
    }
    assert_eq!(server.ended().await, Some(0));
}
