//! Forms of a forged destination, and what a hostile answer can do.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::*;

/// A name server of the test's own; the addresses of a name are answered in turn.
#[derive(Default)]
struct Scripted {
    names: HashMap<&'static str, Vec<Vec<IpAddr>>>,
    asked: AtomicUsize,
}

impl Scripted {
    fn new(names: &[(&'static str, &[&[&str]])]) -> Arc<Self> {
        let parse = |answers: &[&[&str]]| {
            answers.iter().map(|answer| answer.iter().map(|text| text.parse().unwrap()).collect()).collect()
        };
        Arc::new(Self {
            names: names.iter().map(|(name, answers)| (*name, parse(answers))).collect(),
            asked: AtomicUsize::new(0),
        })
    }
}

impl Resolver for Scripted {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Resolved<'a> {
        let turn = self.asked.fetch_add(1, Ordering::SeqCst);
        let answers = self.names.get(host);
        let addresses = answers.map(|answers| answers[turn % answers.len()].clone());
        Box::pin(async move {
            let addresses = addresses.ok_or(std::io::ErrorKind::NotFound)?;
            Ok(addresses.into_iter().map(|address| SocketAddr::new(address, port)).collect())
        })
    }
}

fn outbound(policy: OutboundPolicy, resolver: Arc<dyn Resolver>) -> Outbound {
    Outbound::new(OutboundOptions { policy, resolver, extra_authorities: None }).unwrap()
}

const LOOPBACK: OutboundPolicy = OutboundPolicy { allow_loopback: true };

/// A server for one connection that answers with the same bytes, whatever it is asked.
#[expect(clippy::disallowed_methods, reason = "the server of the test runs beside it")]
async fn server(answer: Vec<u8>) -> (SocketAddr, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 16_384];
        let length = stream.read(&mut request).await.unwrap();
        // The client may have seen enough before all was written.
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
        String::from_utf8(request[..length].to_vec()).unwrap()
    });
    (address, served)
}

#[tokio::test]
async fn no_form_of_a_near_address_is_called() {
    let names = Scripted::new(&[
        ("private.example", &[&["10.0.0.1"]]),
        ("metadata.example", &[&["169.254.169.254"]]),
        ("metadata.google.internal", &[&["169.254.169.254"]]),
        ("v6-metadata.example", &[&["fd00:ec2::254"]]),
        ("mapped.example", &[&["::ffff:10.0.0.1"]]),
        ("nat64.example", &[&["64:ff9b::a00:1"]]),
        ("loopback.example", &[&["127.0.0.1"]]),
        ("localhost", &[&["127.0.0.1"]]),
        ("127.0.0.1.nip.example", &[&["127.0.0.1"]]),
        // One good address does not make up for a bad one.
        ("mixed.example", &[&["93.184.216.34", "10.0.0.1"]]),
    ]);
    let outbound = outbound(OutboundPolicy::default(), names);
    for (url, wanted) in [
        ("https://127.0.0.1/", OutboundError::Forbidden),
        ("https://127.1/", OutboundError::Forbidden),
        ("https://127.0.0.1./", OutboundError::Forbidden),
        ("https://2130706433/", OutboundError::Forbidden),
        ("https://0x7f000001/", OutboundError::Forbidden),
        ("https://0x7f.0.0.1/", OutboundError::Forbidden),
        ("https://0177.0.0.1/", OutboundError::Forbidden),
        ("https://017700000001/", OutboundError::Forbidden),
        ("https://%31%32%37.0.0.1/", OutboundError::Forbidden),
        ("https://１２７.0.0.1/", OutboundError::Forbidden),
        ("https://127。0。0。1/", OutboundError::Forbidden),
        ("https://①②⑦.0.0.1/", OutboundError::Forbidden),
        ("https://0/", OutboundError::Forbidden),
        ("https://0.0.0.0/", OutboundError::Forbidden),
        ("https://10.1.2.3/", OutboundError::Forbidden),
        ("https://172.16.0.1:8443/", OutboundError::Forbidden),
        ("https://192.168.0.1/", OutboundError::Forbidden),
        ("https://100.64.0.1/", OutboundError::Forbidden),
        ("https://169.254.169.254/latest/meta-data/", OutboundError::Forbidden),
        ("https://0xa9fea9fe/", OutboundError::Forbidden),
        ("https://2852039166/", OutboundError::Forbidden),
        ("https://224.0.0.1/", OutboundError::Forbidden),
        ("https://255.255.255.255/", OutboundError::Forbidden),
        ("https://[::1]/", OutboundError::Forbidden),
        ("https://[::]/", OutboundError::Forbidden),
        ("https://[::ffff:127.0.0.1]/", OutboundError::Forbidden),
        ("https://[::ffff:7f00:1]/", OutboundError::Forbidden),
        ("https://[::127.0.0.1]/", OutboundError::Forbidden),
        ("https://[64:ff9b::7f00:1]/", OutboundError::Forbidden),
        ("https://[2002:7f00:1::]/", OutboundError::Forbidden),
        ("https://[fd00:ec2::254]/", OutboundError::Forbidden),
        ("https://[fe80::1]/", OutboundError::Forbidden),
        ("https://[ff02::1]/", OutboundError::Forbidden),
        ("https://private.example/", OutboundError::Forbidden),
        ("https://PRIVATE.example./", OutboundError::Forbidden),
        ("https://metadata.example/", OutboundError::Forbidden),
        ("https://metadata.google.internal/computeMetadata/v1/", OutboundError::Forbidden),
        ("https://v6-metadata.example/", OutboundError::Forbidden),
        ("https://mapped.example/", OutboundError::Forbidden),
        ("https://nat64.example/", OutboundError::Forbidden),
        ("https://loopback.example/", OutboundError::Forbidden),
        ("https://localhost/", OutboundError::Forbidden),
        ("https://127.0.0.1.nip.example/", OutboundError::Forbidden),
        ("https://mixed.example/", OutboundError::Forbidden),
        ("https://good.example@127.0.0.1/", OutboundError::Url),
        ("https://user:password@private.example/", OutboundError::Url),
        ("https://good.example\\@127.0.0.1/", OutboundError::UnknownHost),
        ("https:///", OutboundError::Url),
        ("https://a.example:0/", OutboundError::Url),
        ("https://a.example:99999/", OutboundError::Url),
        ("https://[fe80::1%25eth0]/", OutboundError::Url),
        ("http://93.184.216.34/", OutboundError::Url),
        ("http://127.0.0.1/", OutboundError::Url),
        ("file:///etc/passwd", OutboundError::Url),
        ("gopher://127.0.0.1:25/_HELO", OutboundError::Url),
        ("ftp://a.example/", OutboundError::Url),
        ("unix:/run/a.sock", OutboundError::Url),
        ("data:text/plain,x", OutboundError::Url),
        ("//a.example/", OutboundError::Url),
        ("", OutboundError::Url),
        ("https://nowhere.example/", OutboundError::UnknownHost),
    ] {
        assert_eq!(outbound.send(Call::get(url)).await.unwrap_err(), wanted, "{url}");
    }
}

#[test]
fn what_is_kept_for_later_is_checked_as_far_as_its_text_tells() {
    let outbound = outbound(OutboundPolicy::default(), Arc::new(SystemResolver));
    for url in ["https://127.0.0.1/", "https://[::1]/", "https://localhost/", "https://printer/", "https://a.local/"] {
        assert_eq!(outbound.check(url), Err(OutboundError::Forbidden), "{url}");
    }
    assert_eq!(outbound.check("http://a.example/"), Err(OutboundError::Url));
    assert_eq!(outbound.check("https://hooks.example.com/a?b"), Ok(()));
}

#[tokio::test]
async fn a_name_is_looked_up_once_so_that_a_second_answer_gains_nothing() {
    let (address, served) = server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}".to_vec()).await;
    let names = Scripted::new(&[("rebinding.localhost", &[&["127.0.0.1"], &["10.0.0.1"]])]);
    let outbound = outbound(LOOPBACK, names.clone());
    let answer = outbound.get_json::<Value>(&format!("http://rebinding.localhost:{}/", address.port())).await;
    assert_eq!(answer, Ok(json!({})));
    assert_eq!(names.asked.load(Ordering::SeqCst), 1);
    assert!(served.await.unwrap().contains(&format!("host: rebinding.localhost:{}\r\n", address.port())));
    let again = outbound.get_json::<Value>(&format!("http://rebinding.localhost:{}/", address.port())).await;
    assert_eq!(again, Err(OutboundError::Forbidden), "the second answer is judged as the first was");
}

#[tokio::test]
async fn in_development_the_clear_stays_on_this_machine() {
    let names = Scripted::new(&[("public.example", &[&["93.184.216.34"]]), ("private.example", &[&["10.0.0.1"]])]);
    let outbound = outbound(LOOPBACK, names);
    assert_eq!(outbound.send(Call::get("http://public.example/")).await.unwrap_err(), OutboundError::Url);
    assert_eq!(outbound.send(Call::get("http://private.example/")).await.unwrap_err(), OutboundError::Forbidden);
    assert_eq!(outbound.send(Call::get("https://10.0.0.1/")).await.unwrap_err(), OutboundError::Forbidden);
}

async fn answered(answer: &[u8]) -> Result<Answer, OutboundError> {
    let (address, _) = server(answer.to_vec()).await;
    let outbound = outbound(LOOPBACK, Arc::new(SystemResolver));
    outbound.send(Call::get(format!("http://{address}/")).within(Duration::from_secs(5))).await
}

#[tokio::test]
async fn redirects_are_answers_and_not_ways() {
    let answer = answered(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(answer.status, 302);
    assert_eq!(answer.success().unwrap_err(), OutboundError::Status(302));
}

#[tokio::test]
async fn a_large_answer_is_cut_off() {
    let mut endless = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    for _ in 0..300 {
        endless.extend_from_slice(b"1000\r\n");
        endless.extend(std::iter::repeat_n(b'x', 0x1000));
        endless.extend_from_slice(b"\r\n");
    }
    assert_eq!(answered(&endless).await.unwrap_err(), OutboundError::TooLarge);
    let announced = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n";
    assert!(answered(announced).await.is_err());
    let headers = [b"HTTP/1.1 200 OK\r\nX: ".to_vec(), vec![b'x'; 200_000], b"\r\n\r\n".to_vec()].concat();
    assert!(answered(&headers).await.is_err());
}

#[tokio::test]
async fn what_is_no_http_is_no_answer() {
    for answer in [&b"220 mail.example.com ESMTP\r\n"[..], b"", b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort"] {
        assert!(answered(answer).await.is_err());
    }
}

#[tokio::test]
async fn silence_ends_with_the_patience() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let outbound = outbound(LOOPBACK, Arc::new(SystemResolver));
    let call = Call::get(format!("http://{}/", listener.local_addr().unwrap())).within(Duration::from_millis(50));
    assert_eq!(outbound.send(call).await.unwrap_err(), OutboundError::Timeout);
}

#[tokio::test]
async fn a_call_says_what_it_was_given() {
    let (address, served) = server(b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n{\"id\": 7}".to_vec()).await;
    let outbound = outbound(LOOPBACK, Arc::new(SystemResolver));
    let call = Call::post(format!("http://{address}/a%20b?c=d"))
        .basic("user", &kernel::Secret::new("password"))
        .form(&[("To", "+4915112345678"), ("Body", "a&b=c")]);
    assert_eq!(format!("{call:?}"), "Call { method: POST, .. }");
    let answer = outbound.send(call).await.unwrap();
    assert_eq!((answer.status, answer.json::<Value>().unwrap()), (201, json!({ "id": 7 })));
    let request = served.await.unwrap();
    for part in [
        "POST /a%20b?c=d HTTP/1.1\r\n",
        "authorization: Basic dXNlcjpwYXNzd29yZA==\r\n",
        "content-type: application/x-www-form-urlencoded\r\n",
        "\r\n\r\nTo=%2B4915112345678&Body=a%26b%3Dc",
    ] {
        assert!(request.contains(part), "{part}: {request}");
    }
    let broken = Call::get("https://a.example/").header("x-name", "a\r\nb");
    assert_eq!(outbound.send(broken).await.unwrap_err(), OutboundError::Call);
}
