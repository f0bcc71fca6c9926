//! Installations of the product under test: made, started, filled and opened up for load.

mod accounts;
mod population;
mod server;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use serde_json::Value;

pub(crate) use self::{
    accounts::{Account, PASSWORD, open_accounts},
    server::Server,
};
use crate::process;

/// A data folder, its database, and the address that its server always takes.
#[derive(Clone, Debug)]
pub(crate) struct Installation {
    binary: PathBuf,
    folder: PathBuf,
    /// The address of a PostgreSQL database; `None` is SQLite in the folder.
    postgres: Option<String>,
    address: SocketAddr,
}

/// What the first start wrote into its bootstrap file.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    /// The application's id, 16 bytes.
    pub(crate) application: [u8; 16],
    pub(crate) api_key: String,
}

impl Installation {
    /// In a folder that need not exist, on a free port.
    pub(crate) fn in_folder(binary: &Path, folder: PathBuf, postgres: Option<String>) -> Result<Self> {
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self { binary: binary.to_owned(), folder, postgres, address: process::free_address()? })
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn database_file(&self) -> PathBuf {
        self.data().join("portcullis.db")
    }

    fn bootstrap_file(&self) -> PathBuf {
        self.folder.join("bootstrap.json")
    }

    fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }

    pub(crate) fn facts(&self) -> Result<Facts> {
        let path = self.bootstrap_file();
        let text = fs::read_to_string(&path).with_context(|| format!("{} was not written", path.display()))?;
        Facts::parse(&text).with_context(|| format!("{} is not as expected", path.display()))
    }
}

impl Facts {
    fn parse(text: &str) -> Result<Self> {
        let facts: Value = serde_json::from_str(text)?;
        let field = |name: &str| facts[name].as_str().with_context(|| format!("{name} is missing"));
        let digits: String = field("application_id")?.chars().filter(|digit| *digit != '-').collect();
        let application = u128::from_str_radix(&digits, 16).context("application_id is no UUID")?;
        Ok(Self { application: application.to_be_bytes(), api_key: field("api_key")?.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_facts_of_a_first_start_are_read() {
        let facts =
            Facts::parse(r#"{"application_id":"018f3c4a-7b2e-7c1d-9e0a-1f2b3c4d5e6f","api_key":"pc_sk_x"}"#).unwrap();
        assert_eq!((facts.application[..3].to_vec(), facts.api_key.as_str()), (vec![0x01, 0x8f, 0x3c], "pc_sk_x"));
        assert!(Facts::parse(r#"{"application_id":"nonsense","api_key":"x"}"#).is_err());
    }
}
