//! `portcullis keys`

use std::process::ExitCode;

use clap::{Args, Subcommand};

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
        let Self::RotateMaster(RotateMaster { finish, flags }) = self;
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
