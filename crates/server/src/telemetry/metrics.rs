//! Prometheus metrics, at a port of their own so that they never face the internet by accident.

use axum::{Router, routing::get};
use http::header::CONTENT_TYPE;
use metrics::gauge;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use store::Db;

use super::process;

/// Bounds of the latency histograms in seconds: from a cached reply to a queued password hash.
const SECONDS: [f64; 14] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0];
/// The text format of Prometheus.
const CONTENT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The process's recorder.
#[derive(Clone)]
pub(crate) struct Metrics(PrometheusHandle);

impl Metrics {
    pub(super) fn install() -> anyhow::Result<Self> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder)
            .map_err(|_| anyhow::anyhow!("another recorder of metrics is installed"))?;
        process::describe();
        Ok(Self(handle))
    }

    /// Serves `/metrics`. What is a state and not a count is looked up when Prometheus asks.
    pub(crate) fn router(self, db: Db) -> Router {
        Router::new().route(
            "/metrics",
            get(async move || {
                process::record();
                gauge!("store_up").set(if db.health().await.is_ok() { 1.0 } else { 0.0 });
                if let Ok((waiting, dead)) = store::jobs::count(&db).await {
                    gauge!("jobs_waiting").set(as_gauge(waiting));
                    gauge!("jobs_dead").set(as_gauge(dead));
                }
                self.0.run_upkeep();
                ([(CONTENT_TYPE, CONTENT)], self.0.render())
            }),
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a float, and these stay far below 2^52")]
pub(super) fn as_gauge(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use http::Request;
    use http_body_util::BodyExt;
    use store::{MIGRATIONS, StoreOptions, StoreUrl};
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn the_page_tells_counts_and_states() {
        let folder = tempfile::tempdir().unwrap();
        let url = StoreUrl::sqlite(folder.path().join("a.db"));
        let db = Db::open(&url, &StoreOptions::default(), crate::env::system()).await.unwrap();
        db.migrate(MIGRATIONS, &mut |_| {}).await.unwrap();
        let metrics = Metrics::install().unwrap();
        metrics::histogram!("http_request_duration_seconds", "operation" => "users.list").record(0.003);
        let response = metrics.router(db).oneshot(Request::get("/metrics").body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.headers()[CONTENT_TYPE], CONTENT);
        let text = String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap();
        for line in [
            "store_up 1",
            "jobs_waiting 0",
            "jobs_dead 0",
            "http_request_duration_seconds_bucket{operation=\"users.list\",le=\"0.0025\"} 0",
            "http_request_duration_seconds_bucket{operation=\"users.list\",le=\"0.005\"} 1",
        ] {
            assert!(text.lines().any(|present| present == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("\nprocess_resident_memory_bytes ") && text.contains("\nprocess_open_fds "), "{text}");
    }
}
