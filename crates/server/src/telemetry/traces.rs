//! OpenTelemetry traces over OTLP/HTTP (protobuf).

use opentelemetry::{KeyValue, trace::TracerProvider};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::{
    Resource,
    trace::{SdkTracer, SdkTracerProvider},
};
use tracing::Subscriber;
use tracing_opentelemetry::OpenTelemetryLayer;
use tracing_subscriber::{filter::Targets, registry::LookupSpan};

/// The exporter. Dropping it sends what it still holds.
pub(super) struct Traces(SdkTracerProvider);

impl Traces {
    /// `collector` is the base, to which OTLP appends the path of the signal.
    pub(super) fn new(collector: &str) -> anyhow::Result<Self> {
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{collector}/v1/traces"))
            .build()?;
        let resource = Resource::builder()
            .with_service_name("portcullis")
            .with_attribute(KeyValue::new("service.version", crate::VERSION))
            .build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build()))
    }

    pub(super) fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> OpenTelemetryLayer<S, SdkTracer> {
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("portcullis"))
    }
}

impl Drop for Traces {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown() {
            tracing::warn!(%error, "the last traces were not sent");
        }
    }
}

/// The spans that requests open; the exporter's own libraries must not trace themselves.
pub(super) fn filter() -> Targets {
    let ours = ["edge", "store", "server", "tenancy", "identity", "events"];
    Targets::new().with_targets(ours.map(|target| (target, tracing::Level::DEBUG)))
}
