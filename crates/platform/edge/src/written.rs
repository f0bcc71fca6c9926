//! A view that is written as JSON once and sent many times.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};

/// The JSON of a `T`, documented as a `T`. Cheap to clone.
pub struct Written<T>(Arc<RawValue>, PhantomData<fn() -> T>);

impl<T: Serialize> Written<T> {
    pub fn new(view: &T) -> Self {
        let json = to_raw_value(view).unwrap_or_else(|error| {
            // Views are plain data: this is a bug in a view, and nothing useful can be said to the caller.
            tracing::error!(%error, "a view could not be written");
            RawValue::NULL.to_owned()
        });
        Self(json.into(), PhantomData)
    }
}

impl<T> Clone for Written<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), PhantomData)
    }
}

impl<T> Serialize for Written<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T: JsonSchema> JsonSchema for Written<T> {
    fn inline_schema() -> bool {
        T::inline_schema()
    }
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }
    fn schema_id() -> Cow<'static, str> {
        T::schema_id()
    }
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct View {
        name: &'static str,
        tags: Vec<u8>,
    }

    #[test]
    fn it_is_sent_and_documented_as_the_view_itself() {
        let view = View { name: "a \"b\"", tags: vec![1, 2] };
        let written = Written::new(&view);
        let around = serde_json::to_string(&[written.clone(), written]).unwrap();
        assert_eq!(around, serde_json::to_string(&[&view, &view]).unwrap());
        let mut generator = SchemaGenerator::default();
        assert_eq!(generator.subschema_for::<Written<View>>(), generator.subschema_for::<View>());
    }
}
