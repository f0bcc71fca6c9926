//! Escaping for pages: the five signs that HTML needs, so that links stay readable in the source.

use minijinja::{AutoEscape, Error, ErrorKind, Output, State, Value, escape_formatter};

/// As the library's own, which escapes the slash too.
pub(in crate::messaging) fn escape(
    output: &mut Output<'_>,
    state: &mut State<'_, '_>,
    value: &Value,
) -> Result<(), Error> {
    let text = match (state.auto_escape(), value.as_str()) {
        (AutoEscape::Html, Some(text)) if !value.is_safe() => text,
        _ => return escape_formatter(output, state, value),
    };
    let mut rest = text;
    while let Some(at) = rest.find(['&', '<', '>', '"', '\'']) {
        let (plain, tail) = rest.split_at(at);
        let sign = match tail.as_bytes()[0] {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'"' => "&quot;",
            _ => "&#x27;",
        };
        write(output, plain)?;
        write(output, sign)?;
        rest = &tail[1..];
    }
    write(output, rest)
}

fn write(output: &mut Output<'_>, text: &str) -> Result<(), Error> {
    std::fmt::Write::write_str(output, text).map_err(|_| Error::from(ErrorKind::WriteFailure))
}

/// Templates are told apart by their names, which are our own.
pub(in crate::messaging) fn escaping(name: &str) -> AutoEscape {
    match name.rsplit_once('.') {
        Some((_, "html")) => AutoEscape::Html,
        _ => AutoEscape::None,
    }
}
