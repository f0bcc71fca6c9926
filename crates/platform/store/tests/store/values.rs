use kernel::Timestamp;
use store::{Query, StoreError, params};

use crate::{
    cats::{self, CatRow, FIND_CAT, cat},
    kit::{ACME, origin, stores},
};

#[tokio::test(flavor = "multi_thread")]
async fn values_come_back_as_they_went_in() {
    for kit in stores().await {
        let cats = [
            cat("plain"),
            CatRow { tag: Some(String::new()), photo: Some(Vec::new()), ..cat("empty is not null") },
            CatRow { photo: Some((0..=255).collect()), is_tame: false, lives: u32::MAX, ..cat("every byte") },
            CatRow { created_at: Timestamp::from_micros(i64::MIN), ..cat("Müşterî 猫 🐈 $1 ?1 ' \"") },
        ];
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        for cat in &cats {
            cats::insert(&tx, cat).await.unwrap();
        }
        tx.commit().await.unwrap();
        for cat in cats {
            assert_eq!(cats::find(&kit.db.read(ACME), cat.id).await, Some(cat));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_column_of_another_type_is_corrupt_and_not_a_guess() {
    for kit in stores().await {
        let tom = cats::saved(&kit.db, ACME, "tom").await;
        let read = kit.db.read(ACME);
        let column = async |column: usize| {
            let name = read.one(&FIND_CAT, params![tom.id], |row| row.get::<String>(column)).await;
            let number = read.one(&FIND_CAT, params![tom.id], |row| row.get::<u8>(column)).await;
            (name.is_ok(), number.is_ok())
        };
        assert_eq!(column(0).await, (false, false), "an id");
        assert_eq!(column(1).await, (true, false), "a name");
        assert_eq!(column(2).await, (false, false), "null");
        assert_eq!(column(3).await, (false, true), "a number");
        assert_eq!(column(99).await, (false, false), "no such column");
        let error = read.one(&FIND_CAT, params![tom.id], |row| row.get::<String>(2)).await.unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { column: 2, .. }));
    }
}
