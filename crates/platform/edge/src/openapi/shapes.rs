//! From the schemas that the derive writes to the few shapes that every generator reads.
//!
//! An enum is one list of strings and open; nullable is a second type or a `oneOf` of a reference and null; integers have the two
//! formats that OpenAPI knows; a schema is always an object, never `true`.

use serde_json::{Map, Value, json};

/// Bring a schema and everything inside it into shape.
pub(super) fn shape(schema: &mut Value) {
    if *schema == Value::Bool(true) {
        *schema = json!({});
    }
    let Some(object) = schema.as_object_mut() else { return };
    inside(object, &mut shape);
    open_enum(object);
    nullable(object);
    integer_format(object);
    if object.get("default") == Some(&Value::Null) {
        object.remove("default");
    }
}

/// Calls `visit` for every schema directly inside of a schema.
pub(super) fn inside(object: &mut Map<String, Value>, visit: &mut dyn FnMut(&mut Value)) {
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(&mut *visit);
    }
    if let Some(items) = object.get_mut("items") {
        visit(items);
    }
    if let Some(values) = object.get_mut("additionalProperties").filter(|values| values.is_object()) {
        visit(values);
    }
    for combination in ["oneOf", "anyOf", "allOf"] {
        if let Some(members) = object.get_mut(combination).and_then(Value::as_array_mut) {
            members.iter_mut().for_each(&mut *visit);
        }
    }
}

/// Documented variants come as a union of constants: they become one list, their texts another.
fn open_enum(object: &mut Map<String, Value>) {
    if let Some(members) = object.get("oneOf").and_then(Value::as_array)
        && let Some(variants) = members.iter().map(constants).collect::<Option<Vec<_>>>()
    {
        let (values, texts): (Vec<Value>, Vec<Value>) = variants.into_iter().flatten().unzip();
        object.remove("oneOf");
        object.insert("type".into(), "string".into());
        object.insert("enum".into(), values.into());
        if texts.iter().any(|text| text != "") {
            object.insert("x-enum-descriptions".into(), texts.into());
        }
    }
    if object.contains_key("enum") {
        object.insert("x-open-enum".into(), true.into());
    }
}

/// The string constants of a member of a union with their texts; `None` where it is anything else.
fn constants(member: &Value) -> Option<Vec<(Value, Value)>> {
    if member.get("properties").is_some() {
        return None;
    }
    let text = member.get("description").cloned().unwrap_or_else(|| "".into());
    match (member.get("const"), member.get("enum").and_then(Value::as_array)) {
        (Some(value @ Value::String(_)), _) => Some(vec![(value.clone(), text)]),
        (None, Some(values)) if values.iter().all(Value::is_string) => {
            Some(values.iter().map(|value| (value.clone(), text.clone())).collect())
        }
        _ => None,
    }
}

/// `anyOf` of something and null.
fn nullable(object: &mut Map<String, Value>) {
    let Some(members) = object.get("anyOf").and_then(Value::as_array) else { return };
    let [other, last] = members.as_slice() else { return };
    if *last != json!({ "type": "null" }) {
        return;
    }
    let mut other = other.clone();
    object.remove("anyOf");
    match other["type"].as_str().map(str::to_owned) {
        Some(kind) => {
            other["type"] = json!([kind, "null"]);
            if let Value::Object(other) = other {
                object.extend(other);
            }
        }
        None => {
            object.insert("oneOf".into(), json!([other, { "type": "null" }]));
        }
    }
}

fn integer_format(object: &mut Map<String, Value>) {
    let Some(format) = object.get("format").and_then(Value::as_str) else { return };
    let known = match format {
        "int8" | "uint8" | "int16" | "uint16" => "int32",
        "uint32" | "uint64" | "int" | "uint" => "int64",
        _ => return,
    };
    object.insert("format".into(), known.into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shaped(mut schema: Value) -> Value {
        shape(&mut schema);
        schema
    }

    #[test]
    fn enums_are_one_open_list() {
        let documented = json!({ "oneOf": [
            { "type": "string", "enum": ["plain"] },
            { "type": "string", "const": "told", "description": "With a text." },
        ] });
        assert_eq!(
            shaped(documented),
            json!({
                "type": "string", "enum": ["plain", "told"], "x-enum-descriptions": ["", "With a text."], "x-open-enum": true,
            })
        );
    }

    #[test]
    fn null_is_a_second_type_or_a_second_member() {
        assert_eq!(
            shaped(json!({ "anyOf": [{ "$ref": "#/x" }, { "type": "null" }], "description": "d" })),
            json!({ "description": "d", "oneOf": [{ "$ref": "#/x" }, { "type": "null" }] })
        );
        assert_eq!(
            shaped(json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] })),
            json!({ "type": ["string", "null"] })
        );
    }

    #[test]
    fn formats_are_those_of_openapi_and_anything_is_an_object() {
        let schema = json!({ "properties": { "aal": { "type": "integer", "format": "uint8" }, "any": true }, "additionalProperties": false });
        assert_eq!(
            shaped(schema),
            json!({
                "properties": { "aal": { "type": "integer", "format": "int32" }, "any": {} }, "additionalProperties": false,
            })
        );
    }
}
