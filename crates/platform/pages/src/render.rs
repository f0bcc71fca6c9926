//! Templates to pages: one environment a language, so that a template's `t("key")` needs no other word.

use std::sync::LazyLock;

use fluent_bundle::{FluentArgs, FluentValue};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, context, escape_formatter,
    syntax::SyntaxConfig,
    value::{Kwargs, Serde, Value, ValueKind},
};
use rust_embed::RustEmbed;
use serde::Serialize;

use crate::{locale::Locale, look::Frame, words};

#[derive(RustEmbed)]
#[folder = "templates"]
struct Files;

/// A page could not be written: a template names what its view does not have.
#[derive(Debug, thiserror::Error)]
#[error("the page could not be written: {0:#}")]
pub struct RenderError(#[from] Error);

static ENVIRONMENTS: LazyLock<Vec<(Locale, Environment<'static>)>> =
    LazyLock::new(|| Locale::ALL.into_iter().map(|locale| (locale, environment(locale))).collect());

/// The page `name` in the frame's language: `page` is what its template calls so.
pub fn render(name: &str, frame: &Frame, page: impl Serialize) -> Result<String, RenderError> {
    let (_, environment) = ENVIRONMENTS.iter().find(|(locale, _)| *locale == frame.locale()).ok_or_else(no_language)?;
    let template = environment.get_template(&format!("{name}.html"))?;
    Ok(template.render(context! { frame => Serde(frame), page => Serde(page) })?)
}

fn no_language() -> Error {
    Error::new(ErrorKind::InvalidOperation, "there is no such language")
}

fn environment(locale: Locale) -> Environment<'static> {
    let mut environment = Environment::new();
    // Every template is HTML, whatever it is called.
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build();
    environment.set_syntax(syntax.expect("the delimiters are the usual ones"));
    environment.set_formatter(write_value);
    environment.add_function("t", move |key: &str, values: Kwargs| translate(locale, key, &values));
    for name in Files::iter() {
        let file = Files::get(&name).expect("it was just listed");
        let text = String::from_utf8_lossy(&file.data).into_owned();
        environment.add_template_owned(name.into_owned(), text).expect("a test parses every template");
    }
    environment
}

/// Text is escaped for elements and for attributes in double quotes, which are the only places that templates write to.
/// The library's own escape also spells out every slash, of which addresses are full.
fn write_value(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let text = value.as_str().filter(|_| !value.is_safe());
    let Some(text) = text else { return escape_formatter(out, state, value) };
    for part in text.split_inclusive(['&', '<', '>', '"', '\'']) {
        let escaped = part.chars().next_back().and_then(|last| match last {
            '&' => Some("&amp;"),
            '<' => Some("&lt;"),
            '>' => Some("&gt;"),
            '"' => Some("&quot;"),
            '\'' => Some("&#39;"),
            _ => None,
        });
        match escaped {
            Some(escaped) => {
                out.write_str(&part[..part.len() - 1])?;
                out.write_str(escaped)?;
            }
            None => out.write_str(part)?,
        }
    }
    Ok(())
}

fn translate(locale: Locale, key: &str, values: &Kwargs) -> Result<String, Error> {
    let mut args = FluentArgs::new();
    for name in values.args() {
        let value: Value = values.get(name)?;
        args.set(name.to_owned(), fluent(&value));
    }
    let text = words::say_with(locale, key, Some(&args));
    text.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| Error::new(ErrorKind::InvalidOperation, format!("no language says {key}")))
}

/// Numbers stay numbers, since their plural is chosen by them.
fn fluent(value: &Value) -> FluentValue<'static> {
    match (value.kind(), i64::try_from(value.clone())) {
        (ValueKind::Number, Ok(number)) => FluentValue::from(number),
        _ => FluentValue::from(value.to_string()),
    }
}
