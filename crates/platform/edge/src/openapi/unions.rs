//! Tagged unions: `oneOf` of named components, told apart by a string constant, with the whole mapping.
//!
//! The derive writes the variants in place; generators then invent a name for each. Here `SignInResult` with the tag `state` and
//! the variant `complete` has the component `SignInResultComplete`.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::components::{SCHEMAS, name_of, reference};

/// Give the variants of every tagged union a name of their own.
pub(super) fn name_variants(schemas: &mut BTreeMap<String, Value>) {
    let unions: Vec<(String, Vec<Value>, String)> = schemas
        .iter()
        .filter_map(|(name, schema)| {
            let members = schema["oneOf"].as_array()?;
            Some((name.clone(), members.clone(), tag_of(members)?))
        })
        .collect();
    for (union, members, tag) in unions {
        let mut mapping = Map::new();
        let mut references = Vec::new();
        for member in members {
            let Some(value) = constant(&member, &tag).map(str::to_owned) else { continue };
            let name = format!("{union}{}", pascal(&value));
            schemas.insert(name.clone(), whole(member, schemas));
            references.push(reference(&name));
            mapping.insert(value, format!("{SCHEMAS}{name}").into());
        }
        if let Some(schema) = schemas.get_mut(&union) {
            schema["oneOf"] = references.into();
            schema["discriminator"] = json!({ "propertyName": tag, "mapping": mapping });
        }
    }
}

/// `mfa_required` as `MfaRequired`.
pub(super) fn pascal(name: &str) -> String {
    name.split(['_', '.', '-'])
        .flat_map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect()
}

/// The property that holds a string constant in every member.
fn tag_of(members: &[Value]) -> Option<String> {
    let properties = members.first()?["properties"].as_object()?;
    properties.keys().find(|key| members.iter().all(|member| constant(member, key).is_some())).cloned()
}

fn constant<'a>(member: &'a Value, key: &str) -> Option<&'a str> {
    member["properties"].get(key)?.get("const")?.as_str()
}

/// A variant that wraps a struct refers to it beside its tag: both are put together.
fn whole(mut member: Value, schemas: &BTreeMap<String, Value>) -> Value {
    let wrapped = name_of(&member).and_then(|name| schemas.get(name)).cloned();
    let Some(object) = member.as_object_mut() else { return member };
    object.remove("$ref");
    let Some(wrapped) = wrapped else { return member };
    if let (Some(own), Some(more)) =
        (object.get_mut("properties").and_then(Value::as_object_mut), wrapped["properties"].as_object())
    {
        own.extend(more.iter().map(|(key, schema)| (key.clone(), schema.clone())));
    }
    let more = wrapped["required"].as_array().cloned().unwrap_or_default();
    match object.get_mut("required").and_then(Value::as_array_mut) {
        Some(required) => required.extend(more),
        None => {
            object.insert("required".into(), more.into());
        }
    }
    for key in ["type", "description", "additionalProperties"] {
        if let (None, Some(value)) = (object.get(key), wrapped.get(key)) {
            object.insert(key.into(), value.clone());
        }
    }
    member
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_are_components_and_the_mapping_is_whole() {
        let tagged = |value: &str| json!({ "type": "object", "properties": { "state": { "type": "string", "const": value } }, "required": ["state"] });
        let mut wrapping = tagged("mfa_required");
        wrapping["$ref"] = "#/components/schemas/Flow".into();
        let mut schemas = BTreeMap::from([
            ("SignInResult".to_owned(), json!({ "oneOf": [tagged("complete"), wrapping] })),
            (
                "Flow".to_owned(),
                json!({ "type": "object", "properties": { "flow_id": { "type": "string" } }, "required": ["flow_id"], "description": "d" }),
            ),
        ]);
        name_variants(&mut schemas);
        assert_eq!(
            schemas["SignInResult"],
            json!({
                "oneOf": [reference("SignInResultComplete"), reference("SignInResultMfaRequired")],
                "discriminator": { "propertyName": "state", "mapping": {
                    "complete": "#/components/schemas/SignInResultComplete",
                    "mfa_required": "#/components/schemas/SignInResultMfaRequired",
                } },
            })
        );
        assert_eq!(
            schemas["SignInResultMfaRequired"],
            json!({
                "type": "object",
                "properties": { "state": { "type": "string", "const": "mfa_required" }, "flow_id": { "type": "string" } },
                "required": ["state", "flow_id"],
                "description": "d",
            })
        );
    }

    #[test]
    fn a_union_without_a_tag_is_left_for_the_rules_to_refuse() {
        let untagged = json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }] });
        let mut schemas = BTreeMap::from([("Either".to_owned(), untagged.clone())]);
        name_variants(&mut schemas);
        assert_eq!(schemas["Either"], untagged);
    }
}
