//! Where values come from: flags before variables before the file before the defaults.

use std::{
    collections::BTreeMap,
    ffi::OsString,
    fs,
    path::{Path, PathBuf},
};

use super::{
    error::ConfigError,
    key::{Key, PREFIX},
};

/// Variables with our prefix that are not ours to read: Kubernetes sets the former for a service called `portcullis`,
/// the tests of this repository the latter.
const FOREIGN: [&str; 3] = ["PORTCULLIS_SERVICE_", "PORTCULLIS_PORT", "PORTCULLIS_BIN"];
/// Names the file; itself no key, because a file can't name itself.
const CONFIG_VARIABLE: &str = "PORTCULLIS_CONFIG";

/// Who set a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    Flag,
    Variable,
    File(PathBuf),
    Default,
}

impl Source {
    /// For example `--listen` or `PORTCULLIS_LISTEN`.
    pub fn describe(&self, key: &Key) -> String {
        match self {
            Self::Flag => format!("--{}", key.flag().unwrap_or_default()),
            Self::Variable => key.variable(),
            Self::File(path) => path.display().to_string(),
            Self::Default => "default".to_owned(),
        }
    }
}

/// The texts that were set, by key, with who set each.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<&'static str, (String, Source)>);

impl Values {
    pub fn get(&self, key: &str) -> Option<(&str, &Source)> {
        self.0.get(key).map(|(text, source)| (text.as_str(), source))
    }

    /// Collect from all sources. `variables` is the process's environment.
    pub fn collect(
        keys: &'static [Key],
        flags: &Flags,
        variables: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut values = Self::default();
        let mut file = flags.file.clone();
        let mut from_environment = BTreeMap::new();
        for (name, text) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
            if name == CONFIG_VARIABLE {
                file = file.or_else(|| Some(PathBuf::from(text)));
                continue;
            }
            if FOREIGN.iter().any(|foreign| name.starts_with(foreign)) {
                continue;
            }
            let Some(key) = keys.iter().find(|key| key.variable() == name) else {
                return Err(unknown(keys, "environment", name, Key::variable));
            };
            // What is not UTF-8 can't be right for any key; the replacement makes it wrong for all of them.
            from_environment.insert(key.name, (text.to_string_lossy().into_owned(), Source::Variable));
        }
        if let Some(path) = file {
            values.read_file(keys, &path)?;
        }
        values.0.extend(from_environment);
        values.0.extend(flags.values.iter().map(|(name, text)| (*name, (text.clone(), Source::Flag))));
        Ok(values)
    }

    fn read_file(&mut self, keys: &'static [Key], path: &Path) -> Result<(), ConfigError> {
        let fault = |message: String| ConfigError::File { path: path.display().to_string(), message };
        let text = fs::read_to_string(path).map_err(|error| fault(error.to_string()))?;
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| fault(one_line(&error, &text)))?;
        for (name, value) in table {
            let Some(key) = keys.iter().find(|key| key.name == name && key.is_in_file()) else {
                return Err(unknown(keys, &path.display().to_string(), &name, |key| key.name.to_owned()));
            };
            let source = Source::File(path.to_owned());
            let text = plain(&value).ok_or_else(|| ConfigError::value(key, &source, &value.to_string()))?;
            self.0.insert(key.name, (text, source));
        }
        Ok(())
    }
}

/// What the command line set.
#[derive(Clone, Debug, Default)]
pub struct Flags {
    pub file: Option<PathBuf>,
    pub values: Vec<(&'static str, String)>,
}

/// The text of a TOML value; an array is a list parted by commas.
fn plain(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(answer) => Some(answer.to_string()),
        toml::Value::Array(items) => {
            let items: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
            items.map(|items| items.join(","))
        }
        toml::Value::Float(_) | toml::Value::Datetime(_) | toml::Value::Table(_) => None,
    }
}

fn one_line(error: &toml::de::Error, text: &str) -> String {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let message = error.message().lines().collect::<Vec<_>>().join(" ");
    line.map_or_else(|| message.clone(), |line| format!("line {line}: {message}"))
}

fn unknown(keys: &'static [Key], origin: &str, name: &str, spelling: impl Fn(&Key) -> String) -> ConfigError {
    let bare = name.strip_prefix(PREFIX).unwrap_or(name).to_ascii_lowercase().replace('-', "_");
    let near =
        keys.iter().map(|key| (distance(key.name, &bare), key.name)).min().filter(|(distance, _)| *distance <= 2);
    ConfigError::Unknown {
        origin: origin.to_owned(),
        name: name.to_owned(),
        near: near.map(|(_, name)| name),
        known: keys.iter().map(spelling).collect(),
    }
}

/// Levenshtein's edit distance, for the hint at a misspelled key.
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in b.bytes().enumerate() {
            let edits = (diagonal + usize::from(x != y)).min(row[j] + 1).min(row[j + 1] + 1);
            diagonal = std::mem::replace(&mut row[j + 1], edits);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_distance_counts_edits() {
        for (a, b, edits) in [("listen", "listen", 0), ("listen", "lissten", 1), ("data", "date", 1), ("", "abc", 3)] {
            assert_eq!(distance(a, b), edits, "{a} {b}");
        }
    }
}
