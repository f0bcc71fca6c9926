//! `portcullis migrate`

use std::process::ExitCode;

use store::MigrationStep;

use super::{alone, say};
use crate::{boot, config::StoreFlags, env, modules, progress::Progress};

pub(super) fn run(flags: &StoreFlags) -> anyhow::Result<ExitCode> {
    let config = flags.config()?;
    alone()?.block_on(async {
        let db = boot::open_db(&config, env::system()).await?;
        let migrations = modules::migrations();
        let mut progress = Progress::new("migrate");
        let mut done = 0;
        let applied = db
            .migrate(&migrations, &mut |step| match step {
                MigrationStep::Applying { id } => progress.on(id),
                MigrationStep::Applied { .. } | MigrationStep::Skipped { .. } => {
                    done += 1;
                    progress.at(done, migrations.len() as u64);
                }
            })
            .await?;
        progress.done();
        match applied.len() {
            0 => say("the schema is up to date"),
            steps => say(&format!("the schema is up to date: {steps} steps applied")),
        }
    })
}
