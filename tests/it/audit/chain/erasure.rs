//! A person leaves; what remains is the id, and a chain that still holds.

use events::{Flaw, erase_person};
use kernel::{Actor, Id, TenantId};
use store::{Query, params};

use super::kit::{Deleted, Kit, SignedIn, User, by, flaws};

store::sql! {
    KEPT_DETAILS = "
        select details
          from (select id, details from events where tenant_id = $1
                 union all
                select id, details from unsealed_events where tenant_id = $1) e
         where details is not null
         order by id";
    KEPT_SALTS = "
        select count(*)
          from (select salt from events where tenant_id = $1
                 union all
                select salt from unsealed_events where tenant_id = $1) e
         where salt is not null";
    FORGET = "update events set details = null, salt = null where tenant_id = $1 and target_id = $2";
}

async fn kept(kit: &Kit, tenant: TenantId) -> Vec<String> {
    let read = kit.db.read(tenant);
    let kept: Vec<String> = read.all(&KEPT_DETAILS, params![], |row| row.get(0)).await.unwrap();
    let salts = read.one(&KEPT_SALTS, params![], |row| row.get::<usize>(0)).await.unwrap();
    assert_eq!(salts, Some(kept.len()), "a salt without details");
    kept
}

async fn delete(kit: &Kit, tenant: TenantId, user: Id<User>, actor: Actor, erases: bool) {
    let tx = kit.begin(tenant, actor).await;
    if erases {
        erase_person(&tx, user.uuid()).await.unwrap();
    }
    tx.emit(&Deleted { user_id: user });
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn erasing_a_person_keeps_the_chain_sound_and_everyone_elses_details() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(3).await;
    let other_tenant = kit.new_tenant();
    let grace = kit.env.new_id();
    kit.sign_in(tenant, grace, 2).await;
    kit.sign_in(other_tenant, ada, 2).await;
    // About one and by the other: both ends count.
    let tx = kit.begin(tenant, by(ada)).await;
    tx.emit(&SignedIn { user_id: grace, email: "grace@example.com".to_owned() });
    tx.commit().await.unwrap();
    kit.seal().await;

    let tx = kit.begin(tenant, Actor::SYSTEM).await;
    assert_eq!(erase_person(&tx, ada.uuid()).await.unwrap(), 4);
    tx.emit(&Deleted { user_id: ada });
    tx.commit().await.unwrap();

    for _ in 0..2 {
        let kept = kept(&kit, tenant).await;
        assert_eq!(kept.len(), 3);
        assert!(kept[..2].iter().all(|details| details.contains(&grace.to_string())), "{kept:?}");
        assert!(kept[2].contains(&ada.to_string()), "the deletion keeps who asked for it from where: {kept:?}");
        kit.seal().await;
    }
    let report = kit.verify(tenant).await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.events, report.erased), (7, 4));
    assert_eq!(kept(&kit, other_tenant).await.len(), 2);
    assert_eq!(kit.verify(other_tenant).await.erased, 0);
}

#[tokio::test]
async fn sealing_a_deletion_erases_what_was_written_meanwhile() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(2).await;
    // She asks for it herself, so the deletion's own details are hers too; and a request of hers commits late.
    delete(&kit, tenant, ada, by(ada), true).await;
    kit.sign_in(tenant, ada, 1).await;
    kit.seal().await;
    assert_eq!(kept(&kit, tenant).await, Vec::<String>::new());
    let report = kit.verify(tenant).await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.events, report.erased), (4, 4));
}

#[tokio::test]
async fn what_waits_to_be_sealed_is_erased_at_once_and_sealed_without_its_details() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(1).await;
    kit.sign_in(tenant, ada, 2).await;
    delete(&kit, tenant, ada, Actor::SYSTEM, true).await;
    for _ in 0..2 {
        let kept = kept(&kit, tenant).await;
        assert!(matches!(&kept[..], [deletion] if deletion.contains(&ada.to_string())), "{kept:?}");
        let report = kit.verify(tenant).await;
        assert!(report.is_sound(), "{report:?}");
        kit.seal().await;
    }
    let report = kit.verify(tenant).await;
    assert_eq!((report.events, report.erased, report.unsealed), (4, 3, 0));
}

#[tokio::test]
async fn details_of_a_person_who_was_not_erased_may_not_go() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(2).await;
    let grace = kit.env.new_id();
    kit.sign_in(tenant, grace, 1).await;
    delete(&kit, tenant, ada, Actor::SYSTEM, true).await;
    kit.seal().await;
    let tx = kit.begin(tenant, Actor::SYSTEM).await;
    assert_eq!(tx.execute(&FORGET, params![grace]).await.unwrap(), 1);
    tx.commit().await.unwrap();
    let report = kit.verify(tenant).await;
    assert_eq!(flaws(&report), [(3, Flaw::DetailsRemoved)]);
    assert_eq!(report.erased, 2);
}

#[tokio::test]
async fn an_erasure_that_is_rolled_back_erases_nothing() {
    let kit = Kit::open().await;
    let (tenant, ada) = kit.sealed_tenant(2).await;
    let tx = kit.begin(tenant, Actor::SYSTEM).await;
    assert_eq!(erase_person(&tx, ada.uuid()).await.unwrap(), 2);
    tx.rollback().await;
    assert_eq!(kept(&kit, tenant).await.len(), 2);
    assert_eq!(kit.verify(tenant).await.erased, 0);
}
