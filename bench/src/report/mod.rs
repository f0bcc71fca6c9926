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
    /// Nothing that is checked is worse than its goal × 1.25. The goals are those of an embedded database: what waits for one of its own
    /// is shown beside them, and not checked.
    fn is_good(&self) -> bool {
        let compared = self.compared.iter().flat_map(|compared| [compared.row.verdict(), compared.verdict()]);
        let rows = self.rows.iter().filter(|row| !row.asks_a_database()).map(Row::verdict).chain(compared);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Summary;

    fn is_good(cpu_of_database: f64, figure: Figure) -> bool {
        let (per_second, p50, p99, busy) = (1_000.0, 1.0, 2.0, 99.0);
        let summary = Summary { per_second, p50, p99, cpu: 30.0, cpu_beside_hash: 30.0, cpu_of_database, busy };
        let ceiling = Some(Ceiling { what: "bare reply", cpu: 10.0, goal: Some(2.0) });
        let row = Row { kind: "a kind", summary, ceiling, is_hashing: false };
        Report { store: String::new(), rows: vec![row], compared: Vec::new(), figures: vec![figure] }.is_good()
    }

    #[test]
    fn what_misses_its_goal_is_bad_unless_a_database_of_its_own_is_asked() {
        let ok = || Figure::new("ok", 1.0, Unit::Mebibytes).at_most(1.0);
        assert!(!is_good(0.0, ok()), "three times the ceiling, where twice is allowed");
        assert!(!is_good(0.3, ok()), "that little it does by itself");
        assert!(is_good(9.0, ok()));
        let missed = || Figure::new("missed", 2.0, Unit::Mebibytes).at_most(1.0);
        assert!(!is_good(9.0, missed()));
        assert!(is_good(9.0, missed().checked_if(false)));
    }
}
