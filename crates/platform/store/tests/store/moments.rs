use std::time::Duration;

use store::{Migration, Query, StoreKind, params};
use tempfile::TempDir;

use crate::{
    cats::{self, COUNT_CATS, COUNT_DREAMS, COUNT_NAPS, COUNT_NAPS_TOO, DELETE_CAT, INSERT_NAP, cat},
    kit::{ACME, GLOBEX, Place, migrations, origin, stores},
};

#[tokio::test(flavor = "multi_thread")]
async fn every_commit_ends_a_moment_before_it_returns_and_a_roll_back_does_not() {
    for kit in stores().await {
        if kit.db.kind() == StoreKind::Postgres {
            assert!(kit.db.moment().is_none(), "others may commit");
            continue;
        }
        for number in 0..50 {
            let before = kit.db.moment().unwrap();
            let tx = kit.db.begin(origin(ACME)).await.unwrap();
            cats::insert(&tx, &cat(&number.to_string())).await.unwrap();
            assert!(kit.db.is_still(&before), "nothing is committed yet");
            tx.commit().await.unwrap();
            assert!(!kit.db.is_still(&before));
            cats::count(&kit.db.read(ACME)).await;
            assert!(!kit.db.is_still(&before.of(&[&COUNT_CATS])));
        }
        let before = kit.db.moment().unwrap();
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        cats::insert(&tx, &cat("tom")).await.unwrap();
        tx.rollback().await;
        cats::count(&kit.db.read(ACME)).await;
        assert!(kit.db.is_still(&before.of(&[&COUNT_CATS])));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_of_other_tables_outlives_a_commit_and_what_cascades_to_its_own_ends_it() {
    for kit in stores().await {
        let tom = cats::saved(&kit.db, ACME, "tom").await;
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        tx.execute(&INSERT_NAP, params![cats::id(), tom.id]).await.unwrap();
        tx.commit().await.unwrap();

        let Some(before) = kit.db.moment() else { continue };
        let naps =
            async |statement| kit.db.read(ACME).one(statement, params![], |row| row.get::<i64>(0)).await.unwrap();
        assert_eq!(naps(&COUNT_NAPS).await, Some(1));
        let (of_cats, of_naps) = (before.of(&[&COUNT_CATS]), before.of(&[&COUNT_NAPS]));
        let kitty = cats::saved(&kit.db, ACME, "kitty").await;
        assert!(kit.db.is_still(&of_naps));
        assert!(!kit.db.is_still(&of_cats), "that statement has never run: it may read what it likes");
        cats::count(&kit.db.read(ACME)).await;
        assert!(!kit.db.is_still(&before.of(&[&COUNT_CATS])));

        // Of two statements of the same words the second is not prepared anew, so that nobody knows what it reads.
        assert_eq!(naps(&COUNT_NAPS_TOO).await, Some(1));
        assert!(!kit.db.is_still(&before.of(&[&COUNT_NAPS_TOO])));

        // Whether or not the cat has slept: the statement may delete naps, and what was dreamt in them.
        assert_eq!(naps(&COUNT_DREAMS).await, Some(0));
        for gone in [kitty, tom] {
            let moments = [&COUNT_NAPS, &COUNT_DREAMS].map(|read| kit.db.moment().unwrap().of(&[read]));
            let tx = kit.db.begin(origin(ACME)).await.unwrap();
            tx.execute(&DELETE_CAT, params![gone.id]).await.unwrap();
            assert!(moments.iter().all(|moment| kit.db.is_still(moment)));
            tx.commit().await.unwrap();
            assert!(!moments.iter().any(|moment| kit.db.is_still(moment)));
        }
        assert_eq!(naps(&COUNT_NAPS).await, Some(0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_ends_every_moment() {
    for kit in stores().await {
        cats::count(&kit.db.read(ACME)).await;
        let Some(before) = kit.db.moment() else { continue };
        let before = before.of(&[&COUNT_CATS]);
        assert!(kit.db.is_still(&before));
        let more = Migration::new("cats/0002_dogs", "create table dogs (id blob primary key)");
        let all: Vec<_> = migrations().into_iter().chain([more]).collect();
        kit.db.migrate(&all, &mut |_| {}).await.unwrap();
        assert!(!kit.db.is_still(&before));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_of_several_tenants_that_share_connections_see_their_own_rows() {
    for kit in stores().await {
        let tom = cats::saved(&kit.db, ACME, "tom").await;
        let kitty = cats::saved(&kit.db, GLOBEX, "kitty").await;
        for turn in 0..60 {
            let (tenant, own, other) = if turn % 3 == 0 { (ACME, &tom, &kitty) } else { (GLOBEX, &kitty, &tom) };
            let read = kit.db.read(tenant);
            assert_eq!(cats::find(&read, own.id).await.as_ref(), Some(own));
            assert_eq!(cats::find(&read, other.id).await, None);
            if turn % 7 == 0 {
                // A transaction has a setting of its own, which must not outlive it.
                let tx = kit.db.begin(origin(ACME)).await.unwrap();
                assert_eq!(cats::find(&tx, tom.id).await.as_ref(), Some(&tom));
                tx.rollback().await;
            }
        }
    }
}

/// Readers look for each page in what has not been moved yet.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_is_moved_into_the_file_soon() {
    for kit in stores().await {
        let Place::Sqlite(folder) = &kit.place else { continue };
        for number in 0..10 {
            let tx = kit.db.begin(origin(ACME)).await.unwrap();
            let cat = cats::CatRow { photo: Some(vec![7_u8; 200_000]), ..cat(&number.to_string()) };
            cats::insert(&tx, &cat).await.unwrap();
            tx.commit().await.unwrap();
        }
        let moved = async {
            while size_of(folder, ".db") < 2_000_000 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), moved).await.expect("it stays in the log");
    }
}

/// Of the largest file in the folder whose name ends so.
fn size_of(folder: &TempDir, end: &str) -> u64 {
    let files = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
    let files = files.filter(|file| file.file_name().to_string_lossy().ends_with(end));
    files.map(|file| file.metadata().unwrap().len()).max().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_stays_short_under_steady_writing() {
    for kit in stores().await {
        let Place::Sqlite(folder) = &kit.place else { continue };
        let photo = Some(vec![7_u8; 200_000]);
        for number in 0..1_200 {
            let tx = kit.db.begin(origin(ACME)).await.unwrap();
            let cat = cats::CatRow { photo: photo.clone(), ..cat(&number.to_string()) };
            cats::insert(&tx, &cat).await.unwrap();
            tx.commit().await.unwrap();
            if number % 50 == 0 {
                // Steady, and not as fast as it goes: on a busy machine whoever empties the log must get its turn.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
        let longest = size_of(folder, "-wal");
        assert!(longest < 190 * 1024 * 1024, "{longest} bytes after 240 MB of writes");
    }
}
