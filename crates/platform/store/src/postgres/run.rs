//! Running one statement on one connection.

use std::{future::Future, pin::Pin, time::Duration};

use deadpool_postgres::Object;
use tokio_postgres::{Statement, types::ToSql};

use super::error;
use crate::{EachRow, Row, StoreError, Value, Wanted, call::Call};

/// Prepared once per connection where the set of texts is bounded.
pub(super) async fn prepared(client: &Object, sql: &str, is_cached: bool) -> Result<Statement, StoreError> {
    if is_cached { client.prepare_cached(sql).await } else { client.prepare(sql).await }.map_err(|e| error::map(&e))
}

pub(super) async fn rows(
    client: &Object,
    statement: &Statement,
    call: &Call<'_>,
) -> Result<Vec<tokio_postgres::Row>, StoreError> {
    let tenant = call.tenant.map(|tenant: kernel::TenantId| -> Value<'static> { tenant.into() });
    client.query(statement, &params(tenant.as_ref(), call)).await.map_err(|error| refused(client, &error))
}

/// How many rows were handed over.
pub(super) fn hand_over(rows: &[tokio_postgres::Row], wanted: Wanted, each: EachRow<'_>) -> Result<u64, StoreError> {
    let most = match wanted {
        Wanted::First => 1,
        Wanted::All => rows.len(),
    };
    let mut count = 0;
    for row in rows.iter().take(most) {
        each(&Row::postgres(row))?;
        count += 1;
    }
    Ok(count)
}

/// The number of rows that the statement touched.
pub(super) async fn execute(client: &Object, statement: &Statement, call: &Call<'_>) -> Result<u64, StoreError> {
    let tenant = call.tenant.map(|tenant: kernel::TenantId| -> Value<'static> { tenant.into() });
    client.execute(statement, &params(tenant.as_ref(), call)).await.map_err(|error| refused(client, &error))
}

fn params<'v>(tenant: Option<&'v Value<'v>>, call: &'v Call<'_>) -> Vec<&'v (dyn ToSql + Sync)> {
    let tenant = tenant.map(|value| value as &(dyn ToSql + Sync));
    tenant.into_iter().chain(call.params.iter().map(|value| value as &(dyn ToSql + Sync))).collect()
}

/// A changed table makes every kept plan of this connection suspect.
fn refused(client: &Object, error: &tokio_postgres::Error) -> StoreError {
    let error = error::map(error);
    if error.is_serialization() {
        client.statement_cache.clear();
    }
    error
}

/// The server's own timeout should speak first; this one is for a server that has stopped speaking.
pub(super) async fn within<T>(
    patience: Duration,
    work: impl Future<Output = Result<T, StoreError>>,
) -> Result<T, StoreError> {
    tokio::time::timeout(patience, work)
        .await
        .unwrap_or_else(|_| Err(StoreError::Unavailable("the database does not answer".to_owned())))
}

/// A connection that failed to answer is not handed to the next caller.
pub(super) fn forget_if_unsure<T>(client: Object, result: Result<T, StoreError>) -> Result<T, StoreError> {
    if matches!(result, Err(StoreError::Unavailable(_))) {
        drop(Object::take(client));
    }
    result
}

/// A statement that has only to be waited for.
pub(super) type Sent<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

/// Send the statements in order without waiting for the answers in between: one round trip. Once one is refused, the
/// database refuses the later ones too; the first refusal is the one that says why.
pub(super) async fn pipeline(mut statements: Vec<Sent<'_>>) -> Result<(), StoreError> {
    let mut outcomes: Vec<Option<Result<(), StoreError>>> = statements.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (statement, outcome) in statements.iter_mut().zip(&mut outcomes) {
            if outcome.is_none()
                && let std::task::Poll::Ready(result) = statement.as_mut().poll(context)
            {
                *outcome = Some(result);
            }
        }
        if outcomes.iter().all(Option::is_some) { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
    })
    .await;
    outcomes.into_iter().flatten().collect()
}
