//! axum on hyper, as the product serves, without anything of the product.

use std::net::SocketAddr;

use anyhow::Result;
use axum::{Router, body::Body, response::Response};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{net::TcpListener, runtime::Runtime};

/// Serve on a free loopback port, which is printed first, until the process is killed.
pub(super) fn serve(make_router: impl AsyncFnOnce() -> Result<Router>) -> Result<()> {
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    Runtime::new()?.block_on(async {
        let router = make_router().await?;
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0))).await?;
        println!("{}", listener.local_addr()?);
        accept(&listener, &router).await
    })
}

async fn accept(listener: &TcpListener, router: &Router) -> Result<()> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let service = TowerToHyperService::new(router.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "a connection lives as long as its driver wants, and the process has no other end"
        )]
        tokio::spawn(async move {
            // How a connection ends is the driver's business.
            let _ = auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

/// A body as long as the product's.
pub(super) fn body(length: usize) -> Bytes {
    Bytes::from(vec![b' '; length])
}

pub(super) fn json_reply(body: Bytes) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
