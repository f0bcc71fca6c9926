//! Tables in Markdown, aligned for a terminal.

use std::fmt::Write;

use super::{Compared, Figure, PeerFigures, Row};

pub(super) fn requests(rows: &[Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let heads = [
        "kind",
        "req/s",
        "p50 ms",
        "p99 ms",
        "core %",
        "CPU µs",
        "of database",
        "ceiling µs",
        "ceiling",
        "ratio",
        "goal",
        "",
    ];
    let cells = rows.iter().map(|row| {
        let summary = &row.summary;
        let ceiling = |show: fn(&super::Ceiling) -> String| row.ceiling.as_ref().map_or_else(String::new, show);
        [
            row.kind.to_owned(),
            format!("{:.0}", summary.per_second),
            format!("{:.2}", summary.p50),
            format!("{:.2}", summary.p99),
            format!("{:.0}", summary.busy),
            format!("{:.1}", summary.cpu),
            if summary.cpu_of_database > 0.0 { format!("{:.1}", summary.cpu_of_database) } else { String::new() },
            ceiling(|ceiling| format!("{:.1}", ceiling.cpu)),
            ceiling(|ceiling| ceiling.what.to_owned()),
            row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            ceiling(|ceiling| ceiling.goal.map_or_else(String::new, |goal| format!("{goal:.2}"))),
            row.verdict().word().to_owned(),
        ]
    });
    table(heads, cells)
}

pub(super) fn compared(rows: &[Compared]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let heads = [
        "kind",
        "req/s",
        "p50 ms",
        "p99 ms",
        "core %",
        "CPU µs",
        "of database",
        "ceiling µs",
        "ceiling",
        "ratio",
        "goal",
        "",
        "peer µs",
        "peer req/s",
        "peer p99",
        "× faster",
        "goal",
        "",
    ];
    let cells = rows.iter().map(|compared| {
        let Compared { row, peer } = compared;
        let (summary, ceiling) = (&row.summary, row.ceiling.as_ref());
        let peers = |show: fn(&PeerFigures) -> String| peer.as_ref().map_or_else(String::new, show);
        let ceilings = |show: fn(&super::Ceiling) -> String| ceiling.map_or_else(String::new, show);
        [
            row.kind.to_owned(),
            format!("{:.0}", summary.per_second),
            format!("{:.2}", summary.p50),
            format!("{:.2}", summary.p99),
            format!("{:.0}", summary.busy),
            format!("{:.1}", summary.cpu),
            if summary.cpu_of_database > 0.0 { format!("{:.1}", summary.cpu_of_database) } else { String::new() },
            ceilings(|ceiling| format!("{:.1}", ceiling.cpu)),
            ceilings(|ceiling| ceiling.what.to_owned()),
            row.ratio().map_or_else(String::new, |ratio| format!("{ratio:.2}")),
            ceilings(|ceiling| ceiling.goal.map_or_else(String::new, |goal| format!("{goal:.2}"))),
            row.verdict().word().to_owned(),
            peers(|peer| format!("{:.0}", peer.cpu)),
            peers(|peer| format!("{:.0}", peer.per_second)),
            peers(|peer| format!("{:.0}", peer.p99)),
            compared.faster().map_or_else(String::new, |faster| format!("{faster:.1}")),
            peers(|peer| peer.goal.map_or_else(String::new, |goal| format!("{goal:.0}"))),
            compared.verdict().word().to_owned(),
        ]
    });
    table(heads, cells)
}

pub(super) fn figures(figures: &[Figure]) -> String {
    let cells = figures.iter().map(|figure| {
        [
            figure.name.to_owned(),
            figure.unit.show(figure.found),
            figure.goal.map_or_else(String::new, |goal| {
                format!("{} {}", if figure.is_floor { '≥' } else { '≤' }, figure.unit.show(goal))
            }),
            figure.verdict().word().to_owned(),
            figure.note.clone(),
        ]
    });
    table(["figure", "found", "goal", "", "note"], cells)
}

/// The first column and notes are text; all others are numbers and stand to the right.
fn table<const N: usize>(heads: [&str; N], cells: impl Iterator<Item = [String; N]>) -> String {
    let lines: Vec<[String; N]> = std::iter::once(heads.map(str::to_owned)).chain(cells).collect();
    let widths: Vec<usize> =
        (0..N).map(|column| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0)).collect();
    let is_text = |column: usize| matches!(heads[column], "kind" | "figure" | "note" | "ceiling" | "");
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for (column, cell) in line.iter().enumerate() {
            let width = widths[column];
            // Writing to a string does not fail.
            let _ = if is_text(column) { write!(text, "| {cell:<width$} ") } else { write!(text, "| {cell:>width$} ") };
        }
        text.push_str("|\n");
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let dashes = "-".repeat(width + 1);
                let _ = if is_text(column) { write!(text, "|{dashes}-") } else { write!(text, "|{dashes}:") };
            }
            text.push_str("|\n");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Unit;

    #[test]
    fn a_table_is_markdown_and_aligned() {
        let rows = [
            Figure::new("resident", 40.0, Unit::Mebibytes).at_most(36.0).note("x"),
            Figure::new("start", 8.0, Unit::Milliseconds).at_most(100.0),
        ];
        let expected = "\
| figure   |    found |       goal |       | note |
|----------|---------:|-----------:|-------|------|
| resident | 40.0 MiB | ≤ 36.0 MiB | close | x    |
| start    |  8.00 ms |   ≤ 100 ms | ok    |      |
";
        assert_eq!(figures(&rows), expected);
    }
}
