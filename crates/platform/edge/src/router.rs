//! The routing table: every endpoint of every module, one router, no second way in.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header::ALLOW},
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter},
};
use kernel::{ErrorCode, Refusal};
use metrics::{Counter, Histogram};

use crate::{
    app::App,
    cors,
    endpoint::{Endpoint, Method},
    serve,
};

/// Mount the endpoints. Everything else under `/` answers 404 in its surface's envelope.
pub fn router(app: &App, endpoints: Vec<Endpoint>) -> Router {
    let mut paths: BTreeMap<&'static str, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        paths.entry(endpoint.facts.path).or_default().push(endpoint);
    }
    let mut router = Router::new();
    for (path, endpoints) in paths {
        router = router.route(path, methods(app, endpoints));
    }
    let app = app.clone();
    router.fallback(move |request: Request| serve::serve_missing(app.clone(), request, Refusal::not_found()))
}

fn methods(app: &App, endpoints: Vec<Endpoint>) -> MethodRouter {
    let allow = allow(&endpoints);
    let mut methods = MethodRouter::new();
    for endpoint in endpoints {
        let filter = filter(endpoint.facts.method);
        let gauges = Arc::new(Gauges::of(endpoint.facts.operation));
        let (app, endpoint) = (app.clone(), Arc::new(endpoint));
        methods = methods.on(filter, move |request: Request| {
            serve::serve(app.clone(), Arc::clone(&endpoint), Arc::clone(&gauges), request)
        });
    }
    let app = app.clone();
    methods.fallback(move |request: Request| other_method(app.clone(), request, allow))
}

fn filter(method: Method) -> MethodFilter {
    match method {
        Method::GET => MethodFilter::GET,
        Method::POST => MethodFilter::POST,
        Method::PUT => MethodFilter::PUT,
        Method::PATCH => MethodFilter::PATCH,
        Method::DELETE => MethodFilter::DELETE,
    }
}

/// The value of `Allow`. It lives as long as the server, which builds its router once.
fn allow(endpoints: &[Endpoint]) -> &'static str {
    let names: Vec<&str> = endpoints.iter().map(|endpoint| endpoint.facts.method.as_str()).collect();
    Box::leak(names.join(", ").into_boxed_str())
}

async fn other_method(app: App, request: Request, allow: &'static str) -> Response {
    if cors::is_preflight(request.method(), request.headers()) {
        return (StatusCode::NO_CONTENT, cors::preflight(&app, request.headers(), allow).await).into_response();
    }
    let mut refusal =
        Refusal::new(ErrorCode::BadRequest, "method_not_allowed", "This path does not serve this method.");
    refusal.status = Some(405);
    let mut response = serve::serve_missing(app, request, refusal).await;
    response.headers_mut().insert(ALLOW, HeaderValue::from_static(allow));
    response
}

/// The metrics of one endpoint, registered once.
pub(crate) struct Gauges {
    by_class: [Counter; 5],
    seconds: Histogram,
}

impl Gauges {
    fn of(operation: &'static str) -> Self {
        let counter =
            |class: &'static str| metrics::counter!("http_requests_total", "operation" => operation, "status" => class);
        Self {
            by_class: ["1xx", "2xx", "3xx", "4xx", "5xx"].map(counter),
            seconds: metrics::histogram!("http_request_duration_seconds", "operation" => operation),
        }
    }

    pub(crate) fn record(&self, status: StatusCode, took: Duration) {
        if let Some(counter) = self.by_class.get(usize::from(status.as_u16() / 100).saturating_sub(1)) {
            counter.increment(1);
        }
        self.seconds.record(took.as_secs_f64());
    }
}
