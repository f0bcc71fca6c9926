use store::meta;

use crate::kit::{ACME, origin, stores};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_value_stays_until_it_is_saved_over() {
    for kit in stores().await {
        let db = &kit.db;
        assert_eq!(meta::find(db, "check").await.unwrap(), None);
        let (one, two) = tokio::join!(meta::find_or_insert(db, "check", b"1"), meta::find_or_insert(db, "check", b"2"));
        assert_eq!(one.unwrap(), two.unwrap(), "one winner");
        let tx = db.begin_system(origin(ACME)).await.unwrap();
        assert!(!meta::insert(&tx, "check", b"3").await.unwrap());
        meta::save(&tx, "check", b"4").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(meta::find(db, "check").await.unwrap(), Some(b"4".to_vec()));
    }
}
