use store::{Query, params};

use crate::{
    cats,
    kit::{ACME, GLOBEX, client, origin, stores},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_sees_its_own_rows_and_the_system_all() {
    for kit in stores().await {
        let tom = cats::saved(&kit.db, ACME, "tom").await;
        cats::saved(&kit.db, ACME, "kit").await;
        cats::saved(&kit.db, GLOBEX, "tom").await;
        assert_eq!(cats::count(&kit.db.read(ACME)).await, 2);
        assert_eq!(cats::count(&kit.db.read(GLOBEX)).await, 1);
        assert_eq!(cats::find(&kit.db.read(GLOBEX), tom.id).await, None);
        let all = kit.db.system_read().one(&cats::COUNT_ALL_CATS, params![], |row| row.get::<i64>(0)).await.unwrap();
        assert_eq!(all, Some(3));
    }
}

/// What a statement that forgot its tenant would see: PostgreSQL's second lock, tried without the store in between.
#[tokio::test(flavor = "multi_thread")]
async fn without_its_setting_postgres_shows_and_takes_nothing() {
    for kit in stores().await {
        let Some(url) = kit.place.postgres() else { continue };
        cats::saved(&kit.db, ACME, "tom").await;
        cats::saved(&kit.db, GLOBEX, "tom").await;
        let client = client(&url).await;
        let count = async || client.query_one("select count(*) from cats", &[]).await.unwrap().get::<_, i64>(0);
        let become_tenant = async |setting: &str| {
            client.execute("select set_config('portcullis.tenant', $1, false)", &[&setting]).await.unwrap();
        };
        assert_eq!(count().await, 0, "no setting");
        for (setting, seen) in [("", 0), (&*ACME.uuid().simple().to_string(), 1), ("*", 2)] {
            become_tenant(setting).await;
            assert_eq!(count().await, seen, "{setting:?}");
        }
        become_tenant(&ACME.uuid().simple().to_string()).await;
        assert_eq!(client.execute("update cats set lives = 1", &[]).await.unwrap(), 1, "its own row only");
        let foreign = client
            .execute("insert into codes (tenant_id, id) values ($1, $1)", &[&GLOBEX.as_bytes().as_slice()])
            .await
            .unwrap_err();
        assert_eq!(foreign.code().unwrap().code(), "42501", "{foreign}");

        let unguarded: Vec<String> = client
            .query(
                "select relname::text from pg_class c join pg_attribute a on a.attrelid = c.oid \
                  where a.attname = 'tenant_id' and c.relkind = 'r' and not (relrowsecurity and relforcerowsecurity)",
                &[],
            )
            .await
            .unwrap()
            .iter()
            .map(|row| row.get(0))
            .collect();
        assert_eq!(unguarded, Vec::<String>::new());
    }
}

/// The wall must not cost the index: it is asked after the statement's own conditions, and once per statement.
#[tokio::test(flavor = "multi_thread")]
async fn behind_the_wall_the_primary_key_is_still_used() {
    for kit in stores().await {
        let Some(url) = kit.place.postgres() else { continue };
        let client = client(&url).await;
        for setting in ["*".to_owned(), ACME.uuid().simple().to_string()] {
            client.execute("select set_config('portcullis.tenant', $1, false)", &[&setting]).await.unwrap();
            client.batch_execute("set enable_seqscan = off").await.unwrap();
            let plan = client
                .query("explain select name_key from cats where tenant_id = '\\x00' and id = '\\x00'", &[])
                .await
                .unwrap()
                .iter()
                .map(|row| row.get::<_, String>(0))
                .collect::<Vec<_>>()
                .join("\n");
            assert!(plan.contains("Index Cond: ((tenant_id = '\\x00'::bytea) AND (id = '\\x00'::bytea))"), "{plan}");
            assert!(plan.contains("InitPlan"), "{plan}");
        }
    }
}

/// Connections are shared: what one tenant's reads left behind must not serve another's.
#[tokio::test(flavor = "multi_thread")]
async fn tenants_that_share_connections_do_not_share_rows() {
    for kit in stores().await {
        let of_acme = cats::saved(&kit.db, ACME, "tom").await;
        for _ in 0..50 {
            let (acme, globex) = (kit.db.read(ACME), kit.db.read(GLOBEX));
            let (seen, unseen) = tokio::join!(cats::find(&acme, of_acme.id), cats::find(&globex, of_acme.id));
            assert!(seen.is_some() && unseen.is_none());
            let tx = kit.db.begin(origin(GLOBEX)).await.unwrap();
            assert_eq!(cats::find(&tx, of_acme.id).await, None);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_at_once_see_their_own_tenant_though_others_give_up() {
    for kit in stores().await {
        let (tom, kit_cat) = (cats::saved(&kit.db, ACME, "tom").await, cats::saved(&kit.db, GLOBEX, "kit").await);
        let mut readers = tokio::task::JoinSet::new();
        for number in 0..64_u32 {
            let (db, own, foreign) =
                (kit.db.clone(), [&tom, &kit_cat][number as usize % 2].id, [&kit_cat, &tom][number as usize % 2].id);
            let tenant = if number % 2 == 0 { ACME } else { GLOBEX };
            readers.spawn(async move {
                let read = db.read(tenant);
                for round in 0..50 {
                    // Asked, and not waited for.
                    if round % 5 == number % 5 {
                        let _ = tokio::time::timeout(std::time::Duration::ZERO, cats::find(&read, own)).await;
                    }
                    assert!(cats::find(&read, own).await.is_some(), "reader {number}, round {round}: its own is gone");
                    assert!(
                        cats::find(&read, foreign).await.is_none(),
                        "reader {number}, round {round}: another's is seen"
                    );
                }
            });
        }
        while let Some(outcome) = readers.join_next().await {
            outcome.unwrap();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_go_on_after_the_database_cut_every_connection() {
    for kit in stores().await {
        let Some(url) = kit.place.postgres() else { continue };
        let tom = cats::saved(&kit.db, ACME, "tom").await;
        assert!(cats::find(&kit.db.read(ACME), tom.id).await.is_some());
        let cut = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                    where datname = current_database() and pid <> pg_backend_pid()";
        assert!(client(&url).await.query_one(cut, &[]).await.unwrap().get::<_, i64>(0) > 0);
        // What was asked on a connection that is cut is lost; the read after it opens another.
        let find =
            async || kit.db.read(ACME).one(&cats::FIND_CAT, params![tom.id], |row| row.get::<uuid::Uuid>(0)).await;
        let mut seen = find().await;
        if seen.is_err() {
            seen = find().await;
        }
        assert_eq!(seen.unwrap(), Some(tom.id.uuid()));
    }
}
