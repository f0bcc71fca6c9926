//! The master keys of this installation, and the root secret that they seal.

use std::{fs, io, path::Path};

use anyhow::{Context, bail};
use kernel::Env;
use store::{Db, meta};
use vault::{MasterKeyError, MasterKeys, SealError, Vault};

use crate::config::Config;

/// Where the sealed root secret stands in the store.
pub(crate) const ROOT_SECRET: &str = "vault.root_secret";

/// As [`open_vault`], of an installation that has been set up.
pub(crate) async fn open_existing_vault(config: &Config, db: &Db, env: &Env) -> anyhow::Result<Vault> {
    if meta::find(db, ROOT_SECRET).await?.is_none() {
        bail!("{:?} was never set up: `portcullis serve` does that", config.store_url());
    }
    open_vault(config, db, env).await
}

/// Where the keys came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Origin {
    Environment,
    File,
    /// Made just now: they have sealed nothing yet.
    New,
}

/// The vault of this installation, made with its first keys at the first start.
pub(crate) async fn open_vault(config: &Config, db: &Db, env: &Env) -> anyhow::Result<Vault> {
    let stored = meta::find(db, ROOT_SECRET).await?;
    let (keys, origin) = keys(config, env, stored.is_none())?;
    let sealed = if let Some(sealed) = stored {
        sealed
    } else {
        let (_, sealed) = Vault::new_root(&keys, &*env.entropy);
        // Of many nodes that start at once one makes the secret.
        meta::find_or_insert(db, ROOT_SECRET, &sealed).await?
    };
    match Vault::open_root(&keys, &sealed) {
        Ok(root) => Ok(Vault::new(&keys, *root, env.entropy.clone())),
        Err(error) => {
            let path = config.master_key_path();
            if origin == Origin::New {
                fs::remove_file(&path).with_context(|| path.display().to_string())?;
            }
            bail!(wrong_keys(config, origin, &path, error))
        }
    }
}

/// The keys that are configured. Without any, new ones are written to the file, if the installation is new.
fn keys(config: &Config, env: &Env, is_new: bool) -> anyhow::Result<(MasterKeys, Origin)> {
    if let Some(keys) = &config.master_key {
        return Ok((keys.clone(), Origin::Environment));
    }
    let path = config.master_key_path();
    match MasterKeys::load_file(&path) {
        Ok(keys) => Ok((keys, Origin::File)),
        Err(MasterKeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound && is_new => {
            create(&path, env)
        }
        Err(MasterKeyError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => bail!(
            "{} is missing, and the database holds secrets that only its keys open: put the file back (from the first node, or \
             from your copy), or name it with master_key_file",
            path.display()
        ),
        Err(error) => Err(error.into()),
    }
}

fn create(path: &Path, env: &Env) -> anyhow::Result<(MasterKeys, Origin)> {
    let keys = MasterKeys::generate(&*env.entropy);
    match keys.write_file(path) {
        Ok(()) => Ok((keys, Origin::New)),
        // Another process of this installation was faster; what it wrote holds.
        Err(MasterKeyError::Io { source, .. }) if source.kind() == io::ErrorKind::AlreadyExists => {
            Ok((MasterKeys::load_file(path)?, Origin::File))
        }
        Err(error) => Err(error.into()),
    }
}

fn wrong_keys(config: &Config, origin: Origin, path: &Path, error: SealError) -> String {
    let found = match origin {
        Origin::Environment => "the keys in PORTCULLIS_MASTER_KEY are not those of this installation".to_owned(),
        Origin::File => format!("the keys in {} are not those of this installation", path.display()),
        Origin::New => {
            "another node set this installation up at the same time, with a master key of its own".to_owned()
        }
    };
    format!("{found} ({error}): give this node the master key that {:?} was set up with", config.store_url())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use kernel::TenantId;
    use store::{Db, MIGRATIONS};
    use vault::Place;

    use super::*;
    use crate::config::{Flags, KEYS, Values};

    fn config(data: &Path) -> Config {
        let values = vec![("data", data.display().to_string())];
        Config::read(&Values::collect(KEYS, &Flags { file: None, values }, []).unwrap()).unwrap()
    }

    async fn db(config: &Config, env: &Env) -> Db {
        let db = Db::open(&config.store_url(), &config.store_options(), env.clone()).await.unwrap();
        db.migrate(MIGRATIONS, &mut |_| {}).await.unwrap();
        db
    }

    const PLACE: Place<'static> = Place { tenant: TenantId::from_u128(1), column: "a.b", row: b"1" };

    #[tokio::test]
    async fn the_first_start_makes_the_key_and_the_second_one_uses_it() {
        let folder = tempfile::tempdir().unwrap();
        let (config, env) = (config(folder.path()), crate::env::system());
        let db = db(&config, &env).await;
        let vault = open_vault(&config, &db, &env).await.unwrap();
        let mode = fs::metadata(config.master_key_path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        let again = open_vault(&config, &db, &env).await.unwrap();
        assert_eq!(vault.mac("test", &[b"a"]), again.mac("test", &[b"a"]), "the root secret is the same");
        assert_eq!(&**again.open(&PLACE, &vault.seal(&PLACE, b"secret")).unwrap(), b"secret");
    }

    #[tokio::test]
    async fn a_lost_or_foreign_key_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (config, env) = (config(folder.path()), crate::env::system());
        let db = db(&config, &env).await;
        open_vault(&config, &db, &env).await.unwrap();
        let path = config.master_key_path();
        fs::remove_file(&path).unwrap();
        let error = open_vault(&config, &db, &env).await.unwrap_err().to_string();
        assert!(error.contains("master.key is missing"), "{error}");
        assert!(!path.exists(), "no other key takes its place");
        MasterKeys::generate(&*env.entropy).write_file(&path).unwrap();
        let error = open_vault(&config, &db, &env).await.unwrap_err().to_string();
        assert!(error.contains("are not those of this installation"), "{error}");
        assert!(path.exists(), "what somebody put there stays");
    }
}
