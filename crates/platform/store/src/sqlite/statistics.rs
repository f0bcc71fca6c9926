//! What the planner is told about the tables: not what they hold today, but what they are like when they have grown.
//!
//! Without statistics SQLite takes it that any first column of an index leaves ten rows
//! (<https://www.sqlite.org/fileformat2.html#stat1tab>). Here the first column is the tenant of every key, which leaves nearly all of
//! them, and a plan that trusts in ten rows reads whatever the tenant has. Measured statistics would have plans change with the data;
//! these are the same for every database, so that a test can look at the plan of each statement.

use rusqlite::{Connection, params};

use super::{Sqlite, error};
use crate::StoreError;

/// Rows of a table that has grown.
const ROWS: u64 = 1_000_000;
/// Values that a column takes in them.
const TENANTS: u64 = 5;
const FEW: u64 = 100;
const MANY: u64 = 100_000;
/// A partial index is there because it is the smaller one.
const PARTIAL: u64 = 10;

/// Columns of which many rows share a value, whatever table they stand in.
const SHARED: [&str; 8] = ["actor_kind", "client_id", "kind", "origin", "outcome", "state", "target_kind", "type"];

/// Of one index, or of the table itself where that is sorted by its key.
#[derive(Debug, PartialEq, Eq)]
struct Statistic {
    table: String,
    index: String,
    /// Rows in all, then those that share the first column, the first two, and so on.
    counts: String,
}

impl Sqlite {
    /// Tell the planner of every index that there is. Once the migrations are through.
    pub(crate) async fn describe(&self) -> Result<(), StoreError> {
        let is_news =
            self.writer.migrate(|connection| describe(connection).map_err(|e| error::map(connection, &e))).await?;
        if is_news {
            // They have read the statistics together with the schema.
            self.readers.close_idle();
        }
        Ok(())
    }
}

/// `false` where it knew.
fn describe(connection: &Connection) -> rusqlite::Result<bool> {
    // Makes the table of statistics where it is missing, and analyzes nothing.
    connection.execute_batch("analyze sqlite_schema")?;
    let statistics = statistics(connection)?;
    if statistics == told(connection)? {
        return Ok(false);
    }
    connection.execute("delete from sqlite_stat1", ())?;
    let mut insert = connection.prepare("insert into sqlite_stat1 (tbl, idx, stat) values (?1, ?2, ?3)")?;
    for Statistic { table, index, counts } in &statistics {
        insert.execute(params![table, index, counts])?;
    }
    connection.execute_batch("analyze sqlite_schema")?;
    Ok(true)
}

fn told(connection: &Connection) -> rusqlite::Result<Vec<Statistic>> {
    let mut statement = connection.prepare("select tbl, idx, stat from sqlite_stat1 order by tbl, idx")?;
    let rows =
        statement.query_map((), |row| Ok(Statistic { table: row.get(0)?, index: row.get(1)?, counts: row.get(2)? }))?;
    rows.collect()
}

fn statistics(connection: &Connection) -> rusqlite::Result<Vec<Statistic>> {
    let mut statement = connection.prepare(
        "select t.name, case when i.origin = 'pk' and t.wr then t.name else i.name end, i.\"unique\", i.partial,
                (select group_concat(name) from (select name from pragma_index_info(i.name) order by seqno))
           from pragma_table_list t, pragma_index_list(t.name) i
          where t.type = 'table' and t.schema = 'main'
          order by 1, 2",
    )?;
    let rows = statement.query_map((), |row| {
        let columns: String = row.get(4)?;
        let counts = counts(columns.split(','), row.get(2)?, row.get(3)?);
        Ok(Statistic { table: row.get(0)?, index: row.get(1)?, counts })
    })?;
    rows.collect()
}

fn counts<'a>(columns: impl Iterator<Item = &'a str>, is_unique: bool, is_partial: bool) -> String {
    let rows = if is_partial { ROWS / PARTIAL } else { ROWS };
    let mut counts = vec![rows];
    let mut sharing = rows;
    for column in columns {
        sharing = (sharing / values_of(column)).max(2);
        counts.push(sharing);
    }
    if let Some(last) = counts.last_mut().filter(|_| is_unique) {
        *last = 1;
    }
    counts.iter().map(u64::to_string).collect::<Vec<_>>().join(" ")
}

fn values_of(column: &str) -> u64 {
    match column {
        "tenant_id" => TENANTS,
        shared if SHARED.contains(&shared) => FEW,
        _ => MANY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tenant_of_a_key_says_little_and_the_whole_key_everything() {
        assert_eq!(counts(["tenant_id", "user_id"].into_iter(), true, false), "1000000 200000 1");
        assert_eq!(counts(["tenant_id", "type", "id"].into_iter(), false, false), "1000000 200000 2000 2");
        assert_eq!(counts(["tenant_id", "id"].into_iter(), false, true), "100000 20000 2");
    }

    #[test]
    fn the_planner_goes_by_what_it_was_told() {
        let connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch(
                "create table toys (tenant_id blob, id blob, cat_id blob, primary key (tenant_id, id)) without rowid;
                 create index toys_by_cat on toys (tenant_id, cat_id);",
            )
            .unwrap();
        let plan = || -> String {
            let sql = "explain query plan select * from toys where tenant_id = ?1 and cat_id = ?2";
            connection.query_row(sql, ("", ""), |row| row.get("detail")).unwrap()
        };
        assert!(describe(&connection).unwrap());
        assert_eq!(plan(), "SEARCH toys USING COVERING INDEX toys_by_cat (tenant_id=? AND cat_id=?)");
        assert!(!describe(&connection).unwrap(), "it knows");

        connection.execute_batch("create index toys_by_id on toys (id)").unwrap();
        assert!(describe(&connection).unwrap(), "one more index");
        assert_eq!(told(&connection).unwrap(), statistics(&connection).unwrap());
    }
}
