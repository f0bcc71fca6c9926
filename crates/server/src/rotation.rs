//! Giving the installation a new master key.
//!
//! The new key joins the file first, in front of the old one, so that at every moment everything can be opened: a
//! rotation that was interrupted is taken up by running it again. Each value's own key is wrapped anew; the values
//! themselves are neither opened nor written anew.

use std::{fs, path::Path};

use anyhow::{Context, bail};
use edge::SealedColumn;
use kernel::{TenantId, tenant::CONSOLE};
use store::{Column, Db, FromColumn, Origin, Query, Row, Scope, Statement, StoreError, Value, meta, params};
use vault::{MasterKeys, Place, Vault};

use crate::{boot::Installation, config::Config, master_keys::ROOT_SECRET, modules, progress::Progress};

/// Values rewrapped in one transaction: small enough to let a running server write in between.
const BATCH: u32 = 200;

/// What a run did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rotated {
    /// A new key was made; without, an earlier run had made it.
    pub is_new_key: bool,
    pub seen: u64,
    pub rewrapped: u64,
    /// Former keys that left the file.
    pub dropped: usize,
}

/// Make a new master key unless a rotation is under way, and rewrap everything; with `finish` forget the former keys.
pub(crate) async fn rotate(config: &Config, installation: &Installation, finish: bool) -> anyhow::Result<Rotated> {
    let (keys, is_new_key) = prepare(config, installation, finish)?;
    let sealed = meta::find(&installation.db, ROOT_SECRET).await?.context("this installation has no root secret")?;
    let root = Vault::open_root(&keys, &sealed)?;
    let vault = Vault::new(&keys, *root, installation.env.entropy.clone());
    let mut rotated = Rotated { is_new_key, ..Rotated::default() };
    rewrap_root(&installation.db, &vault, &sealed).await?;
    let mut progress = Progress::new("rewrap");
    for walk in walks() {
        progress.on(walk.place);
        walk.run(&installation.db, &vault, &mut rotated, &mut progress).await?;
    }
    progress.done();
    if finish {
        rotated.dropped = keys.retired.len();
        if config.master_key.is_none() {
            drop_retired(&keys, &config.master_key_path())?;
        }
    }
    Ok(rotated)
}

/// The keys to rewrap with: those that are there, behind a new one where no rotation is under way.
fn prepare(config: &Config, installation: &Installation, finish: bool) -> anyhow::Result<(MasterKeys, bool)> {
    if let Some(keys) = &config.master_key {
        if keys.retired.is_empty() {
            bail!(
                "the master key comes from PORTCULLIS_MASTER_KEY: put a new key in front of it, parted by a comma, start every \
                 node with both, then run this again"
            );
        }
        return Ok((keys.clone(), false));
    }
    let path = config.master_key_path();
    let keys = MasterKeys::load_file(&path)?;
    if !keys.retired.is_empty() || finish {
        return Ok((keys, false));
    }
    let rotated = keys.rotated(&*installation.env.entropy);
    rotated.write_file(&path)?;
    Ok((rotated, true))
}

async fn rewrap_root(db: &Db, vault: &Vault, sealed: &[u8]) -> anyhow::Result<()> {
    if let Some(rewrapped) = vault.rewrap_root(sealed)? {
        let tx = db.begin_system(Origin::system(CONSOLE)).await?;
        meta::save(&tx, ROOT_SECRET, &rewrapped).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// The file without its retired keys, exchanged in one step.
fn drop_retired(keys: &MasterKeys, path: &Path) -> anyhow::Result<()> {
    if keys.retired.is_empty() {
        return Ok(());
    }
    let mut kept = path.as_os_str().to_owned();
    kept.push(".kept");
    let kept = Path::new(&kept);
    MasterKeys { active: keys.active.clone(), retired: Vec::new() }.write_file(kept)?;
    fs::rename(kept, path).with_context(|| path.display().to_string())
}

/// One sealed column, and the statements that go through it.
struct Walk {
    /// Table and column, as the values are bound to it.
    place: &'static str,
    first: Statement,
    next: Statement,
    save: Statement,
    key_columns: usize,
}

/// A row's place in the walk.
struct Sealed {
    tenant: TenantId,
    key: Vec<KeyPart>,
    value: Vec<u8>,
}

/// Every column that a module sealed, and the kept replies, which the edge seals.
fn walks() -> Vec<&'static Walk> {
    let modules = modules::all();
    let columns = modules.iter().flat_map(|module| module.sealed);
    let mut walks: Vec<_> =
        columns.map(|SealedColumn { table, column, row }| Walk::new(table, column, &[row])).collect();
    walks.push(Walk::new("idempotency", "reply", &["principal", "key"]));
    walks
}

impl Walk {
    /// The statements are composed from names that the code holds, once for the few columns there are; the store keeps
    /// statements for good, so these live as long as the command.
    fn new(table: &str, column: &str, key: &[&str]) -> &'static Self {
        let keys = key.join(", ");
        let numbered = |from: usize| (from..from + key.len()).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ");
        let select = format!("select tenant_id, {column}, {keys} from {table} where {column} is not null");
        let order = format!("order by tenant_id, {keys} limit");
        let behind = numbered(2);
        let last = 2 + key.len();
        // A value that changed meanwhile was sealed by its writer, and the next run finds it.
        let update = format!(
            "update {table} set {column} = $1 where tenant_id = $2 and {column} = $3 and ({keys}) = ({})",
            numbered(4)
        );
        let place = format!("{table}.{column}");
        Box::leak(Box::new(Self {
            first: statement(&place, "first", format!("{select} {order} $1")),
            next: statement(
                &place,
                "next",
                format!("{select} and (tenant_id, {keys}) > ($1, {behind}) {order} ${last}"),
            ),
            save: statement(&place, "save", update),
            key_columns: key.len(),
            place: place.leak(),
        }))
    }

    async fn run(
        &'static self,
        db: &Db,
        vault: &Vault,
        rotated: &mut Rotated,
        progress: &mut Progress,
    ) -> anyhow::Result<()> {
        let mut last = None;
        loop {
            let rows = self.page(db, last.as_ref()).await?;
            let Some(end) = rows.len().checked_sub(1) else { return Ok(()) };
            let rewrapped = self.rewrap(db, vault, &rows).await?;
            rotated.seen += rows.len() as u64;
            rotated.rewrapped += rewrapped;
            progress.at(rotated.seen, 0);
            last = rows.into_iter().nth(end);
        }
    }

    async fn page(&'static self, db: &Db, last: Option<&Sealed>) -> Result<Vec<Sealed>, StoreError> {
        let read = |row: &Row<'_>| self.row(row);
        let Some(last) = last else {
            return db.system_read().all(&self.first, params![BATCH], read).await;
        };
        let mut values = vec![Value::from(last.tenant)];
        values.extend(last.key.iter().map(KeyPart::value));
        values.push(Value::from(BATCH));
        db.system_read().all(&self.next, &values, read).await
    }

    fn row(&self, row: &Row<'_>) -> Result<Sealed, StoreError> {
        let key = (0..self.key_columns).map(|column| row.get(column + 2)).collect::<Result<_, _>>()?;
        Ok(Sealed { tenant: row.get(0)?, value: row.get(1)?, key })
    }

    /// One transaction for the rows that need it.
    async fn rewrap(&'static self, db: &Db, vault: &Vault, rows: &[Sealed]) -> anyhow::Result<u64> {
        let mut changed = Vec::new();
        for row in rows {
            let bytes: Vec<&[u8]> = row.key.iter().map(KeyPart::bytes).collect();
            let place = Place { tenant: row.tenant, column: self.place, row: &bytes.join(&0) };
            let rewrapped = vault.rewrap(&place, &row.value);
            if let Some(value) = rewrapped.with_context(|| format!("{} of tenant {}", self.place, row.tenant))? {
                changed.push((row, value));
            }
        }
        if changed.is_empty() {
            return Ok(0);
        }
        let tx = db.begin_system(Origin::system(CONSOLE)).await?;
        for (row, value) in &changed {
            let mut values = params![value.as_slice(), row.tenant, row.value.as_slice()].to_vec();
            values.extend(row.key.iter().map(KeyPart::value));
            tx.execute(&self.save, &values).await?;
        }
        tx.commit().await?;
        Ok(changed.len() as u64)
    }
}

fn statement(place: &str, part: &str, sql: String) -> Statement {
    let sql: &'static str = sql.leak();
    Statement::new(format!("rotation::{place}::{part}").leak(), Scope::System, sql, sql)
}

/// One column of a row's key, of whichever of the two types it is.
#[derive(Clone, Debug)]
enum KeyPart {
    Bytes(Vec<u8>),
    Text(String),
}

impl KeyPart {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            Self::Text(text) => text.as_bytes(),
        }
    }

    fn value(&self) -> Value<'_> {
        match self {
            Self::Bytes(bytes) => bytes.as_slice().into(),
            Self::Text(text) => text.as_str().into(),
        }
    }
}

impl FromColumn for KeyPart {
    const EXPECTED: &'static str = "a key";

    fn from_column(column: Column<'_>) -> Option<Self> {
        match column {
            Column::Blob(bytes) => Some(Self::Bytes(bytes.to_vec())),
            Column::Text(text) => Some(Self::Text(text.to_owned())),
            _ => None,
        }
    }
}
