//! The facts of one key, from which flags, variables, errors and the reference are made.

/// One key of the configuration.
#[derive(Clone, Copy)]
pub struct Key {
    /// As the file writes it, for example `public_url`.
    pub name: &'static str,
    /// The doc comment of the field.
    pub doc: &'static [&'static str],
    pub kind: &'static str,
    pub accepts: fn() -> String,
    /// The text that stands for the key where nobody set it, or in words what then holds.
    pub default: DefaultText,
    /// May hold a secret: neither errors nor `config check` show the value.
    pub is_concealed: bool,
    /// Read from the environment alone: a command line is seen by every user of the machine, a file is backed up.
    pub is_environment_only: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DefaultText {
    Value(&'static str),
    Words(&'static str),
}

impl Key {
    /// `public_url` is the flag `--public-url`.
    pub fn flag(&self) -> Option<String> {
        (!self.is_environment_only).then(|| self.name.replace('_', "-"))
    }

    /// `public_url` is the variable `PORTCULLIS_PUBLIC_URL`.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.name.to_ascii_uppercase())
    }

    pub fn is_in_file(&self) -> bool {
        !self.is_environment_only
    }

    /// The doc comment as one line.
    pub fn summary(&self) -> String {
        self.doc.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ").trim().to_owned()
    }
}

/// What every variable of ours begins with.
pub(super) const PREFIX: &str = "PORTCULLIS_";
