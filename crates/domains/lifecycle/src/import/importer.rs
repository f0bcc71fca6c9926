//! An import as a stream: batch after batch, a result for each row, from wherever the last one ended.

use std::vec;

use ::store::{Db, Origin, StoreError};
use edge::{Failure, LineReader, LineSource, line};
use identity::users::Delegations;
use kernel::{Env, Id, Refusal};
use serde_json::Value;

use super::{
    Import,
    batch::{self, apply},
    error::ImportError,
    event::{ImportFinished, ImportProgressed, ImportStarted},
    model::{ImportLine, ImportState, ImportSummary},
    options::ImportOptions,
    row::Row,
    store,
};

/// How often a batch runs again after somebody took an identifier from under it.
const ATTEMPTS: u32 = 4;

/// Where rows come from.
pub(super) enum Rows {
    Lines(LineReader),
    List(std::iter::Enumerate<vec::IntoIter<Value>>),
}

/// An import that runs while its results are read.
pub struct Importer {
    db: Db,
    env: Env,
    delegations: Delegations,
    origin: Origin,
    id: Id<Import>,
    options: ImportOptions,
    rows: Rows,
    /// Lines up to here have their result already.
    resumed_after: u64,
    summary: ImportSummary,
    stage: Stage,
}

#[derive(PartialEq)]
enum Stage {
    Opening,
    Rows,
    Over,
}

impl Importer {
    /// A new import, or the rest of one that was cut off.
    pub(super) async fn begin(
        db: Db,
        env: Env,
        delegations: Delegations,
        origin: Origin,
        options: ImportOptions,
        resumed: Option<Id<Import>>,
        rows: Rows,
    ) -> Result<Self, ImportError> {
        let mut importer = Self {
            id: resumed.unwrap_or_else(|| env.new_id()),
            db,
            env,
            delegations,
            origin,
            options,
            rows,
            resumed_after: 0,
            summary: ImportSummary::default(),
            stage: Stage::Opening,
        };
        match resumed {
            Some(id) => {
                let found = store::find(&importer.db.read(importer.origin.tenant), id).await?;
                let import = found.ok_or(ImportError::Unknown)?;
                if import.state == ImportState::Finished || import.chunks.is_some() {
                    return Err(ImportError::Finished);
                }
                importer.options = ImportOptions { dry_run: options.dry_run, ..import.options };
                importer.resumed_after = import.summary.lines;
                importer.summary = import.summary;
            }
            None if !options.dry_run => importer.record().await?,
            None => {}
        }
        Ok(importer)
    }

    /// For the command line: the same, of a file.
    pub async fn of_file(
        db: Db,
        env: Env,
        delegations: Delegations,
        origin: Origin,
        options: ImportOptions,
        resumed: Option<Id<Import>>,
        lines: LineReader,
    ) -> Result<Self, ImportError> {
        Self::begin(db, env, delegations, origin, options, resumed, Rows::Lines(lines)).await
    }

    pub fn id(&self) -> Id<Import> {
        self.id
    }

    pub fn summary(&self) -> ImportSummary {
        self.summary
    }

    async fn record(&self) -> Result<(), StoreError> {
        let tx = self.db.begin(self.origin.clone()).await?;
        store::insert(&tx, self.id, ImportState::Running, self.options, self.env.now()).await?;
        let ImportOptions { existing, replace_passwords, .. } = self.options;
        tx.emit(&ImportStarted { import_id: self.id, existing, replace_passwords });
        tx.commit().await
    }

    /// The results of the next batch; `None` once all rows have theirs.
    pub async fn batch(&mut self) -> Result<Option<Vec<ImportLine>>, Failure> {
        let rows = self.gather().await?;
        if rows.is_empty() {
            self.finish().await?;
            return Ok(None);
        }
        let mut attempt = 1;
        let lines = loop {
            match self.carry_out(&rows).await {
                Err(ImportError::Store(StoreError::Conflict { .. } | StoreError::Serialization(_)))
                    if attempt < ATTEMPTS =>
                {
                    attempt += 1;
                }
                result => break result?,
            }
        };
        self.summary = self.summary.plus(ImportSummary::of(&lines));
        Ok(Some(lines))
    }

    async fn carry_out(&self, rows: &[Row]) -> Result<Vec<ImportLine>, ImportError> {
        let tx = self.db.begin(self.origin.clone()).await?;
        let lines = apply(&tx, &self.env, self.delegations, self.options, rows).await?;
        if self.options.dry_run {
            tx.rollback().await;
            return Ok(lines);
        }
        let more = ImportSummary::of(&lines);
        if !store::advance(&tx, self.id, self.summary.lines, more, self.env.now()).await? {
            tx.rollback().await;
            return Err(ImportError::InProgress);
        }
        tx.emit(&ImportProgressed::of(self.id, &lines));
        tx.commit().await?;
        Ok(lines)
    }

    async fn finish(&self) -> Result<(), StoreError> {
        if self.options.dry_run {
            return Ok(());
        }
        let tx = self.db.begin(self.origin.clone()).await?;
        store::finish(&tx, self.id, self.env.now()).await?;
        tx.emit(&ImportFinished::of(self.id, self.summary));
        tx.commit().await
    }

    async fn gather(&mut self) -> Result<Vec<Row>, Refusal> {
        let now = self.env.now();
        let mut rows = Vec::with_capacity(batch::SIZE);
        while rows.len() < batch::SIZE {
            let row = match &mut self.rows {
                Rows::Lines(lines) => match lines.next().await? {
                    None => break,
                    Some(line) if line.number <= self.resumed_after => continue,
                    Some(line) => Row::read(line.number, line.text.as_deref(), now),
                },
                Rows::List(list) => {
                    let Some((index, value)) = list.next() else { break };
                    let number = index as u64 + 1;
                    if number <= self.resumed_after {
                        continue;
                    }
                    Row::read(number, Some(value.to_string().as_bytes()), now)
                }
            };
            rows.push(row);
        }
        Ok(rows)
    }

    fn own_id(&self) -> Option<Id<Import>> {
        (!self.options.dry_run).then_some(self.id)
    }
}

impl LineSource for Importer {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self.stage {
            Stage::Opening => {
                self.stage = Stage::Rows;
                match self.own_id() {
                    Some(id) => Ok(Some(line(&ImportLine { import_id: Some(id), ..ImportLine::default() }))),
                    None => Ok(Some(Vec::new())),
                }
            }
            Stage::Rows => {
                if let Some(lines) = self.batch().await? {
                    return Ok(Some(lines.iter().flat_map(line).collect()));
                }
                self.stage = Stage::Over;
                let last =
                    ImportLine { import_id: self.own_id(), summary: Some(self.summary), ..ImportLine::default() };
                Ok(Some(line(&last)))
            }
            Stage::Over => Ok(None),
        }
    }
}
