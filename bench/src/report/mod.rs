//! What was found, beside its goals.

mod figure;
mod row;
mod table;
mod verdict;

pub(crate) use self::{
    figure::{Figure, Unit},
    row::{Ceiling, Compared, PeerFigures, Row},
    verdict::Verdict,
};

/// The figures of one store.
pub(crate) struct Report {
    pub(crate) store: String,
    pub(crate) rows: Vec<Row>,
    /// Those that another server answered too.
    pub(crate) compared: Vec<Compared>,
    pub(crate) figures: Vec<Figure>,
}

impl Report {
    /// Nothing that is checked is worse than its goal × 1.25.
    fn is_good(&self) -> bool {
        let compared = self.compared.iter().flat_map(|compared| [compared.row.verdict(), compared.verdict()]);
        let rows = self.rows.iter().map(Row::verdict).chain(compared);
        let figures = self.figures.iter().filter(|figure| figure.is_checked).map(Figure::verdict);
        rows.chain(figures).all(|verdict| verdict != Verdict::Missed)
    }
}

/// Print every report; `false` where a checked figure missed its goal.
pub(crate) fn print(reports: &[Report]) -> bool {
    for report in reports {
        println!("\n### {}\n", report.store);
        for table in [table::requests(&report.rows), table::compared(&report.compared)] {
            if !table.is_empty() {
                println!("{table}");
            }
        }
        print!("{}", table::figures(&report.figures));
    }
    reports.iter().all(Report::is_good)
}
