//! How much of the contract the server serves, read from the generated `OpenAPI` documents.
//!
//! The total is recorded in `contract/served.txt` and only rises: a check fails when fewer rows are served than were
//! recorded, and when more are served than recorded (so that the gain cannot be lost again unseen).

use std::collections::BTreeSet;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::Value;

use crate::{tree, verdict};

const RECORD: &str = "contract/served.txt";

/// Each surface's table and the document that must serve it.
const SURFACES: &[(&str, &str, &str)] = &[
    ("platform", "contract/platform.tsv", "openapi/platform.json"),
    ("data plane", "contract/data-plane.tsv", "openapi/data-plane.json"),
];

const METHODS: &[&str] = &["get", "post", "put", "patch", "delete"];

#[derive(Args)]
pub(crate) struct Options {
    /// Record the total in contract/served.txt (refused when it is lower)
    #[arg(long)]
    update: bool,
    /// Name each row that is not served yet
    #[arg(long)]
    missing: bool,
}

/// One line of a contract table: category, method and path (caller, scope and summary are not compared here).
#[derive(Debug, PartialEq, Eq)]
struct Row {
    category: String,
    method: String,
    path: String,
}

/// What a document says about one row.
#[derive(Debug, PartialEq, Eq)]
enum Standing {
    Served,
    /// The same path, with its parameters named differently: SDKs would carry the wrong name for ever.
    OtherName(String),
    Missing,
}

pub(crate) fn run(options: &Options) -> Result<ExitCode> {
    let mut served = 0;
    let mut of = 0;
    for (surface, table, document) in SURFACES {
        let rows = parse(&read(table)?).with_context(|| format!("in {table}"))?;
        let operations = operations(&serde_json::from_str(&read(document)?).with_context(|| format!("in {document}"))?);
        served += report(surface, &rows, &operations, options.missing);
        of += rows.len();
    }
    let recorded: usize = read(RECORD)?.trim().parse().with_context(|| format!("{RECORD} is not a number"))?;
    println!("total: {served} of {of} rows served, {recorded} recorded");
    match (served.cmp(&recorded), options.update) {
        (std::cmp::Ordering::Less, _) => bail!("{} rows that were served are gone", recorded - served),
        (std::cmp::Ordering::Equal, _) => Ok(verdict(0)),
        (std::cmp::Ordering::Greater, true) => {
            tree::write(RECORD, &format!("{served}\n"))?;
            Ok(verdict(0))
        }
        (std::cmp::Ordering::Greater, false) => {
            bail!("{} more rows are served than recorded: run `cargo xtask contract --update`", served - recorded)
        }
    }
}

fn read(path: &str) -> Result<String> {
    std::fs::read_to_string(tree::root().join(path)).with_context(|| format!("cannot read {path}"))
}

/// Reads a tab-separated table with a header line; the columns are `category|group method path ...`.
fn parse(table: &str) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for line in table.lines().skip(1).filter(|line| !line.trim().is_empty()) {
        let mut cells = line.split('\t');
        let (Some(category), Some(method), Some(path)) = (cells.next(), cells.next(), cells.next()) else {
            bail!("fewer than three columns: `{line}`");
        };
        rows.push(Row { category: category.to_owned(), method: method.to_owned(), path: path.to_owned() });
    }
    Ok(rows)
}

/// `METHOD path` of every operation of a document.
fn operations(document: &Value) -> BTreeSet<String> {
    let paths = document["paths"].as_object().into_iter().flatten();
    paths
        .flat_map(|(path, item)| {
            METHODS
                .iter()
                .filter(|method| item.get(**method).is_some())
                .map(move |method| format!("{} {path}", method.to_uppercase()))
        })
        .collect()
}

fn standing(row: &Row, operations: &BTreeSet<String>) -> Standing {
    let wanted = format!("{} {}", row.method, row.path);
    if operations.contains(&wanted) {
        return Standing::Served;
    }
    let shape = nameless(&wanted);
    match operations.iter().find(|operation| nameless(operation) == shape) {
        Some(other) => Standing::OtherName(other.clone()),
        None => Standing::Missing,
    }
}

/// The path with its parameters' names taken out: `/v1/users/{}`.
fn nameless(path: &str) -> String {
    path.split('/').map(|segment| if segment.starts_with('{') { "{}" } else { segment }).collect::<Vec<_>>().join("/")
}

/// Prints served and wanted per category, in the table's order; returns how many are served.
fn report(surface: &str, rows: &[Row], operations: &BTreeSet<String>, name_missing: bool) -> usize {
    let mut total = 0;
    let mut categories: Vec<&str> = Vec::new();
    for row in rows.iter().filter(|row| !row.category.is_empty()) {
        if !categories.contains(&row.category.as_str()) {
            categories.push(&row.category);
        }
    }
    println!("{surface}");
    for category in categories {
        let members: Vec<&Row> = rows.iter().filter(|row| row.category == category).collect();
        let standings: Vec<(&Row, Standing)> = members.iter().map(|row| (*row, standing(row, operations))).collect();
        let served = standings.iter().filter(|(_, standing)| *standing == Standing::Served).count();
        println!("  {category:<22} {served:>3} of {:>3}", members.len());
        for (row, standing) in &standings {
            match standing {
                Standing::OtherName(other) => println!("    {} {} is served as {other}", row.method, row.path),
                Standing::Missing if name_missing => println!("    {} {}", row.method, row.path),
                Standing::Served | Standing::Missing => {}
            }
        }
        total += served;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(method: &str, path: &str) -> Row {
        Row { category: "Users".to_owned(), method: method.to_owned(), path: path.to_owned() }
    }

    #[test]
    fn both_tables_of_the_project_are_read_whole() {
        let platform = parse(include_str!("../../contract/platform.tsv")).expect("platform table");
        let data_plane = parse(include_str!("../../contract/data-plane.tsv")).expect("data plane table");
        assert_eq!((platform.len(), data_plane.len()), (225, 121));
        assert!(platform.iter().chain(&data_plane).all(|row| METHODS.contains(&row.method.to_lowercase().as_str())));
    }

    #[test]
    fn a_row_is_served_under_its_own_method_path_and_parameter_names_only() {
        let document = json!({ "paths": {
            "/v1/users/{user_id}": { "get": {}, "parameters": [] },
            "/v1/keys/{id}": { "delete": {} },
        }});
        let operations = operations(&document);
        assert_eq!(operations.len(), 2, "`parameters` is not an operation");
        assert_eq!(standing(&row("GET", "/v1/users/{user_id}"), &operations), Standing::Served);
        assert_eq!(standing(&row("POST", "/v1/users/{user_id}"), &operations), Standing::Missing);
        let other = Standing::OtherName("DELETE /v1/keys/{id}".to_owned());
        assert_eq!(standing(&row("DELETE", "/v1/keys/{api_key_id}"), &operations), other);
    }

    #[test]
    fn a_table_with_a_broken_line_is_refused() {
        assert!(parse("category\tmethod\tpath\nUsers\tGET\n").is_err());
    }
}
