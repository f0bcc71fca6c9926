//! An endpoint where it is reached: with what a path says and with the metrics of its requests.

use std::time::Duration;

use http::StatusCode;
use metrics::{Counter, Histogram};

use crate::endpoint::Endpoint;

/// What a path says beside which endpoint it is: the parameters by name, decoded; `None` where one is not UTF-8.
pub(crate) type PathParameters = Option<Vec<(String, String)>>;

pub(crate) struct Mounted {
    pub(crate) endpoint: Endpoint,
    pub(crate) gauges: Gauges,
}

impl Mounted {
    pub(crate) fn of(endpoint: Endpoint) -> Self {
        Self { gauges: Gauges::of(endpoint.facts.operation), endpoint }
    }
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
