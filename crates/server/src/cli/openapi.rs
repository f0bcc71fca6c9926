//! `portcullis openapi`

use std::process::ExitCode;

use clap::{Args, ValueEnum};

use super::say;
use crate::openapi;

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
        let document = openapi::document(match self.surface {
            Surface::Platform => edge::Surface::Platform,
            Surface::DataPlane => edge::Surface::DataPlane,
        });
        match self.format {
            Format::Json => say(&serde_json::to_string_pretty(&document)?),
            Format::Yaml => say(edge::openapi::yaml(&document).trim_end()),
        }
    }
}
