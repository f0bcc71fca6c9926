//! Whoever is at the other end: a mail server and a provider, as small as a test needs them.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU16, Ordering},
    },
};

use parking_lot::Mutex;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// What a peer was told, one text for each message.
#[derive(Clone, Default)]
pub(super) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    pub(super) fn all(&self) -> Vec<String> {
        self.0.lock().clone()
    }
}

/// An address that nobody listens at, for now.
pub(super) async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

/// A mail server without TLS. `refusal` answers every recipient.
#[expect(clippy::disallowed_methods, reason = "the peer of the test runs beside it")]
pub(super) async fn mail_server(address: SocketAddr, refusal: Option<&'static str>) -> Heard {
    let listener = TcpListener::bind(address).await.unwrap();
    let heard = Heard::default();
    let into = heard.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk_smtp(stream, into.clone(), refusal));
        }
    });
    heard
}

async fn talk_smtp(stream: TcpStream, heard: Heard, refusal: Option<&'static str>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 mail.test ESMTP\r\n").await;
    while let Ok(Some(line)) = lines.next_line().await {
        let answer = match line.to_ascii_uppercase() {
            command if command.starts_with("EHLO") => "250-mail.test\r\n250 8BITMIME\r\n".to_owned(),
            command if command.starts_with("RCPT") && refusal.is_some() => format!("{}\r\n", refusal.unwrap()),
            command if command.starts_with("DATA") => {
                let _ = write.write_all(b"354 go on\r\n").await;
                let mut mail = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    mail.push_str(&line);
                    mail.push('\n');
                }
                heard.0.lock().push(mail);
                "250 taken\r\n".to_owned()
            }
            command if command.starts_with("QUIT") => "221 bye\r\n".to_owned(),
            _ => "250 ok\r\n".to_owned(),
        };
        if write.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// A provider over HTTP that answers everything with the status.
#[expect(clippy::disallowed_methods, reason = "the peer of the test runs beside it")]
pub(super) async fn provider(status: &Arc<AtomicU16>) -> (SocketAddr, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Heard::default();
    let (into, status) = (heard.clone(), Arc::clone(status));
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = vec![0; 1 << 20];
            let mut length = 0;
            // A request is whole once its body is as long as it said.
            while !is_whole(&request[..length]) {
                match stream.read(&mut request[length..]).await {
                    Ok(0) | Err(_) => break,
                    Ok(more) => length += more,
                }
            }
            into.0.lock().push(String::from_utf8_lossy(&request[..length]).into_owned());
            let status = status.load(Ordering::SeqCst);
            let answer = format!("HTTP/1.1 {status} Said\r\nContent-Length: 19\r\n\r\n{{\"secret\": \"inside\"}}");
            let _ = stream.write_all(answer.as_bytes()).await;
        }
    });
    (address, heard)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length =
        head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok());
    body.len() >= length.unwrap_or(0)
}
