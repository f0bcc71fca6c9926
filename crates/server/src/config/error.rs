//! What is wrong with a configuration, in one line that names the key and what it accepts.

use super::{key::Key, sources::Source};

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("{key} ({origin}): {}not accepted; it is {accepts}", show(shown.as_deref()))]
    Value { key: &'static str, origin: String, shown: Option<String>, accepts: String },
    #[error("{origin}: unknown key `{name}`{}; the keys are {}", suggestion(*near), known.join(", "))]
    Unknown { origin: String, name: String, near: Option<&'static str>, known: Vec<String> },
    #[error("{path}: {message}")]
    File { path: String, message: String },
    #[error("{0}")]
    Conflict(&'static str),
}

fn show(value: Option<&str>) -> String {
    value.map_or_else(|| "the value is ".to_owned(), |value| format!("{value:?} is "))
}

fn suggestion(near: Option<&'static str>) -> String {
    near.map(|name| format!(", perhaps `{name}` is meant")).unwrap_or_default()
}

impl ConfigError {
    pub(crate) fn value(key: &Key, source: &Source, text: &str) -> Self {
        Self::Value {
            key: key.name,
            origin: source.describe(key),
            shown: (!key.is_concealed).then(|| text.to_owned()),
            accepts: (key.accepts)(),
        }
    }
}
