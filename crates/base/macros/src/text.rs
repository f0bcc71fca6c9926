//! Doc comments as text.

use syn::{Attribute, Expr, ExprLit, Lit, Meta};

/// First paragraph and the rest.
pub(crate) fn summary_and_description(attributes: &[Attribute]) -> (String, String) {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| match &attribute.meta {
            Meta::NameValue(pair) => match &pair.value {
                Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value().trim().to_owned()),
                _ => None,
            },
            _ => None,
        })
        .collect();
    let blank = lines.iter().position(String::is_empty).unwrap_or(lines.len());
    let (first, rest) = lines.split_at(blank);
    (first.join(" "), paragraphs(rest))
}

/// Lines of one paragraph are joined, paragraphs stay apart.
fn paragraphs(lines: &[String]) -> String {
    lines
        .split(String::is_empty)
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| paragraph.join(" "))
        .collect::<Vec<_>>()
        .join("\n\n")
}
