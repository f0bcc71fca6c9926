//! `portcullis backup` and `portcullis restore`

use std::{path::PathBuf, process::ExitCode};

use anyhow::{Context, bail};
use clap::Args;
use store::{StoreUrl, backup};

use super::say;
use crate::{
    boot,
    config::{Config, StoreFlags},
    progress::Progress,
};

#[derive(Args)]
pub(super) struct Backup {
    /// The new file; one that exists is not overwritten
    file: PathBuf,
    #[command(flatten)]
    flags: StoreFlags,
}

#[derive(Args)]
pub(super) struct Restore {
    /// A file that `portcullis backup` made
    file: PathBuf,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let url = sqlite(&self.flags.config()?)?;
        let mut progress = Progress::new("backup");
        backup::to_file(&url, &self.file, &mut |at| progress.at(at.copied.into(), at.total.into()))
            .context("the backup failed")?;
        progress.done();
        say(&format!(
            "{}: written and verified. The master key is not in it: keep a copy of that apart.",
            self.file.display()
        ))
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.flags.config()?;
        let url = sqlite(&config)?;
        boot::make_data_folder(&config)?;
        let mut progress = Progress::new("restore");
        backup::restore(&self.file, &url, &mut |at| progress.at(at.copied.into(), at.total.into()))
            .context("the restore failed")?;
        progress.done();
        say(&format!("{url:?}: restored from {} and verified", self.file.display()))
    }
}

fn sqlite(config: &Config) -> anyhow::Result<StoreUrl> {
    let url = config.store_url();
    if url.path().is_none() {
        bail!("this copies SQLite databases; for PostgreSQL use pg_dump and pg_restore, or your provider's snapshots");
    }
    Ok(url)
}
