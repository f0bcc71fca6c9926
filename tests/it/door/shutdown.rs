use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use rustix::process::Signal;

use super::process::{Running, binary};

const BODY: &str = r#"{"email":"ada@example.com","password":"correct horse battery staple"}"#;

#[tokio::test]
async fn what_is_in_flight_is_finished_and_nothing_new_is_taken() {
    let Some(binary) = binary() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&binary, folder.path()).await;
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut connection = TcpStream::connect(&address).unwrap();
    let (first, rest) = BODY.split_at(20);
    let length = BODY.len();
    let head = format!(
        "POST /v1/auth/sign-up HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
    );
    connection.write_all(format!("{head}{first}").as_bytes()).unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;

    server.signal(Signal::TERM);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let is_refused = match server.get("/readyz").send().await {
        Ok(reply) => reply.status() == 503,
        Err(error) => error.is_connect(),
    };
    assert!(is_refused, "a load balancer is told to turn elsewhere");

    connection.write_all(rest.as_bytes()).unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    assert_eq!(server.ended().await, Some(0));
}
