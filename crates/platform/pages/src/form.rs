//! What a form shows again after it was sent: what was typed, and what is wrong with it.

use std::{borrow::Cow, collections::BTreeMap};

use serde::Serialize;

/// The state of one form. Passwords and codes never come back into a page.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Form {
    values: BTreeMap<Cow<'static, str>, String>,
    errors: BTreeMap<Cow<'static, str>, String>,
    /// The first field with an error: the one that gets the focus.
    first: Option<Cow<'static, str>>,
    /// What is wrong with all of it.
    summary: Option<String>,
    /// What went well.
    done: Option<String>,
    /// The part of the page that stands open.
    open: Option<Cow<'static, str>>,
}

impl Form {
    pub fn new() -> Self {
        Self::default()
    }

    #[must_use]
    pub fn value(mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) -> Self {
        self.values.insert(name.into(), value.into());
        self
    }

    #[must_use]
    pub fn error(mut self, name: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        let name = name.into();
        self.first.get_or_insert_with(|| name.clone());
        self.errors.insert(name, text.into());
        self
    }

    #[must_use]
    pub fn summary(mut self, text: impl Into<String>) -> Self {
        self.summary = Some(text.into());
        self
    }

    #[must_use]
    pub fn done(mut self, text: impl Into<String>) -> Self {
        self.done = Some(text.into());
        self
    }

    #[must_use]
    pub fn open(mut self, part: impl Into<Cow<'static, str>>) -> Self {
        self.open = Some(part.into());
        self
    }

    pub fn has_error(&self) -> bool {
        !self.errors.is_empty()
    }
}
