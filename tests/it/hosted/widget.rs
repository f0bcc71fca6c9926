//! Captchas of other providers: their page in a frame, and what becomes of their tokens.

use std::{net::SocketAddr, sync::Arc};

use deliver::{Resolved, Resolver};
use parking_lot::Mutex;
use serde_json::json;
use tokio::{
    io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};
use tokio_rustls::server::TlsStream;

use super::{
    Browser,
    captcha::{ADA, FORMS},
    known,
};
use crate::kit::{Options, PASSWORD, Reply, Server, tls_for};

const PROVIDERS: [&str; 3] = ["turnstile", "hcaptcha", "recaptcha"];
/// The one token that the providers take.
const SOLVED: &str = "solved-by-a-person";

/// The three providers' checks of tokens, on this machine.
struct Providers {
    address: SocketAddr,
    /// Hosts, paths and forms of what was asked, oldest first.
    asked: Mutex<Vec<String>>,
}

/// Every name is this address.
struct Elsewhere(SocketAddr);

impl Resolver for Elsewhere {
    fn resolve<'a>(&'a self, _: &'a str, _: u16) -> Resolved<'a> {
        let address = self.0;
        Box::pin(async move { Ok(vec![address]) })
    }
}

impl Providers {
    #[expect(clippy::disallowed_methods, reason = "they live as long as the test's runtime")]
    async fn open() -> (Arc<Self>, Server) {
        let (acceptor, authority) = tls_for(&["challenges.cloudflare.com", "api.hcaptcha.com", "www.google.com"]);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let providers = Arc::new(Self { address: listener.local_addr().unwrap(), asked: Mutex::default() });
        let served = Arc::clone(&providers);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(stream) = acceptor.accept(stream).await else { continue };
                served.answer(BufReader::new(stream)).await;
            }
        });
        let resolver: Arc<dyn Resolver> = Arc::new(Elsewhere(providers.address));
        let options = Options { resolver: Some(resolver), authorities: Some(authority), ..Options::default() };
        (providers, Server::start_with(options).await)
    }

    async fn answer(&self, mut stream: BufReader<TlsStream<TcpStream>>) {
        let mut head = String::new();
        while stream.read_line(&mut head).await.is_ok_and(|length| length > 2) {}
        let header = |name: &str| {
            let line = head.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("{name} is missing: {head}")).trim().to_owned()
        };
        let mut body = vec![0; header("content-length:").parse().unwrap()];
        stream.read_exact(&mut body).await.unwrap();
        let form = String::from_utf8(body).unwrap();
        let path = head.split(' ').nth(1).unwrap();
        let is_solved = form.contains(&format!("response={SOLVED}"));
        self.asked.lock().push(format!("{}{path} {form}", header("host:")));
        let verdict = json!({ "success": is_solved, "hostname": "localhost" }).to_string();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", verdict.len());
        let _ = stream.write_all([head.as_bytes(), verdict.as_bytes()].concat().as_slice()).await;
        let _ = stream.shutdown().await;
    }

    /// What was asked since the last look.
    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock())
    }
}

async fn ask(server: &Server, provider: &str, when: &str) {
    let captcha = json!({ "provider": provider, "when": when, "site_key": "k-1&\"2", "secret": "s" });
    let risk = json!({ "second_factor": 1, "captcha": 1, "refuse": 101 });
    let settings =
        if when == "risky" { json!({ "captcha": captcha, "risk": risk }) } else { json!({ "captcha": captcha }) };
    server.root().put("/v1/settings/sign-in", settings).await.expect(200);
}

fn policy(reply: &Reply) -> &str {
    reply.header("content-security-policy")
}

#[tokio::test]
async fn the_captchas_page_loads_what_its_provider_says_and_the_doors_load_nothing_of_it() {
    let server = Server::start().await;
    let browser = Browser::speaking(&server, "de");
    for (provider, script, sources) in [
        (
            "turnstile",
            "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit&amp;onload=captchaReady",
            "script-src 'self' https://challenges.cloudflare.com; style-src 'self' 'unsafe-inline'; connect-src 'none'; \
             frame-src https://challenges.cloudflare.com",
        ),
        (
            "hcaptcha",
            "https://js.hcaptcha.com/1/api.js?render=explicit&amp;onload=captchaReady&amp;hl=de",
            "script-src 'self' https://hcaptcha.com https://*.hcaptcha.com; \
             style-src 'self' 'unsafe-inline' https://hcaptcha.com https://*.hcaptcha.com; \
             connect-src https://hcaptcha.com https://*.hcaptcha.com; frame-src https://hcaptcha.com https://*.hcaptcha.com",
        ),
        (
            "recaptcha",
            "https://www.google.com/recaptcha/api.js?render=explicit&amp;onload=captchaReady&amp;hl=de",
            "script-src 'self' https://www.google.com/recaptcha/ https://www.gstatic.com/recaptcha/; \
             style-src 'self' 'unsafe-inline'; connect-src 'none'; \
             frame-src https://www.google.com/recaptcha/ https://recaptcha.google.com/recaptcha/",
        ),
    ] {
        ask(&server, provider, "always").await;
        let page = browser.look("/captcha").await.expect(200);
        let own = "frame-ancestors 'self'; base-uri 'none'; form-action 'none'";
        assert_eq!(policy(&page), format!("default-src 'none'; {sources}; {own}"));
        for (name, value) in [
            ("x-frame-options", "SAMEORIGIN"),
            ("referrer-policy", "strict-origin"),
            ("document-isolation-policy", "isolate-and-credentialless"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(page.header(name), value, "{provider}: {name}");
        }
        let text = String::from_utf8_lossy(&page.bytes);
        let shows = |part: &str| assert!(text.contains(part), "{provider}: {part} is not in {text}");
        shows("<html lang=\"de\"");
        shows(&format!("data-script=\"{script}\""));
        shows("data-site-key=\"k-1&amp;&quot;2\"");

        for door in ["/sign-in", "/sign-up", "/recover"] {
            let page = browser.look(door).await.expect(200);
            let text = String::from_utf8_lossy(&page.bytes);
            assert_eq!(text.matches("<iframe ").count(), 1, "{provider}: {text}");
            assert!(
                text.contains("title=\"Prüfung, ob Sie ein Mensch sind\" data-captcha=\"/captcha\" hidden"),
                "{text}"
            );
            assert!(text.contains("Dazu ist JavaScript nötig."), "{text}");
            assert!(policy(&page).contains("script-src 'self';"), "{}", policy(&page));
            assert!(policy(&page).ends_with("; frame-src 'self'"), "{}", policy(&page));
            assert!(policy(&page).contains("require-trusted-types-for 'script'"), "{}", policy(&page));
            assert!(!policy(&page).contains("unsafe") && !policy(&page).contains("https://"), "{}", policy(&page));
            assert_eq!(page.header("x-frame-options"), "DENY");
            assert_eq!(page.header("referrer-policy"), "no-referrer");
        }
    }
}

#[tokio::test]
async fn a_frame_is_only_where_a_captcha_is_asked_for() {
    let server = Server::start().await;
    let browser = Browser::new(&server);
    for (when, framed) in [("never", vec![]), ("risky", vec![]), ("sign_up", vec!["/sign-up"])] {
        ask(&server, "hcaptcha", when).await;
        for door in ["/sign-in", "/sign-up", "/recover", "/sign-in?x"] {
            let page = browser.look(door).await;
            let has_frame = String::from_utf8_lossy(&page.bytes).contains("<iframe");
            assert_eq!(has_frame, framed.contains(&door), "{when} {door}");
            assert_eq!(policy(&page).contains("frame-src"), has_frame, "{when} {door}");
        }
    }
}

#[tokio::test]
async fn where_no_provider_is_asked_the_page_is_not_found() {
    let server = Server::start().await;
    let browser = Browser::new(&server);
    let is_missing = |page: &Reply| (page.status, page.header("x-frame-options") == "DENY") == (404, true);
    let page = browser.look("/captcha").await;
    assert!(is_missing(&page), "{page}");
    let captcha = json!({ "provider": "proof_of_work", "when": "always" });
    server.root().put("/v1/settings/sign-in", json!({ "captcha": captcha })).await.expect(200);
    let page = browser.look("/captcha").await;
    assert!(is_missing(&page), "{page}");
}

#[tokio::test]
async fn a_token_of_the_frame_is_shown_to_its_provider_by_every_form() {
    for (provider, asked) in PROVIDERS.into_iter().zip([
        "challenges.cloudflare.com/turnstile/v0/siteverify secret=s&response=solved-by-a-person",
        "api.hcaptcha.com/siteverify secret=s&response=solved-by-a-person",
        "www.google.com/recaptcha/api/siteverify secret=s&response=solved-by-a-person",
    ]) {
        let (providers, server) = Providers::open().await;
        let mut ada = known(&server, ADA).await;
        ask(&server, provider, "always").await;
        for (form, fields, expected) in FORMS {
            ada.forget("at");
            ada.forget("rt");
            let sent = |token| fields.iter().copied().chain([("captcha", token)]).collect::<Vec<_>>();
            ada.open(form).await;
            ada.submit(form, fields).await.shows("We could not make sure that you are a person.").shows("<iframe ");
            assert_eq!((ada.status, providers.asked().len()), (403, 0), "{provider} {form}");
            ada.submit(form, &sent("made-up")).await.shows("We could not make sure that you are a person.");
            assert_eq!((ada.status, providers.asked().len()), (403, 1), "{provider} {form}");
            ada.shows("<iframe ");
            ada.submit(form, &sent(SOLVED)).await.shows(expected);
            let heard = providers.asked();
            assert!(heard.len() == 1 && heard[0].starts_with(asked), "{heard:?}");
            assert_eq!(heard[0].contains("&sitekey=k-1"), provider == "hcaptcha", "{heard:?}");
        }
    }
}

#[tokio::test]
async fn a_risky_sign_in_waits_with_the_frame_until_the_provider_says_yes() {
    let (_providers, server) = Providers::open().await;
    let mut ada = known(&server, ADA).await;
    ask(&server, "turnstile", "risky").await;
    ada.open("/sign-in").await;
    ada.submit("/sign-in", &[("identifier", ADA), ("password", PASSWORD), ("how", "password")]).await;
    ada.is_at("/sign-in/continue").shows("Solve the check below").shows("<iframe ");
    ada.submit("/sign-in/captcha", &[("captcha", "made-up")]).await.shows("We could not make sure").shows("<iframe ");
    assert!(ada.cookie("at").is_none());
    ada.submit("/sign-in/captcha", &[("captcha", SOLVED)]).await.is_at("/sign-in/continue");
    ada.shows("Confirm your address");
}

#[tokio::test]
async fn a_provider_that_does_not_answer_is_said_to() {
    // No name but this machine's is known here.
    let server = Server::start().await;
    let mut ada = known(&server, ADA).await;
    ask(&server, "recaptcha", "always").await;
    ada.open("/sign-in").await;
    let fields = [("identifier", ADA), ("password", PASSWORD), ("how", "password"), ("captcha", SOLVED)];
    ada.submit("/sign-in", &fields).await.shows("cannot be looked at right now").shows("<iframe ");
    assert_eq!(ada.status, 503);
}
