//! `portcullis users`

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    pin::Pin,
    process::ExitCode,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context as Waking, Poll},
};

use anyhow::{Context, bail};
use axum::body::Body;
use clap::{Args, Subcommand, ValueEnum};
use edge::LineReader;
use hyper::body::{Bytes, Frame};
use kernel::{Id, TenantId, ports::TenantDirectory};
use lifecycle::{Existing, ExportWalk, Import, ImportLine, ImportOptions, ImportStatus, Importer};
use store::{Db, Origin};
use tenancy::Tenants;

use super::{alone, say};
use crate::{
    boot,
    config::{Config, StoreFlags},
    env,
    modules::DELEGATIONS,
    progress::Progress,
};

#[derive(Subcommand)]
pub(super) enum Users {
    /// Import users from a file of lines (NDJSON), with the password hashes of their former system
    ///
    /// Each line is a user; what is wrong with one is printed and stops no other. Exit code 1 where a row failed. May run beside the
    /// server, and be interrupted: `--resume` goes on where it stopped.
    #[command(
        after_help = "Examples:\n  portcullis users import --data /var/lib/portcullis --dry-run users.ndjson\n  portcullis users import --data /var/lib/portcullis --existing update users.ndjson\n\ndocs/import-and-export.md shows the fields and the hashes."
    )]
    Import(ImportUsers),
    /// Write all users to a file of lines (NDJSON), which an import takes as it is
    #[command(
        after_help = "Example:\n  portcullis users export --data /var/lib/portcullis --include-password-hashes users.ndjson\n\nThe file is its owner's alone (mode 600)."
    )]
    Export(ExportUsers),
}

#[derive(Args)]
pub(super) struct ImportUsers {
    /// The file; `-` reads standard input
    file: PathBuf,
    /// The application, by its id; without it the first one
    #[arg(long, value_name = "ID")]
    application: Option<TenantId>,
    /// What becomes of rows whose user is there already
    #[arg(long, default_value = "skip")]
    existing: WhatExists,
    /// Put the hashes of rows over the passwords of users who have one
    #[arg(long)]
    replace_passwords: bool,
    /// Say what would become of each row, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Go on with an import that was interrupted, by the id that it printed
    #[arg(long, value_name = "ID")]
    resume: Option<Id<Import>>,
    #[command(flatten)]
    flags: StoreFlags,
}

#[derive(Args)]
pub(super) struct ExportUsers {
    /// The new file, which is not overwritten; `-` writes to standard output
    file: PathBuf,
    /// The application, by its id; without it the first one
    #[arg(long, value_name = "ID")]
    application: Option<TenantId>,
    /// With the hashes of passwords
    #[arg(long)]
    include_password_hashes: bool,
    #[command(flatten)]
    flags: StoreFlags,
}

#[derive(Clone, Copy, ValueEnum)]
enum WhatExists {
    Skip,
    Update,
    Fail,
}

impl Users {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::Import(import) => import.run(),
            Self::Export(export) => export.run(),
        }
    }
}

impl ImportUsers {
    fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.flags.config()?;
        let body = FileBody::open(&self.file)?;
        let (read, size) = (Arc::clone(&body.read), body.size);
        alone()?.block_on(async {
            let (db, tenant) = application(&config, self.application).await?;
            let options = ImportOptions {
                existing: match self.existing {
                    WhatExists::Skip => Existing::Skip,
                    WhatExists::Update => Existing::Update,
                    WhatExists::Fail => Existing::Fail,
                },
                replace_passwords: self.replace_passwords,
                dry_run: self.dry_run,
            };
            let lines = LineReader::of(Body::new(body));
            let origin = Origin::system(tenant);
            let mut import = Importer::of_file(db, env::system(), DELEGATIONS, origin, options, self.resume, lines)
                .await
                .context("the import")?;
            let mut progress = Progress::new("import");
            if !self.dry_run {
                progress.on(&format!("--resume {}", import.id()));
            }
            while let Some(lines) = import.batch().await.map_err(|failure| anyhow::anyhow!("{}", failure.message()))? {
                for line in lines.iter().filter(|line| line.status == Some(ImportStatus::Failed)) {
                    say(&failed(line))?;
                }
                progress.at(read.load(Ordering::Relaxed), size);
            }
            progress.done();
            let sum = import.summary();
            let done = if self.dry_run { "would be " } else { "" };
            say(&format!(
                "{} {done}created, {} {done}updated, {} skipped, {} failed",
                sum.created, sum.updated, sum.skipped, sum.failed
            ))?;
            Ok(if sum.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        })
    }
}

impl ExportUsers {
    fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.flags.config()?;
        alone()?.block_on(async {
            let (db, tenant) = application(&config, self.application).await?;
            let mut file = create(&self.file)?;
            let mut walk = ExportWalk::new(db.read(tenant), self.include_password_hashes);
            let mut progress = Progress::new("export");
            while let Some(lines) = walk.page().await.context("the users can't be read")? {
                file.write_all(&lines).context("the file can't be written")?;
                progress.at(walk.count(), 0);
            }
            file.flush().context("the file can't be written")?;
            progress.done();
            if self.file == Path::new("-") {
                return Ok(ExitCode::SUCCESS);
            }
            say(&format!("{}: {} users", self.file.display(), walk.count()))
        })
    }
}

/// The store, its schema as this version wants it, and the application that is meant.
async fn application(config: &Config, id: Option<TenantId>) -> anyhow::Result<(Db, TenantId)> {
    let db = boot::open_existing_db(config, env::system()).await?;
    let pending = db.pending(&crate::modules::migrations()).await.context("the schema can't be read")?;
    if !pending.is_empty() {
        bail!("the schema is that of another version: run `portcullis migrate` first");
    }
    // Nobody is addressed by host here, so the origin does not matter.
    let tenants = Tenants::new(db.clone(), "http://localhost", &[])?;
    let found = match id {
        Some(id) => tenants.by_id(id, db.env().now()).await,
        None => tenants.primary(db.env().now()).await,
    };
    let tenant = found.map_err(|refusal| anyhow::anyhow!("{}", refusal.message))?;
    Ok((db, tenant.context("there is no such application")?.id))
}

fn failed(line: &ImportLine) -> String {
    let text = |text: &Option<std::borrow::Cow<'static, str>>| text.as_deref().unwrap_or_default().to_owned();
    let (reason, field) = (text(&line.reason), text(&line.field));
    let field = if field.is_empty() { String::new() } else { format!(" ({field})") };
    format!("line {}: {reason}{field}: {}", line.line.unwrap_or_default(), text(&line.message))
}

/// For its owner alone: it is as good as the database.
fn create(path: &Path) -> anyhow::Result<Box<dyn Write>> {
    use std::os::unix::fs::OpenOptionsExt;
    if path == Path::new("-") {
        return Ok(Box::new(io::stdout()));
    }
    let file = File::options().write(true).create_new(true).mode(0o600).open(path);
    Ok(Box::new(io::BufWriter::new(file.with_context(|| format!("{} can't be made", path.display()))?)))
}

/// A file as a body that is read when it is wanted.
struct FileBody {
    file: Box<dyn Read + Send>,
    read: Arc<AtomicU64>,
    /// 0 where it is not known.
    size: u64,
}

const CHUNK: usize = 64 * 1024;

impl FileBody {
    fn open(path: &Path) -> anyhow::Result<Self> {
        let read = Arc::default();
        if path == Path::new("-") {
            return Ok(Self { file: Box::new(io::stdin()), read, size: 0 });
        }
        let file = File::open(path).with_context(|| format!("{} can't be read", path.display()))?;
        let size = file.metadata().map_or(0, |metadata| metadata.len());
        Ok(Self { file: Box::new(file), read, size })
    }
}

impl hyper::body::Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Waking<'_>) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let mut chunk = vec![0; CHUNK];
        Poll::Ready(match self.file.read(&mut chunk) {
            Ok(0) => None,
            Ok(length) => {
                self.read.fetch_add(length as u64, Ordering::Relaxed);
                chunk.truncate(length);
                Some(Ok(Frame::data(chunk.into())))
            }
            Err(error) => Some(Err(error)),
        })
    }
}
