//! What the server prints once it is up: where it is, and at the very first start its secrets, this one time.

use std::io::{self, Write};

use kernel::Secret;
use tenancy::Bootstrapped;

use crate::config::{Config, Origin};

/// The link that opens the first dashboard account.
pub(crate) fn claim_url(origin: &Origin, token: &Secret) -> String {
    format!("{}/setup?token={}", origin.as_str(), token.reveal())
}

/// To standard output; log lines go to standard error.
pub(crate) fn greet(config: &Config, origin: &Origin, first: Option<&Bootstrapped>) -> io::Result<()> {
    let text = match first {
        Some(first) => welcome(config, origin, first),
        None => format!(
            "Portcullis {} is ready.\n\n  base URL        {base}\n  API reference   {base}/reference\n",
            crate::VERSION,
            base = origin.as_str()
        ),
    };
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn welcome(config: &Config, origin: &Origin, first: &Bootstrapped) -> String {
    let master_key = match config.master_key {
        Some(_) => "PORTCULLIS_MASTER_KEY".to_owned(),
        None => config.master_key_path().display().to_string(),
    };
    format!(
        "Portcullis {version} is set up and ready.\n\
         \n\
         \x20 base URL        {base}\n\
         \x20 application id  {application}\n\
         \x20 API key         {key}\n\
         \x20                 shown this once: keep it\n\
         \x20 first account   {claim}\n\
         \x20                 opens the dashboard account that owns this installation; works once\n\
         \x20 API reference   {base}/reference\n\
         \x20 master key      {master_key}\n\
         \x20                 keep a copy apart from the database's backups\n",
        version = crate::VERSION,
        base = origin.as_str(),
        application = first.application_id,
        key = first.api_key.reveal(),
        claim = claim_url(origin, &first.claim_token),
    )
}
