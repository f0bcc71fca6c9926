use aws_lc_rs::digest::{SHA256, digest};
use kernel::{Actor, ActorKind, Event, Target};
use serde::Serialize;
use store::{Origin, Query, Row, StoreError, Tx, params};
use uuid::Uuid;

use crate::{
    cats::{self, cat},
    kit::{ACME, GLOBEX, origin, stores},
};

#[derive(Serialize)]
struct CatRenamed {
    name: String,
    #[serde(skip)]
    cat: Uuid,
}

impl Event for CatRenamed {
    const TYPE: &'static str = "cat.renamed";

    fn target(&self) -> Target {
        Target { kind: "cat", id: self.cat }
    }
}

store::sql! {
    LIST_EVENTS = "
        select type, actor_kind, actor_id, target_id, outcome, request_id, details, salt, digest, occurred_at
          from unsealed_events
         where tenant_id = $1
         order by id";
}

async fn details(query: &impl Query) -> Vec<String> {
    query.all(&LIST_EVENTS, params![], |row| row.get(6)).await.unwrap()
}

fn rename(tx: &Tx, name: &str) {
    tx.emit(&CatRenamed { name: name.to_owned(), cat: Uuid::from_u128(7) });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_says_who_did_what_from_where_and_can_be_proven() {
    for kit in stores().await {
        let actor = Actor { kind: ActorKind::ApiKey, id: Some(Uuid::from_u128(5)) };
        let tx = kit
            .db
            .begin(Origin {
                tenant: ACME,
                actor,
                request_id: Some("req_1".to_owned()),
                ip: Some([192, 0, 2, 1].into()),
                user_agent: Some("curl".to_owned()),
            })
            .await
            .unwrap();
        assert!(!tx.has_emitted());
        rename(&tx, "tom");
        assert!(tx.has_emitted());
        tx.commit().await.unwrap();
        let check = |row: &Row<'_>| -> Result<(), StoreError> {
            assert_eq!(row.get::<String>(0)?, "cat.renamed");
            assert_eq!(row.named(1, "an actor kind", ActorKind::from_name)?, ActorKind::ApiKey);
            assert_eq!((row.get(2)?, row.get(3)?), (actor.id, Uuid::from_u128(7)));
            assert_eq!((row.get(4)?, row.get(5)?), ("success".to_owned(), Some("req_1".to_owned())));
            let details: String = row.get(6)?;
            assert_eq!(details, r#"{"data":{"name":"tom"},"context":{"ip":"192.0.2.1","user_agent":"curl"}}"#);
            let salt: [u8; 16] = row.get(7)?;
            let salted = [salt.as_slice(), details.as_bytes()].concat();
            assert_eq!(row.get::<Vec<u8>>(8)?, digest(&SHA256, &salted).as_ref());
            assert_eq!(row.get::<kernel::Timestamp>(9)?, kit.now());
            Ok(())
        };
        let read = kit.db.read(ACME);
        assert_eq!(read.all(&LIST_EVENTS, params![], check).await.unwrap().len(), 1);
        assert_eq!(details(&kit.db.read(GLOBEX)).await.len(), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_of_one_transaction_sort_as_they_were_said_and_vanish_with_it() {
    for kit in stores().await {
        let names: Vec<String> = (0..40).map(|number| number.to_string()).collect();
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        for name in &names {
            rename(&tx, name);
        }
        tx.commit().await.unwrap();
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        rename(&tx, "never");
        tx.rollback().await;
        let tx = kit.db.begin_system(origin(ACME)).await.unwrap();
        tx.emit_as(GLOBEX, &CatRenamed { name: "theirs".to_owned(), cat: Uuid::nil() });
        tx.commit().await.unwrap();
        let said: Vec<String> = details(&kit.db.read(ACME)).await;
        let expected: Vec<String> = names
            .iter()
            .map(|name| format!(r#"{{"data":{{"name":"{name}"}},"context":{{"ip":null,"user_agent":null}}}}"#))
            .collect();
        assert_eq!(said, expected);
        assert_eq!(details(&kit.db.read(GLOBEX)).await.len(), 1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_of_another_tenant_fails_the_commit() {
    for kit in stores().await {
        let tom = cat("tom");
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        cats::insert(&tx, &tom).await.unwrap();
        tx.emit_as(GLOBEX, &CatRenamed { name: "tom".to_owned(), cat: tom.id.uuid() });
        assert!(matches!(tx.commit().await, Err(StoreError::Internal(_))));
        assert_eq!(cats::find(&kit.db.read(ACME), tom.id).await, None);
    }
}
