//! Questions as fields of a form, and fields of a form as answers. Pure.

use std::collections::BTreeMap;

use kernel::{ErrorCode, Refusal};
use lifecycle::profile::{FieldKind, FieldOption, Question, TextFormat};
use serde_json::{Value, json};

type Sent = BTreeMap<String, Option<String>>;

/// Apart from the form's own fields, whatever an application calls its questions.
pub(super) fn key_of(name: &str) -> String {
    format!("answer.{name}")
}

pub(super) fn key(question: &Question) -> String {
    key_of(&question.name)
}

/// A form can't send a list under one name, so that each choice has its own.
fn choice_key(question: &Question, index: usize) -> String {
    format!("{}.{index}", key(question))
}

/// As the template shows it.
pub(super) fn view(question: &Question, sent: &Sent) -> Value {
    let mut view = json!({
        "name": key(question), "label": question.label, "help": question.help, "required": question.required,
        "value": sent.get(&key(question)),
    });
    let rest = match &question.kind {
        FieldKind::Text { min_length, max_length, format } => json!({
            "kind": "text", "input": input(*format), "min_length": min_length, "max_length": max_length,
        }),
        FieldKind::Integer { minimum, maximum } => {
            json!({ "kind": "number", "step": "1", "min": minimum, "max": maximum })
        }
        FieldKind::Number { minimum, maximum } => {
            json!({ "kind": "number", "step": "any", "min": minimum, "max": maximum })
        }
        FieldKind::Boolean {} => json!({ "kind": "boolean" }),
        FieldKind::Date {} => json!({ "kind": "date" }),
        FieldKind::Choice { options } => json!({ "kind": "choice", "options": options }),
        FieldKind::Choices { options, .. } => json!({ "kind": "choices", "options": choices(question, options, sent) }),
    };
    if let (Some(view), Value::Object(rest)) = (view.as_object_mut(), rest) {
        view.extend(rest);
    }
    view
}

fn choices(question: &Question, options: &[FieldOption], sent: &Sent) -> Vec<Value> {
    let choice = |(index, option): (usize, &FieldOption)| {
        let key = choice_key(question, index);
        let is_chosen = sent.get(&key).is_some_and(Option::is_some);
        json!({ "name": key, "label": option.label, "chosen": is_chosen })
    };
    options.iter().enumerate().map(choice).collect()
}

const fn input(format: TextFormat) -> &'static str {
    match format {
        TextFormat::Any => "text",
        TextFormat::Url => "url",
        TextFormat::Email => "email",
        TextFormat::Phone => "tel",
    }
}

/// The answers by their names; one that was left out is null. What the form did not ask is refused.
pub(super) fn read(asked: &[Question], sent: &Sent) -> Result<BTreeMap<String, Value>, Refusal> {
    let mut rest = sent.clone();
    let answers = asked.iter().map(|question| (question.name.clone(), answer(question, &mut rest))).collect();
    if rest.is_empty() {
        return Ok(answers);
    }
    Err(Refusal::new(ErrorCode::BadRequest, "invalid_form", "The form has fields that were not asked for."))
}

/// What can't be read stays a text, so that it is refused as what it is.
fn answer(question: &Question, rest: &mut Sent) -> Value {
    if let FieldKind::Choices { options, .. } = &question.kind {
        let chosen = options.iter().enumerate().filter_map(|(index, option)| {
            rest.remove(&choice_key(question, index)).flatten().map(|_| Value::from(option.value.clone()))
        });
        let chosen: Vec<Value> = chosen.collect();
        return if chosen.is_empty() { Value::Null } else { chosen.into() };
    }
    let Some(text) = rest.remove(&key(question)).flatten() else { return Value::Null };
    match (&question.kind, text.as_str()) {
        (FieldKind::Integer { .. }, number) => number.trim().parse::<i64>().map_or_else(|_| text.into(), Value::from),
        (FieldKind::Number { .. }, number) => number.trim().parse::<f64>().map_or_else(|_| text.into(), Value::from),
        (FieldKind::Boolean {}, "yes") => true.into(),
        (FieldKind::Boolean {}, "no") => false.into(),
        _ => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: &str, kind: Value) -> Question {
        let kind = serde_json::from_value(kind).unwrap();
        Question { name: name.into(), label: name.into(), help: None, kind, required: true }
    }

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        let text = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
        pairs.iter().map(|(name, value)| ((*name).to_owned(), text(value))).collect()
    }

    #[test]
    fn each_kind_is_read_from_what_its_field_sends() {
        let options = json!([{ "value": "s", "label": "Small" }, { "value": "l", "label": "Large" }]);
        for (kind, typed, expected) in [
            (json!({ "type": "text" }), "Acme", json!("Acme")),
            (json!({ "type": "integer" }), " 7", json!(7)),
            (json!({ "type": "integer" }), "7.5", json!("7.5")),
            (json!({ "type": "number" }), "7.5", json!(7.5)),
            (json!({ "type": "number" }), "seven", json!("seven")),
            (json!({ "type": "number" }), "inf", json!(null)),
            (json!({ "type": "boolean" }), "yes", json!(true)),
            (json!({ "type": "boolean" }), "no", json!(false)),
            (json!({ "type": "boolean" }), "on", json!("on")),
            (json!({ "type": "date" }), "2026-11-22", json!("2026-11-22")),
            (json!({ "type": "choice", "options": options }), "s", json!("s")),
            (json!({ "type": "text" }), "", json!(null)),
        ] {
            let read = read(&[question("q", kind.clone())], &sent(&[("answer.q", typed)])).unwrap();
            assert_eq!(read["q"], expected, "{kind} {typed}");
        }
    }

    #[test]
    fn choices_are_those_that_are_checked() {
        let options = json!([{ "value": "s", "label": "Small" }, { "value": "l", "label": "Large" }]);
        let asked = [question("q", json!({ "type": "choices", "options": options }))];
        assert_eq!(read(&asked, &sent(&[("answer.q.1", "yes")])).unwrap()["q"], json!(["l"]));
        assert_eq!(read(&asked, &sent(&[])).unwrap()["q"], Value::Null);
        assert_eq!(view(&asked[0], &sent(&[("answer.q.1", "yes")]))["options"][1]["chosen"], json!(true));
        assert!(read(&asked, &sent(&[("answer.q.2", "yes")])).is_err());
    }

    #[test]
    fn what_was_not_asked_is_refused() {
        let asked = [question("q", json!({ "type": "text" }))];
        assert!(read(&asked, &sent(&[("answer.q", "a"), ("answer.is_admin", "yes")])).is_err());
        assert!(read(&asked, &sent(&[("q", "a")])).is_err());
    }
}
