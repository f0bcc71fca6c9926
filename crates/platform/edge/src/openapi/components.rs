//! Named schemas: what the types of all signatures become, brought into the shapes of [`super::shapes`].
//!
//! A type has two faces, as it is read (a field with a default may be left out) and as it is written (it is always there). Where
//! they differ, the face that is read is called `{Name}Input`. Likewise an event may tell of a thing in another shape than the
//! surface does: that one is called `{Name}Payload`.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{EventFacts, Shape};
use schemars::{SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::shapes;
use crate::{endpoint::Endpoint, input::ArgumentFacts};

pub(super) const SCHEMAS: &str = "#/components/schemas/";

const INPUT: &str = "Input";
const PAYLOAD: &str = "Payload";

/// What the types of one signature became.
#[derive(Default)]
pub(super) struct Types {
    /// The body and whether it must be sent.
    pub(super) body: Option<(Value, bool)>,
    /// One line of a body that may come in lines instead.
    pub(super) line: Option<Value>,
    /// A form instead of a body.
    pub(super) form: Option<Value>,
    pub(super) queries: Vec<Value>,
    /// The view, or the view of one item of a list.
    pub(super) reply: Option<Value>,
}

pub(super) struct Components {
    schemas: BTreeMap<String, Value>,
}

impl Components {
    /// The components of all endpoints and events, with the schemas that signatures and payloads refer to them by.
    pub(super) fn collect(endpoints: &[&Endpoint], events: &[EventFacts]) -> (Self, Vec<Types>, Vec<Value>) {
        let mut read = SchemaSettings::draft2020_12().with(at_components).for_deserialize().into_generator();
        let mut written = SchemaSettings::draft2020_12().with(at_components).for_serialize().into_generator();
        written.subschema_for::<kernel::ErrorCode>();

        let mut told = SchemaSettings::draft2020_12().with(at_components).for_serialize().into_generator();

        let mut types: Vec<Types> =
            endpoints.iter().map(|endpoint| types_of(endpoint, &mut read, &mut written)).collect();
        let mut payloads: Vec<Value> = events.iter().map(|event| plain(event.schema, &mut told)).collect();

        let mut components = Self { schemas: named(&mut written) };
        let renamed = components.add_face(named(&mut told), PAYLOAD);
        for schema in &mut payloads {
            rename(schema, &renamed, PAYLOAD);
        }
        let renamed = components.add_face(named(&mut read), INPUT);
        for types in &mut types {
            types.body.iter_mut().for_each(|(schema, _)| rename(schema, &renamed, INPUT));
            types.queries.iter_mut().for_each(|schema| rename(schema, &renamed, INPUT));
        }
        (components, types, payloads)
    }

    /// Take in another face of the types; the answer says which of them had to take the suffix.
    fn add_face(&mut self, face: BTreeMap<String, Value>, suffix: &str) -> BTreeSet<String> {
        let mut renamed: BTreeSet<String> = face
            .iter()
            .filter(|(name, schema)| self.schemas.get(*name).is_some_and(|other| other != *schema))
            .map(|(name, _)| name.clone())
            .collect();
        // A face whose parts differ differs itself, though its own text be the same.
        loop {
            let reached = |schema: &Value| references(schema).iter().any(|name| renamed.contains(name));
            let more: Vec<String> = face
                .iter()
                .filter(|(name, schema)| {
                    self.schemas.contains_key(*name) && !renamed.contains(*name) && reached(schema)
                })
                .map(|(name, _)| name.clone())
                .collect();
            if more.is_empty() {
                break;
            }
            renamed.extend(more);
        }
        for (name, mut schema) in face {
            rename(&mut schema, &renamed, suffix);
            let name = if renamed.contains(&name) { format!("{name}{suffix}") } else { name };
            self.schemas.insert(name, schema);
        }
        renamed
    }

    /// A component of the documents' own; the answer refers to it.
    pub(super) fn add(&mut self, name: &str, schema: Value) -> Value {
        self.schemas.insert(name.to_owned(), schema);
        reference(name)
    }

    /// The same under the first of these names that is free or holds this very schema.
    pub(super) fn add_as(&mut self, names: [String; 2], schema: Value) -> Value {
        let [name, other] = names;
        let is_free = self.schemas.get(&name).is_none_or(|known| *known == schema);
        self.add(if is_free { &name } else { &other }, schema)
    }

    /// What a schema says, with a reference followed.
    pub(super) fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        name_of(schema).and_then(|name| self.schemas.get(name)).unwrap_or(schema)
    }

    /// The components that the document uses, directly or through others: types that became parameters fall away.
    pub(super) fn reachable_from(&self, document: &Value) -> Map<String, Value> {
        let mut reached = BTreeSet::new();
        let mut waiting = references(document);
        while let Some(name) = waiting.pop() {
            if let Some(schema) = self.schemas.get(&name)
                && reached.insert(name)
            {
                waiting.extend(references(schema));
            }
        }
        self.schemas
            .iter()
            .filter(|(name, _)| reached.contains(*name))
            .map(|(name, schema)| (name.clone(), schema.clone()))
            .collect()
    }
}

pub(super) fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// The component that a schema refers to.
pub(super) fn name_of(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix(SCHEMAS)
}

fn at_components(settings: &mut SchemaSettings) {
    settings.definitions_path = "/components/schemas".into();
    settings.meta_schema = None;
}

fn types_of(endpoint: &Endpoint, read: &mut SchemaGenerator, written: &mut SchemaGenerator) -> Types {
    let mut types = Types { reply: endpoint.reply.schema.map(|schema| plain(schema, written)), ..Types::default() };
    for argument in &endpoint.arguments {
        match *argument {
            ArgumentFacts::Body { schema, is_required } => types.body = Some((plain(schema, read), is_required)),
            ArgumentFacts::Form { schema } => types.form = Some(plain(schema, read)),
            ArgumentFacts::Parameters { schema } if endpoint.facts.method.is_mutation() => {
                types.form = Some(plain(schema, read));
            }
            ArgumentFacts::Query { schema } | ArgumentFacts::Parameters { schema } => {
                types.queries.push(plain(schema, read));
            }
            ArgumentFacts::Upload { whole, line } => {
                types.body = Some((plain(whole, read), true));
                types.line = Some(plain(line, read));
            }
            _ => {}
        }
    }
    types
}

fn plain(schema: Shape, generator: &mut SchemaGenerator) -> Value {
    let mut schema = schema.write(generator).to_value();
    shapes::shape(&mut schema);
    schema
}

fn named(generator: &mut SchemaGenerator) -> BTreeMap<String, Value> {
    let mut schemas: BTreeMap<String, Value> = generator.take_definitions(false).into_iter().collect();
    schemas.values_mut().for_each(shapes::shape);
    super::unions::name_variants(&mut schemas);
    schemas
}

/// Every component that a value refers to, at any depth; discriminator mappings name the members of their own `oneOf`.
fn references(value: &Value) -> Vec<String> {
    match value {
        Value::Object(object) => {
            let own = name_of(value).map(str::to_owned);
            own.into_iter().chain(object.values().flat_map(references)).collect()
        }
        Value::Array(items) => items.iter().flat_map(references).collect(),
        _ => Vec::new(),
    }
}

fn rename(value: &mut Value, renamed: &BTreeSet<String>, suffix: &str) {
    match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix(SCHEMAS)
                && renamed.contains(name)
            {
                *text = format!("{SCHEMAS}{name}{suffix}");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed, suffix)),
        Value::Object(object) => object.values_mut().for_each(|item| rename(item, renamed, suffix)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn schemas(pairs: &Value) -> BTreeMap<String, Value> {
        pairs.as_object().unwrap().clone().into_iter().collect()
    }

    #[test]
    fn faces_that_differ_get_two_names_and_so_do_those_that_hold_them() {
        let of = |required: &Value| {
            schemas(&json!({
                "Address": { "type": "object", "required": required },
                "Person": { "type": "object", "properties": { "home": reference("Address") } },
                "Colour": { "type": "string" },
            }))
        };
        let mut components = Components { schemas: of(&json!(["city"])) };
        let renamed = components.add_face(of(&json!([])), INPUT);
        assert_eq!(renamed.into_iter().collect::<Vec<_>>(), ["Address", "Person"]);
        assert_eq!(components.schemas["PersonInput"]["properties"]["home"], reference("AddressInput"));
        assert_eq!(components.schemas["Person"]["properties"]["home"], reference("Address"));
        assert!(!components.schemas.contains_key("ColourInput"));
    }

    #[test]
    fn only_what_is_used_stays() {
        let components = Components {
            schemas: schemas(&json!({ "A": { "items": reference("B") }, "B": { "items": reference("A") }, "C": {} })),
        };
        assert_eq!(components.reachable_from(&json!({ "x": [reference("B")] })).keys().collect::<Vec<_>>(), ["A", "B"]);
    }
}
