//! `portcullis openapi`

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::say;
use crate::documents::Document;

#[derive(Args)]
pub(super) struct Print {
    /// Which of the two
    #[arg(long)]
    surface: Surface,
    /// The document's spelling
    #[arg(long, default_value = "json")]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
enum Surface {
    /// `/v1`: backends, browser components, the dashboard
    Platform,
    /// `/api/v1` and `/.well-known`: standards-based clients
    DataPlane,
}

#[derive(Clone, Copy, ValueEnum)]
enum Format {
    Json,
    Yaml,
}

impl Print {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let document = match (self.surface, self.format) {
            (Surface::Platform, Format::Json) => Document::PlatformJson,
            (Surface::Platform, Format::Yaml) => Document::PlatformYaml,
            (Surface::DataPlane, Format::Json) => Document::DataPlaneJson,
            (Surface::DataPlane, Format::Yaml) => Document::DataPlaneYaml,
        };
        match self.format {
            Format::Json => {
                let read: serde_json::Value = serde_json::from_str(&document.text())?;
                say(&serde_json::to_string_pretty(&read)?)
            }
            Format::Yaml => say(document.text().trim_end()),
        }
    }
}
