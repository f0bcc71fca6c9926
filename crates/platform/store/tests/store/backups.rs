use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use kernel::TenantId;
use store::{Db, StoreUrl, backup};

use crate::{
    cats,
    kit::{ACME, Kit, Place, clock, open, stores},
};

/// The SQLite store: PostgreSQL has its own tools.
async fn sqlite() -> Kit {
    stores().await.swap_remove(0)
}

fn copied(url: &StoreUrl, target: &Path) {
    backup::to_file(url, target, &mut |_| {}).unwrap();
}

async fn write_until(db: Db, tenant: TenantId, stop: Arc<AtomicBool>) -> i64 {
    let mut number = 0;
    while !stop.load(Ordering::Relaxed) {
        cats::saved(&db, tenant, &number.to_string()).await;
        number += 1;
    }
    number
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_made_under_load_is_one_moment_and_can_be_put_back() {
    let kit = sqlite().await;
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    for number in 0..200 {
        cats::saved(&kit.db, ACME, &format!("before {number}")).await;
    }
    let stop = Arc::new(AtomicBool::new(false));
    let url = kit.place.url();
    let (written, progress) = tokio::join!(write_until(kit.db.clone(), ACME, Arc::clone(&stop)), {
        let (copy, stop) = (copy.clone(), Arc::clone(&stop));
        async move {
            let seen = tokio::task::spawn_blocking(move || {
                let mut seen = Vec::new();
                backup::to_file(&url, &copy, &mut |progress| seen.push(progress)).unwrap();
                seen
            });
            let seen = seen.await.unwrap();
            stop.store(true, Ordering::Relaxed);
            seen
        }
    });
    let last = progress.last().unwrap();
    assert_eq!(last.copied, last.total);
    assert!(last.total > 0);

    let restored = folder.path().join("restored.db");
    backup::restore(&copy, &StoreUrl::sqlite(&restored), &mut |_| {}).unwrap();
    let db = open(&StoreUrl::sqlite(&restored), &Arc::new(clock())).await;
    let count = cats::count(&db.read(ACME)).await;
    assert!((200..=200 + written).contains(&count), "{count} of {written}");
    cats::saved(&db, ACME, "life goes on").await;
    let mut files: Vec<_> =
        folder.path().read_dir().unwrap().map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    files.retain(|name| !name.starts_with("restored"));
    assert_eq!(files, ["copy.db"], "one file, nothing beside it");
}

#[tokio::test(flavor = "multi_thread")]
async fn restoring_replaces_what_was_written_since() {
    let kit = sqlite().await;
    let url = kit.place.url();
    let copy = kit_folder(&kit).join("copy.db");
    cats::saved(&kit.db, ACME, "old").await;
    copied(&url, &copy);
    cats::saved(&kit.db, ACME, "new").await;

    let refused = backup::restore(&copy, &url, &mut |_| {}).unwrap_err();
    assert!(refused.to_string().contains("in use"), "{refused}");
    assert_eq!(cats::count(&kit.db.read(ACME)).await, 2, "nothing happened");

    let Kit { db, place, .. } = kit;
    drop(db);
    // The committer's thread lets go of the file a moment later.
    let mut outcome = Ok(());
    for _ in 0..100 {
        outcome = backup::restore(&copy, &url, &mut |_| {});
        if outcome.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    outcome.unwrap();
    let db = open(&place.url(), &Arc::new(clock())).await;
    assert_eq!(cats::count(&db.read(ACME)).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_takes_the_place_of_what_is_damaged() {
    let kit = sqlite().await;
    cats::saved(&kit.db, ACME, "tom").await;
    let copy = kit_folder(&kit).join("copy.db");
    copied(&kit.place.url(), &copy);
    let whole = std::fs::read(&copy).unwrap();
    let (mut headless, mut torn) = (whole.clone(), whole);
    headless[..100].fill(0xaa);
    torn.truncate(torn.len() / 2);
    for (name, left) in [("headless", headless), ("torn", torn), ("short", b"damaged".to_vec()), ("empty", Vec::new())]
    {
        let target = kit_folder(&kit).join(format!("{name}.db"));
        std::fs::write(&target, left).unwrap();
        backup::restore(&copy, &StoreUrl::sqlite(&target), &mut |_| {})
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let db = open(&StoreUrl::sqlite(&target), &Arc::new(clock())).await;
        assert_eq!(cats::count(&db.read(ACME)).await, 1, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_copy_of_a_store_is_not_put_back() {
    let kit = sqlite().await;
    let copy = kit_folder(&kit).join("copy.db");
    copied(&kit.place.url(), &copy);
    let target = StoreUrl::sqlite(kit_folder(&kit).join("target.db"));

    let garbage = kit_folder(&kit).join("garbage.db");
    std::fs::write(&garbage, b"not a database at all, but long enough to be taken for one".repeat(100)).unwrap();
    assert!(backup::restore(&garbage, &target, &mut |_| {}).is_err());

    // A page of the schema, overwritten.
    let damaged = kit_folder(&kit).join("damaged.db");
    let mut bytes = std::fs::read(&copy).unwrap();
    bytes[4_096..12_288].fill(0xaa);
    std::fs::write(&damaged, bytes).unwrap();
    assert!(backup::restore(&damaged, &target, &mut |_| {}).is_err());

    assert!(!target.path().unwrap().exists());
    let again = backup::to_file(&kit.place.url(), &copy, &mut |_| {}).unwrap_err();
    assert!(again.to_string().contains("exists"), "{again}");
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn stores_and_copies_are_their_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let kit = sqlite().await;
    cats::saved(&kit.db, ACME, "tom").await;
    copied(&kit.place.url(), &kit_folder(&kit).join("copy.db"));
    for file in kit_folder(&kit).read_dir().unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.file_name());
    }
}

fn kit_folder(kit: &Kit) -> &Path {
    match &kit.place {
        Place::Sqlite(folder) => folder.path(),
        Place::Postgres { .. } => unreachable!("backups are SQLite's"),
    }
}
