//! Importing users with the hashes that another system made.

use std::{
    fmt::Write as _,
    io::{Read, Write},
    net::TcpStream,
};

use anyhow::{Context, Result, ensure};

use crate::{
    installation::Server,
    measurements::stage::Stage,
    report::{Figure, Unit},
    stopwatch,
};

pub(super) const KIND: &str = "import";
const USERS: u32 = 40_000;
/// A second, with foreign hashes.
const GOAL: f64 = 5_000.0;
const HASH: &str = "$2b$10$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui";

pub(super) fn measure(stage: &Stage<'_>, server: &Server) -> Result<Figure> {
    stage.say(KIND);
    let mut body = String::new();
    for number in 0..USERS {
        writeln!(
            body,
            "{{\"primary_email\":\"imported-{number}@bench.example\",\"email_verified\":true,\"name\":\"Imported {number}\",\"password_hash\":\"{HASH}\"}}"
        )?;
    }
    let head = format!(
        "POST /v1/users/import HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\ncontent-type: application/x-ndjson\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        server.address,
        server.facts.api_key,
        body.len()
    );
    let began = stopwatch::now();
    let stream = TcpStream::connect(server.address)?;
    let mut writer = stream.try_clone().context("a second handle of the connection")?;
    // The answer comes while the body is sent.
    let sent =
        std::thread::spawn(move || writer.write_all(head.as_bytes()).and_then(|()| writer.write_all(body.as_bytes())));
    let mut answer = String::new();
    (&stream).read_to_string(&mut answer)?;
    let elapsed = began.elapsed().as_secs_f64();
    sent.join().ok().context("the body was not sent")??;
    let created = answer.matches("\"created\"").count();
    ensure!(
        created >= usize::try_from(USERS)?,
        "{created} of {USERS} were created: {}",
        answer.chars().take(600).collect::<String>()
    );
    Ok(Figure::new(KIND, f64::from(USERS) / elapsed, Unit::PerSecond)
        .at_least(GOAL)
        .checked_if(stage.is_sqlite())
        .note(format!("{USERS} users with bcrypt hashes, one body")))
}
