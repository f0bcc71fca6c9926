//! `portcullis audit`

use std::process::ExitCode;

use clap::{Args, Subcommand};
use kernel::TenantId;

use super::{alone, say};
use crate::{boot, config::StoreFlags, documents::Document, env, progress::Progress};

#[derive(Subcommand)]
pub(super) enum Audit {
    /// Prove that the audit trail was not edited
    ///
    /// Computes every tenant's hash chain anew and names each event that was edited, deleted, moved or put in. Exit code 1
    /// where there is one. Needs no master key, and may run beside the server.
    #[command(
        after_help = "Example:\n  portcullis audit verify --data /var/lib/portcullis\n\nThe printed heads, kept at another place, betray even a chain that was computed anew as a whole."
    )]
    Verify(Verify),
    /// Print the catalogue of events as Markdown
    Events,
}

#[derive(Args)]
pub(super) struct Verify {
    /// One tenant only, by its id in either spelling
    #[arg(long, value_name = "ID")]
    tenant: Option<TenantId>,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Audit {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let Verify { tenant, flags } = match self {
            Self::Verify(verify) => verify,
            Self::Events => {
                say(Document::Events.text().trim_end())?;
                return Ok(ExitCode::SUCCESS);
            }
        };
        let config = flags.config()?;
        alone()?.block_on(async {
            let db = boot::open_existing_db(&config, env::system()).await?;
            let mut progress = Progress::new("verify");
            let report = events::verify(&db, tenant, &mut |at| progress.at(at.events, 0)).await?;
            progress.done();
            for head in &report.heads {
                say(&format!("head: tenant {}, sequence {}, {}", head.tenant, head.sequence, head.hash))?;
            }
            for fault in &report.faults {
                say(&format!("fault: {fault}"))?;
            }
            say(&format!(
                "{} events of {} tenants verified, {} of them erased; {} not sealed yet; {} faults",
                report.events, report.tenants, report.erased, report.unsealed, report.faults_found
            ))?;
            Ok(if report.is_sound() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        })
    }
}
