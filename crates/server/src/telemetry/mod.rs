//! What the server tells about itself: log lines, traces, metrics.
//!
//! Each is decided at the start: what is off costs nothing while requests run.

mod line;
mod metrics;
mod process;
mod traces;

use std::io::IsTerminal;

use tracing_subscriber::{Layer, filter::LevelFilter, layer::SubscriberExt, util::SubscriberInitExt};

pub(crate) use self::metrics::Metrics;
use self::{line::OneLine, traces::Traces};
use crate::config::{Config, LogFormat, LogLevel};

/// Keeps the exporters alive; dropping it sends what they still hold.
pub(crate) struct Telemetry {
    _traces: Option<Traces>,
    pub metrics: Option<Metrics>,
}

/// Install the process's logger and exporters. Call once, before anything registers a metric.
pub(crate) fn start(config: &Config) -> anyhow::Result<Telemetry> {
    let traces = config.otlp_endpoint.as_ref().map(|collector| Traces::new(collector.as_str())).transpose()?;
    let level = match config.log_level {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
        LogLevel::Trace => LevelFilter::TRACE,
    };
    let logs = tracing_subscriber::fmt::layer();
    let logs = match config.log_format(std::io::stderr().is_terminal()) {
        LogFormat::Json => logs
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_writer(std::io::stderr)
            .boxed(),
        LogFormat::Text => logs.with_target(false).with_writer(|| OneLine(std::io::stderr())).boxed(),
    };
    tracing_subscriber::registry()
        .with(logs.with_filter(level))
        // A filter of its own: without it the spans of requests would be built for the logs' sake too.
        .with(traces.as_ref().map(|traces| traces.layer().with_filter(traces::filter())))
        .try_init()?;
    let metrics = config.metrics_listen.is_some().then(Metrics::install).transpose()?;
    Ok(Telemetry { _traces: traces, metrics })
}
