//! Connections: accepting them, bounding them, and letting them finish.
//!
//! An accept loop of our own instead of `axum::serve`, because the peer's address, the limits of a connection and the
//! end of a graceful stop are decided here.

use std::{convert::Infallible, error::Error, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, body::Body, response::Response, routing::future::RouteFuture};
use edge::Sender;
use http::{Request, header::HOST};
use hyper::{
    body::{Body as _, Incoming},
    rt::{Read, Write},
    service::Service,
};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    net::{TcpListener, TcpSocket, TcpStream},
    sync::{Semaphore, watch},
};
use tower::Service as _;

use crate::{
    connection_timer::ConnectionTimer,
    tls::{self, Tls},
};

/// Connections that the kernel completes ahead of us.
const BACKLOG: u32 = 1_024;
/// From the first byte to the end of the headers, and how long a kept connection may idle. Longer than the 60 s that load
/// balancers commonly keep theirs, or they would send a request into a closing connection.
const HEADER_TIMEOUT: Duration = Duration::from_secs(75);
/// The request line and the headers together; the largest token is 16 KiB.
const HEADER_LIMIT: u32 = 64 * 1_024;
/// HTTP/2 requests at a time in one connection.
const STREAMS: u32 = 128;
const PING_INTERVAL: Duration = Duration::from_secs(30);
/// Wait after the system refused to accept, for example for want of file descriptors.
const REFUSED_PAUSE: Duration = Duration::from_millis(50);

/// Take the address, also where connections of an earlier server still linger in the kernel (`SO_REUSEADDR`).
pub fn bind(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Where connections come in, and what they speak.
pub struct Listener {
    pub socket: TcpListener,
    pub tls: Option<Tls>,
}

/// What a listener allows.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    pub connections: usize,
    /// How long requests may go on once the stop was asked for.
    pub grace: Duration,
}

/// Serve until `stop` is ready, then accept no more and let the requests in flight finish within the grace. `false`: some
/// had to be cut off.
pub async fn serve<S: Servable>(listener: Listener, site: S, bounds: Bounds, stop: impl Future<Output = ()>) -> bool {
    let Listener { socket, tls } = listener;
    // Dropped at the stop: who has not ended their handshake has asked for nothing yet.
    let (open, is_open) = watch::channel(());
    let slots = Arc::new(Semaphore::new(bounds.connections));
    let graceful = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let slot = tokio::select! {
            slot = Arc::clone(&slots).acquire_owned() => slot,
            () = &mut stop => break,
        };
        let Ok(slot) = slot else { break };
        let (stream, peer) = tokio::select! {
            accepted = accept(&socket) => accepted,
            () = &mut stop => break,
        };
        let sender = Sender { address: peer, certificate: None };
        let door = Door { site: site.clone(), sender };
        let connection = Connection { protocol: protocol(), watcher: graceful.watcher(), door };
        let (tls, is_open) = (tls.clone(), is_open.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "a connection is no one's child; the graceful stop waits for it"
        )]
        tokio::spawn(async move {
            let served = match tls {
                // Boxed: a connection in the clear does not carry the room for a handshake.
                Some(tls) => Box::pin(connection.serve_over(tls, stream, is_open)).await,
                None => connection.serve(TokioIo::new(stream)).await,
            };
            if let Err(error) = served {
                tracing::debug!(%peer, error, "a connection ended early");
            }
            drop(slot);
        });
    }
    drop((socket, open));
    tokio::time::timeout(bounds.grace, graceful.shutdown()).await.is_ok()
}

async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%peer, %error, "a connection without TCP_NODELAY");
                }
                return (stream, peer);
            }
            // The connection was gone before we took it.
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionAborted | io::ErrorKind::ConnectionReset) => {
            }
            Err(error) => {
                tracing::warn!(%error, "can't accept connections");
                tokio::time::sleep(REFUSED_PAUSE).await;
            }
        }
    }
}

/// Of one connection, which has a timer of its own.
fn protocol() -> auto::Builder<TokioExecutor> {
    let mut protocol = auto::Builder::new(TokioExecutor::new());
    protocol
        .http1()
        .timer(ConnectionTimer::default())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_LIMIT as usize);
    protocol
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(STREAMS)
        .max_header_list_size(HEADER_LIMIT)
        .keep_alive_interval(PING_INTERVAL);
    protocol
}

type Ended = Result<(), Box<dyn Error + Send + Sync>>;

/// One that was accepted.
struct Connection<S> {
    protocol: auto::Builder<TokioExecutor>,
    watcher: Watcher,
    door: Door<S>,
}

impl<D: Servable> Connection<D> {
    async fn serve<S: Read + Write + Unpin + Send + 'static>(self, stream: S) -> Ended {
        self.watcher.watch(self.protocol.serve_connection(stream, self.door).into_owned()).await
    }

    async fn serve_over(mut self, tls: Tls, stream: TcpStream, mut is_open: watch::Receiver<()>) -> Ended {
        let stream = tokio::select! {
            stream = tls.shake_hands(stream) => stream?,
            _ = is_open.changed() => return Ok(()),
        };
        self.door.sender.certificate = tls::peer_certificate(&stream);
        self.serve(TokioIo::new(stream)).await
    }
}

/// What can be served: always ready, and never at a loss for an answer.
pub trait Servable: Clone + Send + 'static {
    type Answer: Future<Output = Result<Response, Infallible>> + Send + 'static;
    fn answer(&self, request: Request<Body>, sender: &Sender) -> Self::Answer;
}

/// Its handlers find the sender among the request's extensions.
impl Servable for Router {
    type Answer = RouteFuture<Infallible>;

    fn answer(&self, mut request: Request<Body>, sender: &Sender) -> Self::Answer {
        request.extensions_mut().insert(sender.clone());
        self.clone().call(request)
    }
}

/// The site, told who is at the other end.
struct Door<S> {
    site: S,
    sender: Sender,
}

impl<S: Servable> Service<Request<Incoming>> for Door<S> {
    type Response = Response;
    type Error = Infallible;
    type Future = S::Answer;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        // The target's own authority is the host, whatever the header says (RFC 9112, section 3.2.2); HTTP/2 sends no other.
        if let Some(host) = request.uri().authority().and_then(|authority| authority.as_str().parse().ok()) {
            request.headers_mut().insert(HOST, host);
        }
        // What has no body is not boxed as one.
        let body = |body: Incoming| if body.is_end_stream() { Body::empty() } else { Body::new(body) };
        self.site.answer(request.map(body), &self.sender)
    }
}

#[cfg(test)]
mod tests {
    use axum::{extract::Extension, routing::get};
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        sync::{Notify, oneshot},
        task::JoinHandle,
    };

    use super::*;

    struct Running {
        address: SocketAddr,
        stop: oneshot::Sender<()>,
        served: JoinHandle<bool>,
    }

    #[expect(clippy::disallowed_methods, reason = "the server of the test runs beside it")]
    fn start(router: Router, connections: usize, grace: Duration) -> Running {
        let socket = bind(([127, 0, 0, 1], 0).into()).unwrap();
        let address = socket.local_addr().unwrap();
        let listener = Listener { socket, tls: None };
        let (stop, stopped) = oneshot::channel();
        let stopped = async move { stopped.await.unwrap_or_default() };
        let served = tokio::spawn(serve(listener, router, Bounds { connections, grace }, stopped));
        Running { address, stop, served }
    }

    async fn send(address: SocketAddr, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream
    }

    async fn answer(mut stream: TcpStream) -> String {
        let mut text = String::new();
        stream.read_to_string(&mut text).await.unwrap();
        text
    }

    const GET: &str = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    #[tokio::test]
    async fn handlers_learn_the_peer() {
        let router = Router::new()
            .route("/", get(|Extension(sender): Extension<Sender>| async move { sender.address.to_string() }));
        let running = start(router, 8, Duration::from_secs(5));
        let stream = send(running.address, GET).await;
        let own = stream.local_addr().unwrap().to_string();
        assert!(answer(stream).await.ends_with(&own));
    }

    #[tokio::test]
    async fn the_host_is_that_of_the_target_if_it_names_one() {
        let host = async |headers: http::HeaderMap| format!("{:?}", headers.get_all(HOST).iter().collect::<Vec<_>>());
        let running = start(Router::new().route("/", get(host)), 8, Duration::from_secs(5));
        for (target, seen) in [("/", "[\"a\"]"), ("http://b:1/", "[\"b:1\"]")] {
            let request = format!("GET {target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            let answer = answer(send(running.address, &request).await).await;
            assert!(answer.ends_with(seen), "{answer}");
        }
    }

    /// A server whose one answer waits to be let go.
    fn slow(grace: Duration) -> (Running, Arc<Notify>, Arc<Notify>) {
        let (entered, go) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let (at_handler, in_handler) = (Arc::clone(&entered), Arc::clone(&go));
        let router = Router::new().route(
            "/",
            get(async move || {
                at_handler.notify_one();
                in_handler.notified().await;
                "late but whole"
            }),
        );
        (start(router, 8, grace), entered, go)
    }

    #[tokio::test]
    async fn a_stop_lets_requests_in_flight_finish_and_takes_no_new_ones() {
        let (running, entered, go) = slow(Duration::from_secs(30));
        let stream = send(running.address, GET).await;
        entered.notified().await;
        running.stop.send(()).unwrap();
        while TcpStream::connect(running.address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        go.notify_one();
        assert!(answer(stream).await.ends_with("late but whole"));
        assert!(running.served.await.unwrap(), "nothing was cut off");
    }

    #[tokio::test]
    async fn a_stop_ends_at_the_grace() {
        let (running, entered, _go) = slow(Duration::from_millis(50));
        let _stream = send(running.address, GET).await;
        entered.notified().await;
        running.stop.send(()).unwrap();
        assert!(!running.served.await.unwrap(), "a request was cut off");
    }

    #[tokio::test]
    async fn an_idle_connection_does_not_hold_the_stop_up() {
        let running = start(Router::new(), 8, Duration::from_mins(1));
        let mut stream = send(running.address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
        assert!(stream.read(&mut [0; 1_024]).await.unwrap() > 0);
        running.stop.send(()).unwrap();
        assert!(tokio::time::timeout(Duration::from_secs(5), running.served).await.unwrap().unwrap());
    }

    #[tokio::test]
    async fn connections_beyond_the_bound_wait_their_turn() {
        let running = start(Router::new().route("/", get(async || "served")), 1, Duration::from_secs(5));
        let holder = send(running.address, "").await;
        // Accepted for sure only once it was answered.
        let mut holder = holder;
        holder.write_all(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").await.unwrap();
        assert!(holder.read(&mut [0; 1_024]).await.unwrap() > 0);
        let mut waiting = send(running.address, GET).await;
        let early = tokio::time::timeout(Duration::from_millis(100), waiting.read_u8()).await;
        assert!(early.is_err(), "answered although the only place is taken");
        drop(holder);
        assert!(answer(waiting).await.ends_with("served"));
    }

    #[tokio::test]
    async fn oversized_headers_are_refused() {
        let running = start(Router::new().route("/", get(async || "served")), 8, Duration::from_secs(5));
        let request = format!("GET / HTTP/1.1\r\nHost: a\r\nX-Long: {}\r\n\r\n", "x".repeat(HEADER_LIMIT as usize));
        let mut stream = TcpStream::connect(running.address).await.unwrap();
        // The server may answer and close before all was written.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut start_of_answer = [0; 12];
        stream.read_exact(&mut start_of_answer).await.unwrap();
        assert_eq!(&start_of_answer, b"HTTP/1.1 431");
    }
}
