use kernel::{PageRequest, Timestamp};
use store::{Query, params};

use crate::{
    cats::{self, CatId, CatRow, cat, cat_of},
    kit::{ACME, GLOBEX, origin, stores},
};

store::listing! {
    CATS = {
        select: "select id, name_key, tag, lives, is_tame, photo, created_at from cats where tenant_id = $1",
        filters: {
            name: "name_key = ? or tag = ?",
            created_from: "created_at >= ?",
            tame: "is_tame",
        },
        order: "created_at desc, id desc",
        keyset: "(created_at, id) < (?, ?)",
    };
    system ALL_CATS = {
        select: "select id from cats where true",
        filters: {},
        order: "id",
        keyset: "id > ?",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_hold_every_row_once_in_order() {
    for kit in stores().await {
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        let mut expected = Vec::new();
        for number in 0..25 {
            // Three cats share each moment, so that the id must decide.
            let cat = CatRow { created_at: Timestamp::from_seconds(number / 3), ..cat(&number.to_string()) };
            cats::insert(&tx, &cat).await.unwrap();
            expected.push(cat);
        }
        tx.commit().await.unwrap();
        cats::saved(&kit.db, GLOBEX, "foreign").await;
        expected.sort_by_key(|cat| std::cmp::Reverse((cat.created_at, cat.id)));

        let read = kit.db.read(ACME);
        let mut page = PageRequest::<(Timestamp, CatId)> { limit: 4, after: None };
        let mut found = Vec::new();
        loop {
            let mut query = CATS.query().limit(page.fetch());
            if let Some((time, id)) = page.after {
                query = query.after(params![time, id]);
            }
            let rows = page.page(read.list(query, cat_of).await.unwrap(), |cat| (cat.created_at, cat.id));
            assert!(rows.items.len() <= 4);
            found.extend(rows.items);
            match rows.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        assert_eq!(found, expected);
        let all = kit.db.system_read().list(ALL_CATS.query(), |row| row.get::<CatId>(0)).await.unwrap();
        assert_eq!(all.len(), 26);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_combine() {
    for kit in stores().await {
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        for number in 0..10 {
            let cat = CatRow {
                tag: Some(format!("tag{number}")),
                is_tame: number % 2 == 0,
                created_at: Timestamp::from_seconds(number),
                ..cat(&format!("cat{number}"))
            };
            cats::insert(&tx, &cat).await.unwrap();
        }
        let names = async |query| tx.list(query, |row| row.get::<String>(1)).await.unwrap();
        assert_eq!(names(CATS.query().filter("name", "tag3")).await, ["cat3"]);
        assert_eq!(names(CATS.query().filter("name", "cat3")).await, ["cat3"]);
        let late = CATS.query().filter("created_from", Timestamp::from_seconds(7));
        assert_eq!(names(late.clone()).await, ["cat9", "cat8", "cat7"]);
        assert_eq!(names(late.clone().flag("tame", true)).await, ["cat8"]);
        assert_eq!(names(late.flag("tame", true).filter_some("name", Some("cat4"))).await, Vec::<String>::new());
        assert_eq!(names(CATS.query().filter_some("name", None::<&str>).limit(2)).await, ["cat9", "cat8"]);
    }
}
