//! `portcullis config`

use std::process::ExitCode;

use clap::Subcommand;

use super::say;
use crate::config::{Config, DefaultText, KEYS, ServeFlags, Source, Values, reference};

#[derive(Subcommand)]
pub(super) enum Configuration {
    /// Print the reference of all keys as markdown
    Reference,
    /// Check the configuration and show each key with its source
    ///
    /// Exit code 2 and one line where something is wrong. Secrets are not shown.
    #[command(after_help = "Example:\n  portcullis config check --config /etc/portcullis.toml")]
    Check(ServeFlags),
}

impl Configuration {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Reference => say(reference().trim_end()),
            Self::Check(flags) => {
                let values = flags.values()?;
                Config::read(&values)?;
                say(&shown(&values))
            }
        }
    }
}

/// A line for each key: name, value, who set it.
fn shown(values: &Values) -> String {
    let lines = KEYS.iter().map(|key| match (values.get(key.name), key.default) {
        (Some((_, source)), _) if key.is_concealed => format!("{} = (not shown)  # {}", key.name, source.describe(key)),
        (Some((text, source)), _) => format!("{} = {text:?}  # {}", key.name, source.describe(key)),
        (None, DefaultText::Value(text)) => format!("{} = {text:?}  # {}", key.name, Source::Default.describe(key)),
        (None, DefaultText::Words(words)) => format!("# {}: {words}", key.name),
    });
    lines.collect::<Vec<_>>().join("\n")
}
