//! The parameters of a protocol: names and values of a form or a query, as they came.

use std::marker::PhantomData;

use http::header::CONTENT_TYPE;
use kernel::{Refusal, Shape};
use schemars::JsonSchema;

use crate::{
    context::Context,
    form::FORM,
    input::{Argument, ArgumentFacts},
    serve, urlencoded,
};

/// The parameters of OAuth and its kin: of the form that is sent, or of the query where none is. Which may stand twice, what an empty
/// one means and that unknown ones are passed over is for the protocol to say (RFC 6749, section 3.1); `T` only documents them.
pub struct Parameters<T> {
    pairs: Vec<(String, String)>,
    documents: PhantomData<fn() -> T>,
}

impl<T> Parameters<T> {
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    pub fn into_pairs(self) -> Vec<(String, String)> {
        self.pairs
    }
}

impl<T: JsonSchema + Send + 'static> Argument for Parameters<T> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Parameters { schema: Shape::of::<T>() }
    }

    fn read(cx: &Context) -> Result<Self, Refusal> {
        let text = if cx.is_mutation() {
            let content_type = cx.header(CONTENT_TYPE).unwrap_or_default();
            let essence = content_type.split(';').next().unwrap_or_default().trim();
            if !cx.request().body().is_empty() && !essence.eq_ignore_ascii_case(FORM) {
                return Err(serve::unsupported_media_type(
                    "Send a form with `Content-Type: application/x-www-form-urlencoded`.",
                ));
            }
            cx.request().body()
        } else {
            cx.request().uri.query().unwrap_or_default().as_bytes()
        };
        Ok(Self { pairs: urlencoded::pairs(text), documents: PhantomData })
    }
}
