//! How a type is described in the documents of the API.

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// The description of one type, written when somebody asks. Only development builds can: the documents are written from them and
/// committed, and a release carries the documents instead of the code that describes hundreds of types.
#[derive(Clone, Copy)]
pub struct Shape(fn(&mut SchemaGenerator) -> Schema);

impl Shape {
    /// Can this build describe types?
    pub const IS_KNOWN: bool = cfg!(debug_assertions);

    pub const fn of<T: JsonSchema>() -> Self {
        Self(if Self::IS_KNOWN { SchemaGenerator::subschema_for::<T> } else { nothing })
    }

    pub fn write(self, generator: &mut SchemaGenerator) -> Schema {
        (self.0)(generator)
    }
}

fn nothing(_: &mut SchemaGenerator) -> Schema {
    Schema::default()
}
