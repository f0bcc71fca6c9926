//! The small language of own texts: what may stand between braces.

/// What is wrong with a text, in words for its author.
pub(super) type Fault = String;

/// The facts that a text names, or its first fault.
pub(super) fn names(text: &str) -> Result<Vec<&str>, Fault> {
    let mut names = Vec::new();
    let mut rest = text;
    let mut open = 0_u32;
    while let Some(start) = rest.find('{') {
        let tail = &rest[start..];
        let (end, is_block) = match tail.as_bytes().get(1) {
            Some(b'{') => ("}}", false),
            Some(b'%') => ("%}", true),
            Some(b'#') => return Err("Comments ({#) are not taken.".to_owned()),
            _ => {
                rest = &tail[1..];
                continue;
            }
        };
        let Some(length) = tail[2..].find(end) else { return Err(format!("A {} is not closed.", &tail[..2])) };
        let inside = tail[2..2 + length].trim();
        if is_block {
            names.extend(block(inside, &mut open)?);
        } else {
            names.push(name(inside)?);
        }
        rest = &tail[2 + length + 2..];
    }
    if open > 0 { Err("An {% if %} has no {% endif %}.".to_owned()) } else { Ok(names) }
}

fn block<'t>(inside: &'t str, open: &mut u32) -> Result<Option<&'t str>, Fault> {
    let (word, condition) = inside.split_once(char::is_whitespace).unwrap_or((inside, ""));
    match word {
        "if" | "elif" => {
            *open += u32::from(word == "if");
            let condition = condition.trim();
            name(condition.strip_prefix("not ").unwrap_or(condition).trim()).map(Some)
        }
        "else" | "endif" if condition.trim().is_empty() => {
            let outer = open.checked_sub(1).ok_or_else(|| format!("{{% {word} %}} stands alone."))?;
            if word == "endif" {
                *open = outer;
            }
            Ok(None)
        }
        _ => Err(format!("{{% {} %}} is not taken: only if, elif, else and endif are.", short(inside))),
    }
}

fn name(text: &str) -> Result<&str, Fault> {
    let is_name = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    if is_name { Ok(text) } else { Err(format!("`{}` is not the name of a fact.", short(text))) }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_and_conditions_are_all_there_is() {
        let text = "Hi {{ name }}{% if code %} {{code}}{% elif not link %}-{% else %}{{ link }}{% endif %} { } {x";
        assert_eq!(names(text), Ok(vec!["name", "code", "code", "link", "link"]));
        for text in [
            "{{ name|upper }}",
            "{{ name.x }}",
            "{{ 'a' * 9999999 }}",
            "{{ range(1) }}",
            "{{ link|safe }}",
            "{{ }}",
            "{{ name",
            "{% for a in b %}{% endfor %}",
            "{% autoescape false %}",
            "{% include 'x' %}",
            "{% set a = 1 %}",
            "{% raw %}",
            "{% if name",
            "{% if name %}",
            "{% endif %}",
            "{% else %}",
            "{% if name == code %}{% endif %}",
            "{# x #}",
            "{%- if name %}{% endif %}",
        ] {
            assert!(names(text).is_err(), "{text}");
        }
    }
}
