//! `portcullis keys`

use std::process::ExitCode;

use anyhow::bail;
use clap::{Args, Subcommand};
use jose::Algorithm;
use kernel::TenantId;

use super::{alone, say};
use crate::{boot, config::StoreFlags, env, rotation};

#[derive(Subcommand)]
pub(super) enum Keys {
    /// Give the installation a new master key
    ///
    /// Puts a new key in front of the old one in the key file and wraps every stored secret anew under it. Can be
    /// interrupted and run again. Nodes that run keep the keys they started with: stop them before, start them after.
    #[command(
        after_help = "Examples:\n  portcullis keys rotate-master --data /var/lib/portcullis            a new key; the old one still opens\n  portcullis keys rotate-master --data /var/lib/portcullis --finish   forget the old key\n\nBackups from before the rotation need the old key: keep a copy of it for as long as you keep them."
    )]
    RotateMaster(RotateMaster),
    /// Sign an application's tokens with new keys from now on
    ///
    /// Keys rotate by themselves every ninety days, the next one published a day ahead. This is for a key that may have
    /// leaked. Former keys stay published until the last token that they signed has ended.
    #[command(
        after_help = "Example:\n  portcullis keys rotate-signing --application tnt_01KF0FVZQREX7TPN9H7PCM9648 --data /var/lib/portcullis\n\nRunning servers sign with the new keys within three seconds."
    )]
    RotateSigning(RotateSigning),
}

#[derive(Args)]
pub(super) struct RotateSigning {
    /// The application's id, in either spelling
    #[arg(long, value_name = "ID")]
    application: TenantId,
    /// One of EdDSA, ES256, RS256 and PS256; without it, all that the application signs with
    #[arg(long, value_name = "NAME")]
    algorithm: Option<Algorithm>,
    #[command(flatten)]
    flags: StoreFlags,
}

#[derive(Args)]
pub(super) struct RotateMaster {
    /// Take the former keys out of the key file once nothing is sealed under them
    #[arg(long)]
    finish: bool,
    #[command(flatten)]
    flags: StoreFlags,
}

impl Keys {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        match self {
            Self::RotateMaster(command) => command.run(),
            Self::RotateSigning(command) => command.run(),
        }
    }
}

impl RotateSigning {
    fn run(self) -> anyhow::Result<ExitCode> {
        let Self { application, algorithm, flags } = self;
        let algorithms = algorithm.map_or_else(|| Algorithm::ALL.to_vec(), |one| vec![one]);
        let config = flags.config()?;
        alone()?.block_on(async {
            let boot::Installation { db, vault, env, .. } = boot::open_existing(&config, env::system()).await?;
            match tenancy::keys::rotate_now(&db, &vault, &env, application, &algorithms).await? {
                0 => bail!("there is no such key: is {} an application?", application.typed()),
                made => {
                    say(&format!("{made} new keys sign from now on; former ones verify until their tokens have ended"))
                }
            }
        })
    }
}

impl RotateMaster {
    fn run(self) -> anyhow::Result<ExitCode> {
        let Self { finish, flags } = self;
        let config = flags.config()?;
        alone()?.block_on(async {
            let installation = boot::open_existing(&config, env::system()).await?;
            let rotated = rotation::rotate(&config, &installation, finish).await?;
            let key = if rotated.is_new_key { "a new master key is active" } else { "no new key was made" };
            let next = match (finish, rotated.dropped) {
                (true, 0) => "there was no former key to forget".to_owned(),
                (true, _) if config.master_key.is_some() => {
                    "take the former keys out of PORTCULLIS_MASTER_KEY now".to_owned()
                }
                (true, dropped) => format!("{dropped} former keys were taken out of the key file"),
                (false, _) => "start every node with the new key file, then run this with --finish".to_owned(),
            };
            say(&format!("{key}; {} of {} secrets were wrapped anew; {next}", rotated.rewrapped, rotated.seen))
        })
    }
}
