//! From a configuration to an installation that can be served: folder, database, schema, vault.

use std::{fs, os::unix::fs::DirBuilderExt, path::Path};

use anyhow::{Context, bail};
use kernel::Env;
use store::{Db, MigrationStep, meta};
use vault::Vault;

use crate::{config::Config, master_keys, modules};

/// An installation, opened.
pub(crate) struct Installation {
    pub db: Db,
    pub vault: Vault,
    pub env: Env,
    /// Nothing was set up in it before.
    pub is_new: bool,
}

/// Open the installation, making what is missing: the folder, the database, its schema, the master key.
pub(crate) async fn open(config: &Config, env: Env) -> anyhow::Result<Installation> {
    let db = open_db(config, env.clone()).await?;
    db.migrate(&modules::migrations(), &mut report).await.context("the database can't be migrated")?;
    let is_new = meta::find(&db, master_keys::ROOT_SECRET).await?.is_none();
    let vault = master_keys::open_vault(config, &db, &env).await?;
    Ok(Installation { db, vault, env, is_new })
}

/// As [`open`], for commands that work on what is there: a mistyped folder must not become an empty installation.
pub(crate) async fn open_existing(config: &Config, env: Env) -> anyhow::Result<Installation> {
    let db = open_existing_db(config, env.clone()).await?;
    let pending = db.pending(&modules::migrations()).await.context("the schema can't be read")?;
    if !pending.is_empty() {
        bail!("the schema is that of another version: run `portcullis migrate` first");
    }
    let vault = master_keys::open_existing_vault(config, &db, &env).await?;
    Ok(Installation { db, vault, env, is_new: false })
}

/// As [`open_db`], where there is one.
pub(crate) async fn open_existing_db(config: &Config, env: Env) -> anyhow::Result<Db> {
    if let Some(path) = config.store_url().path().filter(|path| !path.exists()) {
        bail!("there is no database at {}", path.display());
    }
    open_db(config, env).await
}

/// The database alone, its schema as it is.
pub(crate) async fn open_db(config: &Config, env: Env) -> anyhow::Result<Db> {
    make_data_folder(config)?;
    let url = config.store_url();
    Db::open(&url, &config.store_options(), env).await.with_context(|| format!("the store {url:?} can't be opened"))
}

/// The folder of the database and the keys, if it is missing.
pub(crate) fn make_data_folder(config: &Config) -> anyhow::Result<()> {
    make_folder(&config.data).with_context(|| format!("the data folder {} can't be made", config.data.display()))
}

/// For its owner only: the database and the keys lie in it. A folder that exists is left as it is.
fn make_folder(path: &Path) -> std::io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

fn report(step: MigrationStep) {
    if let MigrationStep::Applied { id } = step {
        tracing::info!(migration = id, "the schema was brought forward");
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_data_folder_is_its_owners_alone() {
        let parent = tempfile::tempdir().unwrap();
        let folder = parent.path().join("a/b");
        make_folder(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o750)).unwrap();
        make_folder(&folder).unwrap();
        assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o750, "left as it is");
    }
}
