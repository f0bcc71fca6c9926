//! Migrations on PostgreSQL: under an advisory lock, so that many nodes may start at once.

use deadpool_postgres::Object;

use super::{Postgres, error, tenant_wall};
use crate::{Migration, MigrationStep, StoreError, migration};

/// Any number that nobody else uses: "portcull" in ASCII.
const LOCK: i64 = 0x706f_7274_6375_6c6c;

const TABLE: &str = "create table if not exists schema_migrations (\
    id text primary key, digest bytea not null, applied_at bigint not null)";

impl Postgres {
    pub(crate) async fn migrate(
        &self,
        migrations: &[Migration],
        now: i64,
        on_step: &mut (dyn FnMut(MigrationStep) + Send),
    ) -> Result<Vec<&'static str>, StoreError> {
        // Taken out of the pool: when it is dropped, the lock and the settings go with the connection.
        let client = Object::take(self.connection().await?);
        let run = async |sql: &str| client.batch_execute(sql).await.map_err(|error| error::map(&error));
        run("set statement_timeout = 0; set portcullis.tenant = '*'").await?;
        run(&format!("select pg_advisory_lock({LOCK})")).await?;
        run(TABLE).await?;
        let mut applied = Vec::new();
        for migration in migrations {
            let id = migration.id;
            let found = client
                .query_opt("select digest from schema_migrations where id = $1", &[&id])
                .await
                .map_err(|error| error::map(&error))?;
            if let Some(row) = found {
                migration.check(&row.try_get::<_, Vec<u8>>(0).map_err(|error| error::map(&error))?)?;
                on_step(MigrationStep::Skipped { id });
                continue;
            }
            on_step(MigrationStep::Applying { id });
            run("begin").await?;
            // Dropped on failure, the connection rolls back.
            run(&migration.for_postgres()).await.map_err(|error| StoreError::Migration(format!("{id}: {error}")))?;
            client
                .execute(
                    "insert into schema_migrations (id, digest, applied_at) values ($1, $2, $3)",
                    &[&id, &migration.digest(), &now],
                )
                .await
                .map_err(|error| error::map(&error))?;
            tenant_wall::build(&client).await?;
            run("commit").await?;
            on_step(MigrationStep::Applied { id });
            applied.push(id);
        }
        Ok(applied)
    }

    /// Ids and digests of what was applied.
    pub(crate) async fn applied(&self) -> Result<Vec<migration::Applied>, StoreError> {
        let client = self.connection().await?;
        let exists = client
            .query_one("select to_regclass('schema_migrations') is not null", &[])
            .await
            .and_then(|row| row.try_get::<_, bool>(0))
            .map_err(|error| error::map(&error))?;
        if !exists {
            return Ok(Vec::new());
        }
        let rows = client
            .query("select id, digest from schema_migrations order by id", &[])
            .await
            .map_err(|error| error::map(&error))?;
        rows.iter()
            .map(|row| Ok(migration::Applied { id: row.try_get(0)?, digest: row.try_get(1)? }))
            .collect::<Result<_, _>>()
            .map_err(|error| error::map(&error))
    }
}
