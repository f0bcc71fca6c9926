//! Lengths of Rust files. A long file is a second subject that has not been named yet.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::{tree, verdict};

/// Lines above which a file is named in the report.
const LONG: usize = 400;
/// Lines above which a file fails the check, unless it is on the list.
const TOO_LONG: usize = 800;
/// Files that were over the limit when it was drawn, each with the length it may not exceed.
const ALLOWED: &str = "xtask/sizes.allow";

pub(crate) fn run() -> Result<ExitCode> {
    let mut lengths = BTreeMap::new();
    for file in tree::files(".rs")? {
        let text = std::fs::read_to_string(tree::root().join(&file))?;
        lengths.insert(file.display().to_string(), text.lines().count());
    }
    let allowed = parse_allowed(&std::fs::read_to_string(tree::root().join(ALLOWED)).unwrap_or_default())?;
    let before = match tree::at_revision("HEAD", ALLOWED) {
        Some(text) => Some(parse_allowed(&text)?),
        None => None,
    };

    println!("{} Rust files, median {} lines", lengths.len(), median(&lengths));
    for (file, lines) in lengths.iter().filter(|(_, lines)| (LONG + 1..=TOO_LONG).contains(*lines)) {
        println!("warning: {file}: {lines} lines, over {LONG}");
    }
    let mut offences = judge(&lengths, &allowed);
    offences.extend(before.iter().flat_map(|before| growth(before, &allowed)));
    for offence in &offences {
        println!("error: {offence}");
    }
    Ok(verdict(offences.len()))
}

/// Lines `path length`; empty lines and `#` comments are skipped.
fn parse_allowed(text: &str) -> Result<BTreeMap<String, usize>> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(|line| {
            let (path, length) = line.rsplit_once(' ').with_context(|| format!("{ALLOWED}: no length in `{line}`"))?;
            Ok((path.trim().to_owned(), length.parse().with_context(|| format!("{ALLOWED}: `{line}`"))?))
        })
        .collect()
}

fn median(lengths: &BTreeMap<String, usize>) -> usize {
    let mut sorted: Vec<usize> = lengths.values().copied().collect();
    sorted.sort_unstable();
    sorted.get(sorted.len() / 2).copied().unwrap_or(0)
}

fn judge(lengths: &BTreeMap<String, usize>, allowed: &BTreeMap<String, usize>) -> Vec<String> {
    let mut offences = Vec::new();
    for (file, &lines) in lengths.iter().filter(|(_, lines)| **lines > TOO_LONG) {
        match allowed.get(file) {
            None => offences.push(format!("{file}: {lines} lines, over {TOO_LONG}: split it by meaning")),
            Some(&limit) if lines > limit => offences.push(format!("{file}: grew to {lines} lines, allowed {limit}")),
            Some(_) => {}
        }
    }
    for file in allowed.keys().filter(|file| lengths.get(*file).is_none_or(|&lines| lines <= TOO_LONG)) {
        offences.push(format!("{ALLOWED}: {file} no longer needs its line: {}", reason(file, lengths)));
    }
    offences
}

fn reason(file: &str, lengths: &BTreeMap<String, usize>) -> &'static str {
    match lengths.get(file) {
        Some(_) => "it is short enough",
        None if Path::new(file).extension().is_some_and(|extension| extension == "rs") => "it is gone",
        None => "it is not a Rust file",
    }
}

/// The list only shrinks: entries that the last commit did not have, or that it held to fewer lines.
fn growth(before: &BTreeMap<String, usize>, now: &BTreeMap<String, usize>) -> Vec<String> {
    now.iter()
        .filter(|(file, limit)| before.get(*file).is_none_or(|earlier| *limit > earlier))
        .map(|(file, limit)| format!("{ALLOWED}: `{file} {limit}` is new or larger: the list only shrinks"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: &[(&str, usize)]) -> BTreeMap<String, usize> {
        rows.iter().map(|(file, lines)| ((*file).to_owned(), *lines)).collect()
    }

    #[test]
    fn a_file_over_the_limit_is_an_offence_unless_listed_at_that_length() {
        let lengths = map(&[("a.rs", 801), ("b.rs", 800)]);
        assert_eq!(judge(&lengths, &map(&[])).len(), 1);
        assert_eq!(judge(&lengths, &map(&[("a.rs", 801)])), Vec::<String>::new());
        assert!(judge(&lengths, &map(&[("a.rs", 800)]))[0].contains("grew to 801"));
    }

    #[test]
    fn a_line_that_is_no_longer_needed_must_go() {
        let offences = judge(&map(&[("a.rs", 10)]), &map(&[("a.rs", 900), ("gone.rs", 900)]));
        assert!(offences[0].contains("short enough"), "{offences:?}");
        assert!(offences[1].contains("is gone"), "{offences:?}");
    }

    #[test]
    fn the_list_only_shrinks() {
        let before = map(&[("a.rs", 900), ("b.rs", 900)]);
        assert!(growth(&before, &map(&[("a.rs", 850)])).is_empty());
        assert_eq!(growth(&before, &map(&[("a.rs", 901), ("c.rs", 850)])).len(), 2);
    }

    #[test]
    fn the_list_is_read_with_comments_and_refuses_a_line_without_length() {
        let parsed = parse_allowed("# why\n\ncrates/a b.rs 812\n").expect("well-formed");
        assert_eq!(parsed, map(&[("crates/a b.rs", 812)]));
        assert!(parse_allowed("crates/a.rs").is_err());
    }

    #[test]
    fn the_median_of_an_even_number_is_the_upper_middle() {
        assert_eq!(median(&map(&[("a", 1), ("b", 3), ("c", 5), ("d", 7)])), 5);
        assert_eq!(median(&map(&[])), 0);
    }
}
