//! Somebody with a connection to the database changes the trail: each way is found, and found where it is.

use events::Flaw;
use kernel::TenantId;
use store::{Origin, Statement, params};

use super::kit::{Kit, flaws};

store::sql! {
    EDIT_TYPE = "update events set type = 'user.signed_out' where tenant_id = $1 and sequence = 3";
    EDIT_TIME = "update events set occurred_at = occurred_at - 1 where tenant_id = $1 and sequence = 3";
    EDIT_ACTOR = "update events set actor_id = tenant_id where tenant_id = $1 and sequence = 3";
    DROP_ACTOR = "update events set actor_id = null where tenant_id = $1 and sequence = 3";
    EDIT_ACTOR_KIND = "update events set actor_kind = 'system' where tenant_id = $1 and sequence = 3";
    EDIT_TARGET = "update events set target_id = tenant_id where tenant_id = $1 and sequence = 3";
    EDIT_TARGET_KIND = "update events set target_kind = 'session' where tenant_id = $1 and sequence = 3";
    EDIT_OUTCOME = "update events set outcome = 'failure' where tenant_id = $1 and sequence = 3";
    EDIT_REQUEST = "update events set request_id = 'req_1' where tenant_id = $1 and sequence = 3";
    EDIT_ID = "update events set id = tenant_id where tenant_id = $1 and sequence = 3";
    EDIT_DIGEST = "update events set digest = hash where tenant_id = $1 and sequence = 3";
    EDIT_HASH = "update events set hash = digest where tenant_id = $1 and sequence = 3";
    EDIT_PREVIOUS = "update events set previous_hash = digest where tenant_id = $1 and sequence = 3";
    UNKNOWN_OUTCOME = "update events set outcome = 'maybe' where tenant_id = $1 and sequence = 3";
    SHORT_HASH = "update events set hash = tenant_id where tenant_id = $1 and sequence = 3";
    EDIT_DETAILS = "
        update events set details = replace(details, '192.0.2.1', '192.0.2.9') where tenant_id = $1 and sequence = 3";
    EDIT_SALT = "update events set salt = tenant_id where tenant_id = $1 and sequence = 3";
    DROP_DETAILS = "update events set details = null, salt = null where tenant_id = $1 and sequence = 3";
    DROP_SALT = "update events set salt = null where tenant_id = $1 and sequence = 3";
    DELETE_ONE = "delete from events where tenant_id = $1 and sequence = 3";
    DELETE_SOME = "delete from events where tenant_id = $1 and sequence in (2, 3, 4)";
    DELETE_FIRST = "delete from events where tenant_id = $1 and sequence = 1";
    DELETE_LAST = "delete from events where tenant_id = $1 and sequence = 6";
    DELETE_ALL = "delete from events where tenant_id = $1";
    UNSEAL = "
        update events set sequence = null, previous_hash = null, hash = null where tenant_id = $1 and sequence = 3";
    UNSEAL_LAST = "
        update events set sequence = null, previous_hash = null, hash = null where tenant_id = $1 and sequence = 6";
    MOVE_AWAY = "update events set sequence = 100 where tenant_id = $1 and sequence = 3";
    MOVE_DOWN = "update events set sequence = sequence - 1 where tenant_id = $1 and sequence = 4";
    MOVE_BACK = "update events set sequence = 4 where tenant_id = $1 and sequence = 100";
    PUT_IN_FRONT = "
        insert into events (tenant_id, id, type, occurred_at, actor_kind, actor_id, target_kind, target_id, outcome,
                            request_id, details, salt, digest, sequence, previous_hash, hash)
        select $1, tenant_id, type, occurred_at, actor_kind, actor_id, target_kind, target_id, outcome,
               request_id, details, salt, digest, 0, previous_hash, hash
          from events
         where tenant_id = $1 and sequence = 1";
    PUT_BEHIND = "
        insert into events (tenant_id, id, type, occurred_at, actor_kind, actor_id, target_kind, target_id, outcome,
                            request_id, details, salt, digest, sequence, previous_hash, hash)
        select $1, tenant_id, type, occurred_at, actor_kind, actor_id, target_kind, target_id, outcome,
               request_id, details, salt, digest, 7, hash, hash
          from events
         where tenant_id = $1 and sequence = 6";
    DELETE_HEAD = "delete from audit_chains where tenant_id = $1";
    EDIT_HEAD = "update audit_chains set hash = (select digest from events where tenant_id = $1 and sequence = 1)
                  where tenant_id = $1";
    LOWER_HEAD = "
        update audit_chains
           set sequence = 5, hash = (select hash from events where tenant_id = $1 and sequence = 5)
         where tenant_id = $1";
    RAISE_HEAD = "update audit_chains set sequence = 9 where tenant_id = $1";
}

/// What somebody does to a chain of six, and what is found.
type Case<'a> = (&'a [&'static Statement], &'a [(i64, Flaw)]);

async fn run(kit: &Kit, tenant: TenantId, statements: &[&'static Statement]) {
    let tx = kit.db.begin(Origin::system(tenant)).await.unwrap();
    for statement in statements {
        assert!(tx.execute(statement, params![]).await.unwrap() > 0, "{} touches nothing", statement.name);
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn each_way_of_tampering_is_found_where_it_is() {
    use Flaw::*;
    let kit = Kit::open().await;
    let cases: &[Case<'_>] = &[
        (&[&EDIT_TYPE], &[(3, Edited)]),
        (&[&EDIT_TIME], &[(3, Edited)]),
        (&[&EDIT_ACTOR], &[(3, Edited)]),
        (&[&DROP_ACTOR], &[(3, Edited)]),
        (&[&EDIT_ACTOR_KIND], &[(3, Edited)]),
        (&[&EDIT_TARGET], &[(3, Edited)]),
        (&[&EDIT_TARGET_KIND], &[(3, Edited)]),
        (&[&EDIT_OUTCOME], &[(3, Edited)]),
        (&[&EDIT_REQUEST], &[(3, Edited)]),
        (&[&EDIT_ID], &[(3, Edited)]),
        (&[&EDIT_DIGEST], &[(3, Edited), (3, DetailsEdited)]),
        (&[&EDIT_HASH], &[(3, Edited), (4, Unlinked)]),
        (&[&EDIT_PREVIOUS], &[(3, Unlinked), (3, Edited)]),
        (&[&UNKNOWN_OUTCOME], &[(3, Unreadable)]),
        (&[&SHORT_HASH], &[(3, Unreadable)]),
        (&[&EDIT_DETAILS], &[(3, DetailsEdited)]),
        (&[&EDIT_SALT], &[(3, DetailsEdited)]),
        (&[&DROP_DETAILS], &[(3, DetailsRemoved)]),
        (&[&DROP_SALT], &[(3, DetailsEdited)]),
        (&[&DELETE_ONE], &[(3, Missing { to: 3 })]),
        (&[&DELETE_SOME], &[(2, Missing { to: 4 })]),
        (&[&DELETE_FIRST], &[(1, Missing { to: 1 })]),
        (&[&DELETE_LAST], &[(6, TailCut { to: 6 })]),
        (&[&DELETE_ALL], &[(1, TailCut { to: 6 })]),
        (&[&UNSEAL], &[(3, Missing { to: 3 })]),
        (&[&UNSEAL_LAST], &[(6, TailCut { to: 6 })]),
        (
            &[&MOVE_AWAY, &MOVE_DOWN, &MOVE_BACK],
            &[(3, Unlinked), (3, Edited), (4, Unlinked), (4, Edited), (5, Unlinked)],
        ),
        (&[&MOVE_AWAY], &[(3, Missing { to: 3 }), (100, Edited), (7, Missing { to: 99 }), (7, BeyondHead)]),
        (&[&PUT_IN_FRONT], &[(0, Misplaced)]),
        (&[&PUT_BEHIND], &[(7, Edited), (7, BeyondHead)]),
        (&[&DELETE_HEAD], &[(6, HeadMissing)]),
        (&[&EDIT_HEAD], &[(6, HeadDiffers)]),
        (&[&LOWER_HEAD], &[(6, BeyondHead)]),
        (&[&RAISE_HEAD], &[(7, TailCut { to: 9 })]),
        (&[&DELETE_LAST, &LOWER_HEAD, &RAISE_HEAD], &[(6, TailCut { to: 9 })]),
    ];
    for (statements, expected) in cases {
        let (tenant, _) = kit.sealed_tenant(6).await;
        assert!(kit.verify(tenant).await.is_sound());
        run(&kit, tenant, statements).await;
        let report = kit.verify(tenant).await;
        assert_eq!(flaws(&report), *expected, "{}", statements[0].name);
        assert!(!report.is_sound() && report.faults.iter().all(|fault| fault.tenant == tenant));
    }
}

#[tokio::test]
async fn a_fault_names_the_event_in_one_line() {
    let kit = Kit::open().await;
    let (tenant, _) = kit.sealed_tenant(6).await;
    run(&kit, tenant, &[&EDIT_OUTCOME]).await;
    let report = kit.verify(tenant).await;
    let event = report.faults[0].event.unwrap();
    assert_eq!(
        report.faults[0].to_string(),
        format!("tenant {tenant}, sequence 3, event {event}: the event was edited, moved or put in")
    );
}

#[tokio::test]
async fn a_damaged_chain_is_not_sealed_on_and_holds_nobody_else_up() {
    let kit = Kit::open().await;
    for damage in [&PUT_BEHIND, &DELETE_HEAD, &LOWER_HEAD, &RAISE_HEAD, &DELETE_LAST] {
        let (damaged, user) = kit.sealed_tenant(6).await;
        run(&kit, damaged, &[damage]).await;
        let before = kit.verify(damaged).await;
        let healthy = kit.new_tenant();
        kit.sign_in(damaged, user, 2).await;
        kit.sign_in(healthy, user, 2).await;
        kit.seal().await;
        let after = kit.verify(damaged).await;
        assert_eq!((after.faults, after.events, after.unsealed), (before.faults, before.events, 2), "{}", damage.name);
        let report = kit.verify(healthy).await;
        assert_eq!((report.is_sound(), report.events), (true, 2));
    }
}
