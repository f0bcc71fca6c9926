//! A body as pages send it: `application/x-www-form-urlencoded`.

use http::header::CONTENT_TYPE;
use kernel::{ErrorCode, Refusal, Shape};
use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::{
    context::Context,
    input::{Argument, ArgumentFacts},
    serve,
};

/// The type of a form.
pub(crate) const FORM: &str = "application/x-www-form-urlencoded";

/// A form. A field that stands twice is refused; so are unknown ones, where the type says so.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Argument for Form<T> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Form { schema: Shape::of::<T>() }
    }

    fn read(cx: &Context) -> Result<Self, Refusal> {
        let content_type = cx.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        if !essence.eq_ignore_ascii_case(FORM) {
            return Err(serve::unsupported_media_type(
                "Send a form with `Content-Type: application/x-www-form-urlencoded`.",
            ));
        }
        serde_urlencoded::from_bytes(cx.request().body())
            .map(Self)
            .map_err(|_| Refusal::new(ErrorCode::BadRequest, "invalid_form", "The form is not valid."))
    }
}
