//! Is an own text fit to be kept? Everything that is wrong with it is said at once.

use super::{OwnText, fill, grammar, markup};
use crate::{
    messaging::{Template, render::Facts},
    settings::Flaws,
};

const LONGEST_SUBJECT: usize = 200;
const LARGEST_HTML: usize = 64 * 1_024;
const LARGEST_TEXT: usize = 16 * 1_024;
const LONGEST_SMS: usize = 480;

/// `samples` are facts to try it with.
pub(in crate::messaging) fn check(flaws: &mut Flaws, template: Template, own: &OwnText, samples: &Facts) {
    let fields = [
        ("subject", &own.subject, LONGEST_SUBJECT, false),
        ("html", &own.html, LARGEST_HTML, true),
        ("text", &own.plain, LARGEST_TEXT, true),
        ("sms", &own.sms, LONGEST_SMS, true),
    ];
    for (field, text, longest, must_serve) in fields {
        let Some(text) = text.as_deref() else { continue };
        if text.trim().is_empty() || text.len() > longest {
            flaws.add(field, "invalid", format!("1 to {longest} bytes."));
        } else {
            check_one(flaws, template, field, text, must_serve, samples);
        }
    }
    if own.subject.as_deref().is_some_and(|subject| subject.chars().any(char::is_control)) {
        flaws.add("subject", "invalid", "One line.");
    }
    if own.subject.as_deref().is_some_and(|subject| {
        subject.contains("link") && grammar::names(subject).is_ok_and(|names| names.contains(&"link"))
    }) {
        flaws.add("subject", "invalid", "A link has no place in a subject.");
    }
}

fn check_one(flaws: &mut Flaws, template: Template, field: &str, text: &str, must_serve: bool, samples: &Facts) {
    let names = match grammar::names(text) {
        Ok(names) => names,
        Err(fault) => return flaws.add(field, "invalid", fault),
    };
    if let Some(stranger) = names.iter().find(|name| !template.variables().any(|known| known == **name)) {
        let known: Vec<_> = template.variables().collect();
        return flaws.add(
            field,
            "unknown_fact",
            format!("There is no fact `{stranger}`; there are {}.", known.join(", ")),
        );
    }
    if must_serve && !template.is_served_by(|needed| names.contains(&needed)) {
        let needed: Vec<_> = template.needs().iter().map(|needed| needed.replace('|', " or ")).collect();
        return flaws.add(field, "lacks_fact", format!("Names {}, or the message is of no use.", needed.join(", ")));
    }
    if field == "html"
        && let Some(fault) = markup::fault(text)
    {
        return flaws.add(field, "invalid", fault);
    }
    let name = if field == "html" { "own.html" } else { "own.txt" };
    match fill(name, text, samples) {
        None => flaws.add(field, "invalid", "Can't be rendered."),
        // A fact between quotes where it breaks out of them, or in a place where it is read as markup.
        Some(html) if field == "html" && (html.contains(HOSTILE) || markup_fault_of(&html).is_some()) => {
            flaws.add(field, "invalid", "A fact stands where it could be read as markup.");
        }
        Some(_) => {}
    }
}

/// Never left in a page that escapes what it is given.
const HOSTILE: &str = "\"'><b onclick=";

/// The links and images of a page that is filled are the application's own and were looked at before.
fn markup_fault_of(html: &str) -> Option<String> {
    markup::fault(html).filter(|fault| !fault.starts_with("A link is") && !fault.starts_with("The only image"))
}

/// Facts to try a text with: everything that is free is hostile.
pub(in crate::messaging) fn hostile(samples: Facts) -> Facts {
    ["name", "inviter", "organization", "device", "location", "app_name"].into_iter().fold(samples, |facts, name| {
        let text = format!("Ada {HOSTILE}");
        if facts.get(name).is_some() { facts.with(name, &text) } else { facts }
    })
}
