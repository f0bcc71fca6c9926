//! An application's own texts: a small language, checked before it is kept.
//!
//! Facts are named as `{{ name }}`, and parts that depend on one stand between `{% if name %}`, `{% else %}` and `{% endif %}`: enough
//! for messages, and nothing that could run long, read what it should not, or leave the escaping. The markup may lay out and link;
//! it may not run, ask, or load anything from elsewhere.

mod check;
mod grammar;
mod markup;

use std::sync::LazyLock;

use minijinja::{Environment, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::render::{Facts, Rendered, escape, escaping};

pub(super) use check::{check, hostile};

/// Texts that take the place of the product's; what is absent stays the product's.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
#[schemars(rename = "MessageText")]
pub(crate) struct OwnText {
    /// One line.
    pub(crate) subject: Option<String>,
    /// A whole page, or what stands between the product's head and foot.
    pub(crate) html: Option<String>,
    /// The same without markup. Without it the product's text is sent beside your page.
    #[serde(rename = "text")]
    pub(crate) plain: Option<String>,
    /// For phones; 160 letters make one message.
    pub(crate) sms: Option<String>,
}

static TEXTS: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut texts = Environment::empty();
    texts.set_auto_escape_callback(escaping);
    texts.set_formatter(escape);
    texts.set_debug(false);
    texts
});

impl OwnText {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// This text over the product's. `frame` puts a part of a page between the product's head and foot.
    pub(super) fn over(&self, mut rendered: Rendered, facts: &Facts, frame: impl Fn(&str) -> String) -> Rendered {
        let fill = |name: &str, text: &Option<String>| text.as_deref().and_then(|text| fill(name, text, facts));
        if let Some(subject) = fill("subject.txt", &self.subject) {
            rendered.subject = subject;
        }
        if let Some(html) = fill("own.html", &self.html) {
            rendered.html = if is_whole_page(&html) { html } else { frame(&html) };
        }
        if let Some(text) = fill("own.txt", &self.plain) {
            rendered.text = text;
        }
        if let Some(sms) = fill("sms.txt", &self.sms) {
            rendered.sms = sms;
        }
        rendered
    }
}

/// `None` where a text that was kept can't be rendered any more: the product's stands in.
fn fill(name: &str, text: &str, facts: &Facts) -> Option<String> {
    let context = Value::from_pairs(facts.iter());
    TEXTS
        .template_from_named_str(name, text)
        .and_then(|template| template.render(context))
        .inspect_err(|error| tracing::warn!(%error, "an application's own text can't be rendered"))
        .ok()
}

fn is_whole_page(html: &str) -> bool {
    let start = html.trim_start().get(..9).unwrap_or_default().to_ascii_lowercase();
    start.starts_with("<!doctype") || start.starts_with("<html")
}
