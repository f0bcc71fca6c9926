//! One connection, one request, one answer.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use http::{HeaderValue, Request, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, pki_types::ServerName};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;

use super::{
    Answer, Call, OutboundError,
    destination::{Destination, HostName},
};

const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// Of the answer, in bytes.
const HEADER_LIMIT: usize = 64 * 1_024;

/// Connect to one of the addresses and to no other.
pub(super) async fn exchange(
    call: Call,
    destination: Destination,
    addresses: &[SocketAddr],
    tls: Arc<ClientConfig>,
) -> Result<Answer, OutboundError> {
    let stream = connect(addresses).await?;
    if !destination.is_tls {
        return talk(stream, call, &destination).await;
    }
    let name = match &destination.host {
        HostName::Name(name) => ServerName::try_from(name.clone()).map_err(|_| OutboundError::Url)?,
        HostName::Address(address) => ServerName::IpAddress((*address).into()),
    };
    let stream =
        TlsConnector::from(tls).connect(name, stream).await.map_err(|error| OutboundError::Tls(error.to_string()))?;
    talk(stream, call, &destination).await
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, OutboundError> {
    let mut last = OutboundError::Timeout;
    for address in addresses {
        match timeout(CONNECT_PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = OutboundError::Connect(error.kind().to_string()),
            Err(_) => last = OutboundError::Timeout,
        }
    }
    Err(last)
}

async fn talk<S>(stream: S, call: Call, destination: &Destination) -> Result<Answer, OutboundError>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(HEADER_LIMIT)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| OutboundError::Connect(error.to_string()))?;
    let largest = call.largest;
    let request = request(call, destination)?;
    let exchange = async move {
        let response = sender.send_request(request).await.map_err(|error| lost(&error))?;
        let (head, body) = response.into_parts();
        let body = Limited::new(body, largest).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() { OutboundError::TooLarge } else { OutboundError::Answer }
        })?;
        Ok(Answer { status: head.status.as_u16(), headers: head.headers, body: body.to_bytes() })
    };
    let mut exchange = std::pin::pin!(exchange);
    // The connection moves the bytes; it may end before the answer was taken out of it.
    tokio::select! {
        answer = &mut exchange => answer,
        _ = connection => exchange.await,
    }
}

fn request(call: Call, destination: &Destination) -> Result<Request<Full<bytes::Bytes>>, OutboundError> {
    let mut request = Request::builder()
        .method(call.method)
        .uri(&destination.target)
        .body(Full::new(call.body))
        .map_err(|_| OutboundError::Url)?;
    let host = HeaderValue::from_str(&destination.authority).map_err(|_| OutboundError::Url)?;
    *request.headers_mut() = call.headers;
    request.headers_mut().insert(header::HOST, host);
    request.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    let agent = HeaderValue::from_static(concat!("Portcullis/", env!("CARGO_PKG_VERSION")));
    request.headers_mut().entry(header::USER_AGENT).or_insert(agent);
    request.headers_mut().entry(header::ACCEPT).or_insert(HeaderValue::from_static("application/json"));
    Ok(request)
}

fn lost(error: &hyper::Error) -> OutboundError {
    if error.is_parse() || error.is_parse_too_large() {
        OutboundError::Answer
    } else {
        OutboundError::Connect(error.to_string())
    }
}
