//! The routing table: every endpoint of every module, one table, no second way in.
//!
//! A table of our own over the path matcher that axum uses: what each request passes is then one look-up and one future
//! (docs/decisions/0025).

use std::{collections::BTreeMap, convert::Infallible, future::Future, pin::Pin, sync::Arc};

use axum::{body::Body, extract::Request, response::Response};
use futures_util::{FutureExt, future::Either};
use http::{
    HeaderValue, StatusCode,
    header::{ALLOW, CONTENT_LENGTH},
};
use http_body::Body as _;
use kernel::{ErrorCode, Refusal};
use matchit::{Match, Params};
use percent_encoding::percent_decode_str;

use crate::{
    app::App,
    cors,
    endpoint::{Endpoint, Method},
    mounted::{Mounted, PathParameters},
    network::Sender,
    serve, trail,
};

/// An answer on its way.
pub type Answer = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// The endpoints by path and method. Cheap to clone.
#[derive(Clone)]
pub struct Routes(Arc<Table>);

struct Table {
    app: App,
    paths: matchit::Router<Methods>,
}

struct Methods {
    served: Vec<Arc<Mounted>>,
    /// The value of `Allow`. It lives as long as the server, which builds its table once.
    allow: &'static str,
}

impl Routes {
    /// Mount the endpoints. Two of one path are a mistake in the code, which the first start shows.
    pub fn new(app: &App, endpoints: Vec<Endpoint>) -> Self {
        let mut by_path: BTreeMap<&'static str, Vec<Endpoint>> = BTreeMap::new();
        for endpoint in endpoints {
            by_path.entry(endpoint.facts.path).or_default().push(endpoint);
        }
        let mut paths = matchit::Router::new();
        for (path, endpoints) in by_path {
            if let Err(error) = paths.insert(path, Methods::of(endpoints)) {
                panic!("{path} can't be mounted: {error}");
            }
        }
        Self(Arc::new(Table { app: app.clone(), paths }))
    }

    /// The answer of the endpoint at this path; where there is none, what `otherwise` does.
    pub fn answer<F>(
        &self,
        request: Request,
        sender: &Sender,
        otherwise: impl FnOnce(Request) -> F,
    ) -> Either<Answer, F> {
        let Ok(Match { value: methods, params }) = self.0.paths.at(request.uri().path()) else {
            return Either::Right(otherwise(request));
        };
        Either::Left(self.serve(methods, decoded(&params), sender, request))
    }

    fn serve(&self, methods: &Methods, path: PathParameters, sender: &Sender, request: Request) -> Answer {
        let is_head = request.method() == http::Method::HEAD;
        let method = if is_head { Method::GET.as_str() } else { request.method().as_str() };
        let app = self.0.app.clone();
        let Some(mounted) = methods.served.iter().find(|mounted| mounted.endpoint.facts.method.as_str() == method)
        else {
            let allow = methods.allow;
            return Box::pin(async move { Ok(other_method(app, request, allow).await) });
        };
        let answer = serve::serve(app, Arc::clone(mounted), path, sender.clone(), request);
        if is_head { Box::pin(answer.map(headers_of).map(Ok)) } else { Box::pin(answer.map(Ok)) }
    }

    /// 404 in the envelope of its surface, for a path that nothing is mounted at.
    pub async fn missing(self, request: Request) -> Response {
        trail::missing(&self.0.app, &request, &Refusal::not_found())
    }
}

impl Methods {
    fn of(endpoints: Vec<Endpoint>) -> Self {
        let names: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.facts.method.as_str()).collect();
        let allow = Box::leak(names.join(", ").into_boxed_str());
        Self { served: endpoints.into_iter().map(|endpoint| Arc::new(Mounted::of(endpoint))).collect(), allow }
    }
}

fn decoded(params: &Params<'_, '_>) -> PathParameters {
    let decode = |(name, value): (&str, &str)| {
        Some((name.to_owned(), percent_decode_str(value).decode_utf8().ok()?.into_owned()))
    };
    params.iter().map(decode).collect()
}

/// The answer to `HEAD` is that to `GET` without its body (RFC 9110, section 9.3.2).
fn headers_of(mut response: Response) -> Response {
    let body = std::mem::take(response.body_mut());
    if let Some(length) = body.size_hint().exact() {
        response.headers_mut().entry(CONTENT_LENGTH).or_insert(length.into());
    }
    response
}

async fn other_method(app: App, request: Request, allow: &'static str) -> Response {
    if cors::is_preflight(request.method(), request.headers()) {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        *response.headers_mut() = cors::preflight(&app, request.headers(), allow).await;
        return response;
    }
    let mut refusal =
        Refusal::new(ErrorCode::BadRequest, "method_not_allowed", "This path does not serve this method.");
    refusal.status = Some(405);
    let mut response = trail::missing(&app, &request, &refusal);
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}
