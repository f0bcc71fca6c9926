//! What callers send to make and change fields.

use kernel::{ErrorCode, Patch, Refusal};
use schemars::JsonSchema;
use serde::Deserialize;

use super::model::{Ask, Definition, FieldKind, FieldOption, ProfileField};

/// A field to add.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ProfileFieldCreate {
    /// For programs: lower-case letters, digits and underscores. Never changes.
    pub(super) name: String,
    /// For people.
    label: String,
    help: Option<String>,
    kind: FieldKind,
    /// Can the sign-in that asks for it not do without? Others may be declined with `null`.
    #[serde(default)]
    required: bool,
    ask: Ask,
    /// Fields are asked in this order; those of one position by age.
    #[serde(default)]
    pub(super) position: i32,
}

/// What to change about a field: an absent one stays. Name and type stay, because answers were given to them.
#[derive(Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ProfileFieldUpdate {
    label: Patch<String>,
    help: Patch<String>,
    /// Of the same type.
    kind: Patch<FieldKind>,
    required: Patch<bool>,
    ask: Patch<Ask>,
    position: Patch<i32>,
}

impl ProfileFieldCreate {
    pub(super) fn definition(self) -> Result<Definition, Refusal> {
        let Self { name, label, help, kind, required, ask, .. } = self;
        let definition = Definition { label, help, kind, required, ask };
        let mut refusal = flaws(&definition);
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=64).contains(&name.len()) || !name.bytes().all(is_name) {
            refusal = refusal.with_field("name", "invalid", "1 to 64 lower-case letters, digits and underscores.");
        }
        if refusal.fields.is_empty() { Ok(definition) } else { Err(refusal) }
    }
}

impl ProfileFieldUpdate {
    pub(super) fn apply(self, field: &ProfileField) -> Result<(Definition, i64), Refusal> {
        let before = field.definition.clone();
        let definition = Definition {
            label: kept("label", self.label, before.label)?,
            help: self.help.apply(before.help),
            kind: kept("kind", self.kind, before.kind)?,
            required: kept("required", self.required, before.required)?,
            ask: kept("ask", self.ask, before.ask)?,
        };
        let mut refusal = flaws(&definition);
        if std::mem::discriminant(&definition.kind) != std::mem::discriminant(&field.definition.kind) {
            refusal = refusal.with_field("kind.type", "fixed", "The type of a field stays: add another field.");
        }
        if !refusal.fields.is_empty() {
            return Err(refusal);
        }
        let position = match self.position {
            Patch::Absent => field.position,
            Patch::Null => 0,
            Patch::Value(position) => position.into(),
        };
        Ok((definition, position))
    }
}

/// A field of the patch that has no default to go back to.
fn kept<T>(field: &'static str, patch: Patch<T>, before: T) -> Result<T, Refusal> {
    match patch {
        Patch::Absent => Ok(before),
        Patch::Null => Err(Refusal::validation(field, "required", "This can't be cleared.")),
        Patch::Value(value) => Ok(value),
    }
}

/// A 422 with every field that is wrong; none, where nothing is.
fn flaws(definition: &Definition) -> Refusal {
    let mut refusal = Refusal::new(ErrorCode::Validation, "invalid_fields", "The field is not valid.");
    let mut add = |field: String, message: String| {
        refusal = std::mem::replace(&mut refusal, Refusal::not_found()).with_field(field, "invalid", message);
    };
    if !is_line(&definition.label, 200) {
        add("label".to_owned(), "1 to 200 characters on one line.".to_owned());
    }
    if definition.help.as_deref().is_some_and(|help| !is_line(help, 1_000)) {
        add("help".to_owned(), "1 to 1000 characters on one line.".to_owned());
    }
    if let Ask::SignIn { number } = definition.ask
        && !(1..=10_000).contains(&number)
    {
        add("ask.number".to_owned(), "1 to 10000.".to_owned());
    }
    match &definition.kind {
        FieldKind::Text { min_length, max_length, .. } => {
            if !(1..=2_000).contains(max_length) || *min_length == 0 || min_length > max_length {
                add(
                    "kind.max_length".to_owned(),
                    "1 to 2000, and not below min_length, which is 1 at least.".to_owned(),
                );
            }
        }
        FieldKind::Integer { minimum: Some(least), maximum: Some(most) } if least > most => {
            add("kind.maximum".to_owned(), "Not below minimum.".to_owned());
        }
        FieldKind::Number { minimum, maximum } => {
            if minimum.zip(*maximum).is_some_and(|(least, most)| least > most) {
                add("kind.maximum".to_owned(), "Not below minimum.".to_owned());
            }
        }
        FieldKind::Choice { options } | FieldKind::Choices { options, .. } => check_options(options, &mut add),
        FieldKind::Integer { .. } | FieldKind::Boolean {} | FieldKind::Date {} => {}
    }
    refusal
}

fn check_options(options: &[FieldOption], add: &mut impl FnMut(String, String)) {
    const MOST: usize = 300;
    if !(1..=MOST).contains(&options.len()) {
        add("kind.options".to_owned(), format!("1 to {MOST}."));
    }
    for (index, option) in options.iter().enumerate().take(MOST) {
        let stands_twice = options[..index].iter().any(|before| before.value == option.value);
        if !is_line(&option.value, 100) || stands_twice {
            add(format!("kind.options.{index}.value"), "1 to 100 characters on one line, each once.".to_owned());
        }
        if !is_line(&option.label, 200) {
            add(format!("kind.options.{index}.label"), "1 to 200 characters on one line.".to_owned());
        }
    }
}

fn is_line(text: &str, most: usize) -> bool {
    !text.trim().is_empty() && text.chars().count() <= most && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn fields(refusal: &Refusal) -> Vec<&str> {
        refusal.fields.iter().map(|field| &*field.field).collect()
    }

    fn create(body: Value) -> Result<Definition, Refusal> {
        serde_json::from_value::<ProfileFieldCreate>(body).unwrap().definition()
    }

    #[test]
    fn every_flaw_is_told_at_once() {
        let good =
            json!({ "name": "size", "label": "Size", "kind": { "type": "boolean" }, "ask": { "when": "sign_up" } });
        assert!(create(good).is_ok());
        let bad = json!({
            "name": "The size", "label": "", "help": "a\nb", "ask": { "when": "sign_in", "number": 0 },
            "kind": { "type": "choice", "options": [{ "value": "a", "label": "" }, { "value": "a", "label": "b" }] }
        });
        let refusal = create(bad).unwrap_err();
        assert_eq!(
            fields(&refusal),
            ["label", "help", "ask.number", "kind.options.0.label", "kind.options.1.value", "name"]
        );
        for kind in [
            json!({ "type": "text", "max_length": 5_000 }),
            json!({ "type": "text", "min_length": 9, "max_length": 8 }),
        ] {
            let body = json!({ "name": "size", "label": "Size", "kind": kind, "ask": { "when": "on_demand" } });
            assert_eq!(fields(&create(body).unwrap_err()), ["kind.max_length"]);
        }
    }

    #[test]
    fn a_field_keeps_its_type() {
        let field = super::super::model::tests::field("size", FieldKind::Boolean {}, Ask::SignUp {});
        let update = |body: Value| serde_json::from_value::<ProfileFieldUpdate>(body).unwrap().apply(&field);
        assert_eq!(fields(&update(json!({ "kind": { "type": "date" } })).unwrap_err()), ["kind.type"]);
        assert_eq!(fields(&update(json!({ "label": null })).unwrap_err()), ["label"]);
        let (definition, position) = update(json!({ "required": false, "position": 7 })).unwrap();
        assert_eq!((definition.required, position, definition.label.as_str()), (false, 7, "size"));
    }
}
