//! Is this an answer? Pure.

use identity::identifiers::{EmailAddress, PhoneNumber};
use serde_json::Value;
use url::Url;

use super::model::{FieldKind, FieldOption, TextFormat};

/// The answer as it is kept, or why it is none.
pub(super) fn answer(kind: &FieldKind, value: &Value) -> Result<Value, String> {
    match (kind, value) {
        (FieldKind::Text { min_length, max_length, format }, Value::String(text)) => {
            line(text.trim(), *min_length, *max_length, *format).map(Value::from)
        }
        (FieldKind::Integer { minimum, maximum }, value) => {
            let number = value.as_i64().ok_or("A whole number.")?;
            within(number, *minimum, *maximum).map(Value::from)
        }
        (FieldKind::Number { minimum, maximum }, value) => {
            let number = value.as_f64().ok_or("A number.")?;
            within(number, *minimum, *maximum).map(Value::from)
        }
        (FieldKind::Boolean {}, Value::Bool(_)) => Ok(value.clone()),
        (FieldKind::Date {}, Value::String(text)) if is_date(text) => Ok(value.clone()),
        (FieldKind::Choice { options }, Value::String(text)) => {
            if find(options, text) {
                Ok(value.clone())
            } else {
                Err("One of the options.".to_owned())
            }
        }
        (FieldKind::Choices { options, maximum }, Value::Array(chosen)) => choices(options, *maximum, chosen),
        (FieldKind::Text { .. } | FieldKind::Choice { .. }, _) => Err("A text.".to_owned()),
        (FieldKind::Boolean {}, _) => Err("True or false.".to_owned()),
        (FieldKind::Date {}, _) => Err("A day, for example 2026-11-22.".to_owned()),
        (FieldKind::Choices { .. }, _) => Err("A list of options.".to_owned()),
    }
}

fn line(text: &str, least: u32, most: u32, format: TextFormat) -> Result<&str, String> {
    let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
    if !(least..=most).contains(&length) || text.chars().any(char::is_control) {
        return Err(format!("{least} to {most} characters on one line."));
    }
    let (is_right, message) = match format {
        TextFormat::Any => (true, ""),
        TextFormat::Url => {
            (Url::parse(text).is_ok_and(|url| url.scheme() == "https" && url.has_host()), "An https URL.")
        }
        TextFormat::Email => (text.parse::<EmailAddress>().is_ok(), "An email address."),
        TextFormat::Phone => (text.parse::<PhoneNumber>().is_ok(), "A phone number, for example +4915123456789."),
    };
    if is_right { Ok(text) } else { Err(message.to_owned()) }
}

fn within<T: PartialOrd + Copy + std::fmt::Display>(value: T, least: Option<T>, most: Option<T>) -> Result<T, String> {
    match (least, most) {
        (Some(least), _) if value < least => Err(format!("Not below {least}.")),
        (_, Some(most)) if value > most => Err(format!("Not above {most}.")),
        _ => Ok(value),
    }
}

fn choices(options: &[FieldOption], maximum: Option<u32>, chosen: &[Value]) -> Result<Value, String> {
    let most = maximum.map_or(options.len(), |most| usize::try_from(most).unwrap_or(usize::MAX));
    if chosen.len() > most {
        return Err(format!("At most {most}."));
    }
    let are_options = chosen.iter().enumerate().all(|(index, choice)| {
        choice.as_str().is_some_and(|choice| find(options, choice)) && !chosen[..index].contains(choice)
    });
    if are_options { Ok(Value::from(chosen.to_vec())) } else { Err("Some of the options, each once.".to_owned()) }
}

fn find(options: &[FieldOption], value: &str) -> bool {
    options.iter().any(|option| option.value == value)
}

/// RFC 3339, section 5.6, with the days of each month.
fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let number = |from: usize, to: usize| {
        let digits = bytes.get(from..to).filter(|digits| digits.iter().all(u8::is_ascii_digit))?;
        Some(digits.iter().fold(0u32, |number, digit| number * 10 + u32::from(digit - b'0')))
    };
    let has_dashes = bytes.len() == 10 && bytes[4] == b'-' && bytes[7] == b'-';
    let (Some(year), Some(month), Some(day), true) = (number(0, 4), number(5, 7), number(8, 10), has_dashes) else {
        return false;
    };
    let is_leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return false,
    };
    (1..=days).contains(&day)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn kind(value: Value) -> FieldKind {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn answers_fit_their_kind() {
        let options = json!([{ "value": "s", "label": "Small" }, { "value": "l", "label": "Large" }]);
        let text = || json!({ "type": "text", "max_length": 5 });
        let choices = || json!({ "type": "choices", "options": options, "maximum": 1 });
        for (of, value, is_one) in [
            (text(), json!(" Ada "), true),
            (text(), json!(""), false),
            (text(), json!("Lovelace"), false),
            (text(), json!("a\nb"), false),
            (text(), json!(7), false),
            (text(), Value::Null, false),
            (json!({ "type": "text", "format": "url" }), json!("https://ada.example"), true),
            (json!({ "type": "text", "format": "url" }), json!("javascript:alert(1)"), false),
            (json!({ "type": "text", "format": "email" }), json!("ada@example.com"), true),
            (json!({ "type": "text", "format": "email" }), json!("ada"), false),
            (json!({ "type": "text", "format": "phone" }), json!("+4915123456789"), true),
            (json!({ "type": "integer", "minimum": 1, "maximum": 9 }), json!(9), true),
            (json!({ "type": "integer", "minimum": 1, "maximum": 9 }), json!(10), false),
            (json!({ "type": "integer" }), json!(1.5), false),
            (json!({ "type": "number", "minimum": 0.5 }), json!(0.4), false),
            (json!({ "type": "number" }), json!(-3), true),
            (json!({ "type": "boolean" }), json!(false), true),
            (json!({ "type": "boolean" }), json!("false"), false),
            (json!({ "type": "date" }), json!("2024-02-29"), true),
            (json!({ "type": "choice", "options": options }), json!("s"), true),
            (json!({ "type": "choice", "options": options }), json!("Small"), false),
            (choices(), json!([]), true),
            (choices(), json!(["l"]), true),
            (choices(), json!(["s", "l"]), false),
            (choices(), json!(["x"]), false),
            (json!({ "type": "choices", "options": options }), json!(["s", "s"]), false),
        ] {
            assert_eq!(answer(&kind(of.clone()), &value).is_ok(), is_one, "{of} {value}");
        }
        assert_eq!(answer(&kind(text()), &json!(" Ada ")), Ok(json!("Ada")), "white space is not part of it");
    }

    #[test]
    fn days_are_those_of_the_calendar() {
        for (text, is_one) in [
            ("2026-11-22", true),
            ("2000-02-29", true),
            ("1900-02-29", false),
            ("2026-02-29", false),
            ("2026-04-31", false),
            ("2026-13-01", false),
            ("2026-00-10", false),
            ("2026-1-1", false),
            ("26-11-22", false),
            ("2026-11-22T00:00:00Z", false),
            ("２026-11-2", false),
        ] {
            assert_eq!(is_date(text), is_one, "{text}");
        }
    }
}
