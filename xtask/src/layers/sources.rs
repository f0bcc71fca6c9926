//! The same rule read from the sources: a lower layer that writes `axum::` has reached it through somebody's
//! re-export, which no manifest shows.

use std::path::Path;

use anyhow::Result;

use super::rules::{IO_LIBRARIES, Layer};
use crate::tree;

pub(super) fn offences() -> Result<Vec<String>> {
    let mut found = Vec::new();
    for file in tree::files(".rs")? {
        if !is_bound(&file) {
            continue;
        }
        let text = std::fs::read_to_string(tree::root().join(&file))?;
        for (number, library) in named(&text) {
            found.push(format!("{}:{number}: names {library}; only platform, server and tests may", file.display()));
        }
    }
    Ok(found)
}

/// `crates/base/macros` is excused: the code it writes is compiled in the crate that calls it, and is judged there.
fn is_bound(file: &Path) -> bool {
    let layer = file.to_str().and_then(Layer::of);
    layer.is_some_and(|layer| !layer.may_do_io()) && !file.starts_with("crates/base/macros")
}

/// Lines that use a path through one of the libraries, with the library's name as Rust spells it.
fn named(text: &str) -> Vec<(usize, String)> {
    let libraries: Vec<String> = IO_LIBRARIES.iter().map(|name| name.replace('-', "_")).collect();
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default();
        found.extend(libraries.iter().filter(|name| uses_path(code, name)).map(|name| (index + 1, name.clone())));
    }
    found
}

/// Whether `code` holds `name::` as a path segment, and not as the tail of a longer word.
fn uses_path(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let is_word_before = code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        !is_word_before && code[at + name.len()..].starts_with("::")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_through_a_library_is_found_with_its_line() {
        assert_eq!(named("use serde::Serialize;\nfn f() { edge::axum::serve() }\n"), [(2, "axum".to_owned())]);
    }

    #[test]
    fn comments_and_longer_words_are_not_uses() {
        assert!(named("/// unlike tokio::spawn\n// axum::Router\nuse my_tokio::x; let axum = 1;").is_empty());
        assert!(named("use tokio_like::Thing;").is_empty());
    }

    #[test]
    fn the_macros_crate_and_the_upper_layers_are_not_bound() {
        assert!(is_bound(Path::new("crates/domains/identity/src/users/mod.rs")));
        assert!(is_bound(Path::new("crates/base/kernel/src/lib.rs")));
        assert!(!is_bound(Path::new("crates/base/macros/src/lib.rs")));
        assert!(!is_bound(Path::new("crates/platform/edge/src/lib.rs")));
        assert!(!is_bound(Path::new("tests/it/main.rs")));
    }
}
