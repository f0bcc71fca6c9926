//! Events get their place in the chain.

use std::sync::Mutex;

use events::{Progress, seal_pending, verify};
use kernel::TenantId;
use store::{Query, params};

use super::kit::{Kit, SignInFailed, SignedIn, by, seal};

store::sql! {
    CHAIN = "
        select sequence, previous_hash, hash
          from events
         where tenant_id = $1 and sequence is not null
         order by sequence";
}

type Row = (i64, [u8; 32], [u8; 32]);

async fn chain(kit: &Kit, tenant: TenantId) -> Vec<Row> {
    let read = |row: &store::Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
    kit.db.read(tenant).all(&CHAIN, params![], read).await.unwrap()
}

fn half(hash: &[u8]) -> u128 {
    u128::from_be_bytes(hash.try_into().unwrap())
}

fn assert_linked(rows: &[Row], length: i64) {
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), (1..=length).collect::<Vec<_>>());
    assert_eq!(rows[0].1, [0; 32]);
    assert!(rows.windows(2).all(|pair| pair[1].1 == pair[0].2));
}

#[tokio::test]
async fn every_event_names_the_hash_of_the_one_before() {
    let kit = Kit::open().await;
    let (tenant, _) = kit.sealed_tenant(3).await;
    let rows = chain(&kit, tenant).await;
    assert_linked(&rows, 3);
    let report = kit.verify(tenant).await;
    assert!(report.is_sound(), "{report:?}");
    assert_eq!((report.tenants, report.events, report.unsealed, report.erased), (1, 3, 0, 0));
    let [head] = &report.heads[..] else { panic!("{report:?}") };
    let last = format!("{:032x}{:032x}", half(&rows[2].2[..16]), half(&rows[2].2[16..]));
    assert_eq!((head.tenant, head.sequence, &head.hash), (tenant, 3, &last));
}

#[tokio::test]
async fn later_events_go_on_where_the_chain_ended() {
    let kit = Kit::open().await;
    let (tenant, user) = kit.sealed_tenant(2).await;
    let before = chain(&kit, tenant).await;
    kit.sign_in(tenant, user, 2).await;
    kit.seal().await;
    let after = chain(&kit, tenant).await;
    assert_linked(&after, 4);
    assert_eq!(before[..], after[..2]);
}

#[tokio::test]
async fn nothing_to_do_is_nothing_done() {
    let kit = Kit::open().await;
    let (tenant, _) = kit.sealed_tenant(1).await;
    if kit.is_alone() {
        assert_eq!(seal_pending(&kit.db, &kit.env).await.unwrap(), 0);
    }
    assert_eq!(chain(&kit, tenant).await.len(), 1);
}

#[tokio::test]
async fn unsealed_events_are_counted_and_no_fault() {
    let kit = Kit::open().await;
    let tenant = kit.new_tenant();
    kit.sign_in(tenant, kit.env.new_id(), 4).await;
    if !kit.is_alone() {
        // The sealers of others may step between the count of the sealed and that of the rest.
        kit.seal().await;
    }
    let report = kit.verify(tenant).await;
    assert!(report.is_sound());
    assert_eq!(report.events + report.unsealed, 4);
    if kit.is_alone() {
        assert_eq!((report.events, report.unsealed), (0, 4));
        assert_eq!(seal_pending(&kit.db, &kit.env).await.unwrap(), 4);
    }
}

#[tokio::test]
async fn what_was_rolled_back_leaves_no_gap() {
    let kit = Kit::open().await;
    let (tenant, user) = kit.sealed_tenant(1).await;
    let tx = kit.begin(tenant, by(user)).await;
    tx.emit(&SignInFailed { user_id: user });
    tx.rollback().await;
    kit.sign_in(tenant, user, 1).await;
    kit.seal().await;
    assert_linked(&chain(&kit, tenant).await, 2);
}

#[tokio::test]
async fn each_tenant_has_a_chain_of_its_own() {
    let kit = Kit::open().await;
    let tenants: Vec<TenantId> = (0..70).map(|_| kit.new_tenant()).collect();
    for tenant in &tenants {
        kit.sign_in(*tenant, kit.env.new_id(), 2).await;
    }
    kit.seal().await;
    for tenant in &tenants {
        assert_linked(&chain(&kit, *tenant).await, 2);
    }
    let report = verify(&kit.db, None, &mut |_| {}).await.unwrap();
    assert!(report.tenants >= 70 && report.events >= 140, "{report:?}");
    assert!(report.faults.iter().all(|fault| !tenants.contains(&fault.tenant)), "{report:?}");
}

#[tokio::test]
async fn a_long_chain_is_sealed_in_batches_and_verified_in_pages() {
    let kit = Kit::open().await;
    let (tenant, user) = (kit.new_tenant(), kit.env.new_id());
    let tx = kit.begin(tenant, by(user)).await;
    for _ in 0..1_300 {
        tx.emit(&SignedIn { user_id: user, email: "ada@example.com".to_owned() });
    }
    tx.commit().await.unwrap();
    kit.seal().await;
    assert_linked(&chain(&kit, tenant).await, 1_300);
    let told = Mutex::new(Vec::new());
    let report = verify(&kit.db, Some(tenant), &mut |Progress { events, .. }| told.lock().unwrap().push(events)).await;
    assert!(report.unwrap().is_sound());
    let told = told.into_inner().unwrap();
    assert!(told.is_sorted() && told.len() > 2 && told.last() == Some(&1_300), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[expect(clippy::disallowed_methods, reason = "nodes beside each other are tasks beside each other")]
async fn nodes_that_seal_beside_each_other_do_not_fork_the_chain() {
    let kit = Kit::open().await;
    let (tenant, user) = (kit.new_tenant(), kit.env.new_id());
    let mut nodes = Vec::new();
    for _ in 0..4 {
        let (db, env) = (kit.another_node().await, kit.env.clone());
        nodes.push(tokio::spawn(async move {
            for _ in 0..25 {
                seal(&db, &env).await;
                tokio::task::yield_now().await;
            }
        }));
    }
    kit.sign_in(tenant, user, 200).await;
    for node in nodes {
        node.await.unwrap();
    }
    kit.seal().await;
    assert_linked(&chain(&kit, tenant).await, 200);
    let report = kit.verify(tenant).await;
    assert!(report.is_sound(), "{report:?}");
}
