//! What an application asks its people when they sign up: another domain's affair, asked here.
//!
//! Owns the words of the answer, which is public. Does not own the fields themselves, nor what people answer (`lifecycle`), which
//! answers through [`AsksAtSignUp`].

use std::{future::Future, pin::Pin};

use edge::{Context, Failure};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use store::{Reader, StoreError};

/// Whoever knows what is asked, if there is one.
pub struct AskedAtSignUp(pub Option<AsksAtSignUp>);

/// What somebody new is asked, in its order.
pub type AsksAtSignUp =
    for<'a> fn(&'a Reader<'a>) -> Pin<Box<dyn Future<Output = Result<Vec<SignUpField>, StoreError>> + Send + 'a>>;

/// A profile field that somebody new is asked.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
pub struct SignUpField {
    /// For programs: the answer's name in `POST /v1/profile/progress`.
    pub name: String,
    /// For people.
    pub label: String,
    pub help: Option<String>,
    /// What an answer may be.
    pub kind: FieldKind,
    /// Can it not be declined?
    pub required: bool,
}

/// What somebody new is asked.
pub(crate) async fn at_sign_up(cx: &Context) -> Result<Vec<SignUpField>, Failure> {
    match cx.part::<AskedAtSignUp>().0 {
        Some(asks) => Ok(asks(&cx.read()).await?),
        None => Ok(Vec::new()),
    }
}

/// What an answer may be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
#[schemars(rename = "ProfileFieldKind")]
pub enum FieldKind {
    /// One line of text.
    Text {
        /// In characters.
        #[serde(default = "one")]
        min_length: u32,
        #[serde(default = "two_hundred")]
        max_length: u32,
        #[serde(default)]
        format: TextFormat,
    },
    /// A whole number.
    Integer {
        #[serde(default)]
        minimum: Option<i64>,
        #[serde(default)]
        maximum: Option<i64>,
    },
    /// Any number.
    Number {
        #[serde(default)]
        minimum: Option<f64>,
        #[serde(default)]
        maximum: Option<f64>,
    },
    /// Yes or no.
    Boolean {},
    /// A day, as `2026-11-22` (RFC 3339, full-date).
    Date {},
    /// One of several.
    Choice { options: Vec<FieldOption> },
    /// Some of several.
    Choices {
        options: Vec<FieldOption>,
        /// At most so many.
        #[serde(default)]
        maximum: Option<u32>,
    },
}

/// What a text must look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(rename = "ProfileTextFormat")]
pub enum TextFormat {
    #[default]
    Any,
    /// An https URL.
    Url,
    Email,
    /// E.164.
    Phone,
}

/// One of several answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ProfileFieldOption")]
pub struct FieldOption {
    /// For programs.
    pub value: String,
    /// For people.
    pub label: String,
}

const fn one() -> u32 {
    1
}

const fn two_hundred() -> u32 {
    200
}
