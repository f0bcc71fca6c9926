//! A document of a protocol that is JSON, or a JWT of its own media type for those who want one.

use bytes::Bytes;
use http::{HeaderValue, StatusCode, header::CONTENT_TYPE};
use kernel::Shape;
use schemars::JsonSchema;
use serde::Serialize;

use crate::{
    endpoint::Surface,
    envelope::Meta,
    reply::{Reply, ReplyFacts, ReplyKind, Respond, Success},
};

/// Either form of a `T`. The type of the body is chosen with the form, and not by the kit.
pub struct Signable<T>(Form<T>);

enum Form<T> {
    Plain(T),
    Written(Bytes),
}

impl<T: Serialize> Signable<T> {
    pub fn plain(value: T) -> Reply<Self> {
        Ok(of_type(Form::Plain(value), "application/json"))
    }

    /// The JSON of such a value, where it has been written before.
    pub fn written(json: Bytes) -> Reply<Self> {
        Ok(of_type(Form::Written(json), "application/json"))
    }

    /// A JWT that says the same.
    pub fn signed(media_type: &'static str, jwt: String) -> Reply<Self> {
        Ok(of_type(Form::Written(jwt.into()), media_type))
    }
}

fn of_type<T>(form: Form<T>, media_type: &'static str) -> Success<Signable<T>> {
    Success::new(StatusCode::OK, Signable(form)).header(CONTENT_TYPE, HeaderValue::from_static(media_type))
}

impl<T: Serialize + JsonSchema + Send + 'static> Respond for Signable<T> {
    const CONTENT_TYPE: Option<&'static str> = None;
    fn facts() -> ReplyFacts {
        ReplyFacts { kind: ReplyKind::One, schema: Some(Shape::of::<T>()) }
    }
    fn write(self, surface: Surface, status: StatusCode, meta: &Meta) -> (StatusCode, Bytes) {
        match self.0 {
            Form::Plain(value) => value.write(surface, status, meta),
            Form::Written(body) => (status, body),
        }
    }
}
