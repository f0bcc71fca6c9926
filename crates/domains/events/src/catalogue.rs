//! The public catalogue of event types, made from the code that emits them.

use std::fmt::Write;

use kernel::EventFacts;
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value};

/// Markdown: a section per event type, sorted by name, with the fields of its payload.
pub fn catalogue(events: &[EventFacts]) -> String {
    let mut events = events.to_vec();
    events.sort_by_key(|event| event.name);
    let mut generator = SchemaGenerator::default();
    let schemas: Vec<Schema> = events.iter().map(|event| event.schema.write(&mut generator)).collect();
    let definitions = generator.take_definitions(true);
    let mut text = String::from(
        "# Events\n\n\
         Every change says what happened, in the past tense, in the transaction that makes it true. The same event stands in \
         the audit trail (`data`) and goes out in webhooks (`data`).\n",
    );
    for (event, schema) in events.iter().zip(&schemas) {
        section(&mut text, event, schema.as_value(), &definitions);
    }
    text
}

fn section(text: &mut String, event: &EventFacts, schema: &Value, definitions: &Map<String, Value>) {
    write_line(text, format_args!("\n## `{}`\n\n{}\n", event.name, event.summary));
    let schema = resolve(schema, definitions);
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    write_line(text, format_args!("| field | type | meaning |\n|---|---|---|"));
    for (name, property) in properties {
        let meaning = description(property).or_else(|| description(resolve(property, definitions))).unwrap_or_default();
        write_line(text, format_args!("| `{name}` | {} | {} |", type_of(property, definitions), in_cell(meaning)));
    }
}

/// In words: `string (uuid)`, `string or null`, `list of string`, `one of ...`, or the name of an object.
fn type_of(property: &Value, definitions: &Map<String, Value>) -> String {
    if let Some(name) = reference(property) {
        let target = resolve(property, definitions);
        let is_object = target.get("type").and_then(Value::as_str) == Some("object");
        return if is_object { name.to_owned() } else { type_of(target, definitions) };
    }
    let alternatives = property.get("anyOf").or_else(|| property.get("oneOf")).and_then(Value::as_array);
    if let Some(alternatives) = alternatives {
        return joined(alternatives.iter().map(|alternative| type_of(alternative, definitions)));
    }
    if let Some(values) = property.get("enum").and_then(Value::as_array) {
        return joined(
            values.iter().map(|value| format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned))),
        );
    }
    if let Some(value) = property.get("const") {
        return format!("`{}`", value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    match property.get("type") {
        Some(Value::String(name)) => named(name, property, definitions),
        Some(Value::Array(names)) => {
            joined(names.iter().filter_map(Value::as_str).map(|name| named(name, property, definitions)))
        }
        _ => "any".to_owned(),
    }
}

fn named(name: &str, property: &Value, definitions: &Map<String, Value>) -> String {
    match (name, property.get("format").and_then(Value::as_str), property.get("items")) {
        ("string", Some(format), _) => format!("string ({format})"),
        ("array", _, Some(items)) => format!("list of {}", type_of(items, definitions)),
        _ => name.to_owned(),
    }
}

fn joined(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(" or ")
}

fn reference(schema: &Value) -> Option<&str> {
    schema.get("$ref")?.as_str()?.rsplit('/').next()
}

fn resolve<'a>(schema: &'a Value, definitions: &'a Map<String, Value>) -> &'a Value {
    reference(schema).and_then(|name| definitions.get(name)).unwrap_or(schema)
}

fn description(schema: &Value) -> Option<&str> {
    schema.get("description").and_then(Value::as_str)
}

/// A table's cell is one line, and a bar would end it.
fn in_cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}

fn write_line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // A string takes everything.
    let _ = writeln!(text, "{line}");
}

#[cfg(test)]
mod tests {
    use kernel::{Id, Timestamp};
    use schemars::JsonSchema;
    use serde::Serialize;

    use super::*;
    use crate::AuditEvent;

    /// How it ended.
    #[derive(Serialize, JsonSchema)]
    #[serde(rename_all = "snake_case")]
    #[expect(dead_code, reason = "only its schema is looked at")]
    enum Ending {
        Happy,
        Sad,
    }

    /// A story was told.
    ///
    /// To everybody.
    #[derive(macros::Event, Serialize, JsonSchema)]
    #[event("story.told", target = story_id)]
    struct StoryTold {
        story_id: Id<AuditEvent>,
        /// When | where
        /// it began.
        began_at: Option<Timestamp>,
        ending: Ending,
        listeners: Vec<String>,
    }

    /// A book was burnt.
    #[derive(macros::Event, Serialize, JsonSchema)]
    #[event("book.burnt", target = book_id, failure)]
    struct BookBurnt {
        book_id: Id<AuditEvent>,
    }

    #[test]
    fn a_section_per_event_sorted_by_name() {
        let text = catalogue(&[StoryTold::FACTS, BookBurnt::FACTS]);
        let sections = text.split_once("\n## ").unwrap().1;
        assert_eq!(
            sections,
            "`book.burnt`\n\nA book was burnt.\n\n\
             | field | type | meaning |\n|---|---|---|\n\
             | `book_id` | string (uuid) |  |\n\
             \n## `story.told`\n\nA story was told.\n\n\
             | field | type | meaning |\n|---|---|---|\n\
             | `story_id` | string (uuid) |  |\n\
             | `began_at` | string (date-time) or null | When \\| where it began. |\n\
             | `ending` | `happy` or `sad` | How it ended. |\n\
             | `listeners` | list of string |  |\n"
        );
    }
}
