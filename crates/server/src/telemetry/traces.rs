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

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead, BufReader, Read, Write},
        net::TcpListener,
        thread,
    };

    use opentelemetry::trace::Tracer;

    use super::*;

    #[test]
    fn what_is_held_is_sent_when_the_server_ends() {
        let collector = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = collector.local_addr().unwrap();
        let request = thread::spawn(move || {
            let (mut stream, _) = collector.accept().unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let head: Vec<String> =
                reader.by_ref().lines().map(Result::unwrap).take_while(|line| !line.is_empty()).collect();
            let length =
                head.iter().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
            let mut body = vec![0; length.unwrap()];
            reader.read_exact(&mut body).unwrap();
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            (head[0].clone(), body)
        });
        let traces = Traces::new(&format!("http://{address}")).unwrap();
        traces.0.tracer("test").in_span("a span of the test", |_| {});
        drop(traces);
        let (line, body) = request.join().unwrap();
        assert_eq!(line, "POST /v1/traces HTTP/1.1");
        assert!(body.windows(18).any(|window| window == b"a span of the test"));
    }
}
