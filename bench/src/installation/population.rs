//! Users in bulk, written past the server while it is stopped: creating a million through the API would take an hour.
//!
//! The one place where the driver knows the product's tables. The rows are those of `POST /v1/users` with an email
//! address and a name.

mod postgres;
mod sqlite;

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Result;

use super::{Facts, Installation};
use crate::load::Driver;

/// Users are created this far apart, so that pages have an order.
const MICROS_APART: i64 = 1_000_000;

impl Installation {
    /// Add so many users to the application. The server must not run.
    pub(crate) fn populate(&self, driver: &Driver, facts: &Facts, count: u32) -> Result<()> {
        let newest = now_micros()?;
        match &self.postgres {
            None => sqlite::fill(&self.database_file(), facts, count, newest),
            Some(url) => driver.run(postgres::fill(url, facts, count, newest)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "rows that were made just now, as the server would date them")]
fn now_micros() -> Result<i64> {
    Ok(i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH)?.as_micros())?)
}

/// When user `number` of `count` was created.
fn created_at(number: u32, count: u32, newest: i64) -> i64 {
    newest - i64::from(count - number) * MICROS_APART
}
