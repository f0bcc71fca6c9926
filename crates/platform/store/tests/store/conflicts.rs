use kernel::{ErrorCode, Refusal};
use store::{StoreError, params};

use crate::{
    cats::{self, CatRow, INSERT_TOY, cat, id},
    kit::{ACME, GLOBEX, origin, stores},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_conflict_is_named_alike_on_both_databases() {
    for kit in stores().await {
        let tom = CatRow { tag: Some("t1".to_owned()), ..cat("tom") };
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        cats::insert(&tx, &tom).await.unwrap();
        tx.commit().await.unwrap();
        let twins = [
            (CatRow { id: tom.id, ..cat("a") }, "cats_pkey"),
            (CatRow { name: tom.name.clone(), ..cat("") }, "cats_name"),
            (CatRow { tag: tom.tag.clone(), ..cat("b") }, "cats_tenant_id_tag_key"),
        ];
        for (twin, constraint) in twins {
            let tx = kit.db.begin(origin(ACME)).await.unwrap();
            let error = cats::insert(&tx, &twin).await.unwrap_err();
            assert!(error.conflict_on(constraint), "{constraint}: {error:?}");
            assert!(!error.conflict_on("cats"), "{error:?}");
        }
        // Another tenant's names are its own.
        let tx = kit.db.begin(origin(GLOBEX)).await.unwrap();
        cats::insert(&tx, &tom).await.unwrap();
        tx.commit().await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_reference_is_none_of_the_conflicts() {
    for kit in stores().await {
        let tx = kit.db.begin(origin(ACME)).await.unwrap();
        let error = tx.execute(&INSERT_TOY, params![id(), id()]).await.unwrap_err();
        assert!(matches!(error, StoreError::Reference(_)), "{error:?}");
    }
}

#[test]
fn refusals_say_nothing_of_their_causes() {
    let secret = || "users.email_key at 10.0.0.7".to_owned();
    let cases = [
        (StoreError::Unavailable(secret()), ErrorCode::Unavailable),
        (StoreError::Serialization(secret()), ErrorCode::Unavailable),
        (StoreError::LeaseLost, ErrorCode::Unavailable),
        (StoreError::Conflict { constraints: vec![secret()] }, ErrorCode::Internal),
        (StoreError::Reference(secret()), ErrorCode::Internal),
        (StoreError::Internal(secret()), ErrorCode::Internal),
    ];
    for (error, code) in cases {
        let refusal = Refusal::from(error);
        assert_eq!(refusal.code, code);
        assert!(!refusal.to_string().contains("users"), "{refusal}");
    }
}
