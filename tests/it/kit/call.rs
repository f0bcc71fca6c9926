//! One request, built in words and sent by awaiting it.

use std::{
    future::{Future, IntoFuture},
    net::IpAddr,
    pin::Pin,
};

use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, header::CONTENT_TYPE};
use serde_json::Value;

use super::{Reply, Server};

#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) server: Server,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Value>,
    /// Sent instead of `body`, as it is.
    pub(crate) raw: Option<Vec<u8>>,
    pub(crate) peer: IpAddr,
}

impl Call {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.insert(header_name(name), HeaderValue::from_str(value).unwrap());
        self
    }

    /// A second line of a header that is there already.
    pub(crate) fn another_header(mut self, name: &str, value: &str) -> Self {
        self.headers.append(header_name(name), HeaderValue::from_str(value).unwrap());
        self
    }

    pub(crate) fn without(mut self, name: &str) -> Self {
        self.headers.remove(name);
        self
    }

    pub(crate) fn idempotent(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    pub(crate) fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// These bytes for a body, called JSON.
    pub(crate) fn raw(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.raw = Some(body.into());
        self.headers.entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
        self
    }

    pub(crate) fn at(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// From another address.
    pub(crate) fn from(mut self, peer: &str) -> Self {
        self.peer = peer.parse().unwrap();
        self
    }

    /// Sent with these chunks for a body; one of them may be the end of the connection.
    pub(crate) async fn stream(self, chunks: Vec<Result<String, std::io::Error>>) -> Reply {
        let mut request = self.request();
        *request.body_mut() = Body::from_stream(futures_util::stream::iter(chunks));
        self.server.send(request, self.peer).await
    }

    fn request(&self) -> Request<Body> {
        let mut request = Request::builder().method(self.method.clone()).uri(&self.path).body(Body::empty()).unwrap();
        request.headers_mut().clone_from(&self.headers);
        if let Some(raw) = &self.raw {
            *request.body_mut() = Body::from(raw.clone());
        } else if let Some(body) = &self.body {
            request.headers_mut().entry(CONTENT_TYPE).or_insert(HeaderValue::from_static("application/json"));
            *request.body_mut() = Body::from(body.to_string());
        }
        request
    }
}

impl IntoFuture for Call {
    type Output = Reply;
    type IntoFuture = Pin<Box<dyn Future<Output = Reply> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.server.send(self.request(), self.peer).await })
    }
}

fn header_name(name: &str) -> HeaderName {
    HeaderName::from_bytes(name.as_bytes()).unwrap()
}
