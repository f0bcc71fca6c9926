//! Access tokens that are handles are forgotten when they have ended, and not before.

use std::time::Duration;

use serde_json::json;
use store::{Db, Query, params};

use super::kit::App;
use crate::kit::{Client, Server};

store::sql! {
    system COUNT_HANDLES = "select count(*) from oauth_access_tokens";
    // As an older version gave them: the id is of when they began.
    system AGE_HANDLES = "
        update oauth_access_tokens set id = $1
        where id = (select id from oauth_access_tokens order by expires_at desc limit 1)";
}

async fn handles(db: &Db) -> i64 {
    db.system_read().one(&COUNT_HANDLES, params![], |row| row.get(0)).await.unwrap().unwrap()
}

async fn machine(root: &Client, seconds: u32) -> App {
    let body = json!({ "type": "m2m", "name": "M", "allowed_scopes": ["users:read"], "access_token_format": "opaque",
        "access_token_lifetime": seconds });
    App::create_at(root, body).await
}

#[tokio::test]
async fn those_that_have_ended_go_whoever_they_are_of_and_the_others_stay() {
    let server = Server::start().await;
    let other = server.other_tenant("Other").await;
    let machines = [
        machine(&server.root(), 300).await,
        machine(&server.root(), 3_600).await,
        machine(&other.api_key, 300).await,
        machine(&other.api_key, 3_600).await,
    ];
    for app in &machines {
        app.own_token().await;
        app.own_token().await;
    }
    server.run_jobs().await;
    assert_eq!(handles(server.db()).await, 8);

    // One of an hour stands before all others, and holds nobody up.
    let tx = server.db().begin_system(store::Origin::system(kernel::tenant::CONSOLE)).await.unwrap();
    let begun = kernel::Id::<()>::first_at(server.now());
    assert_eq!(tx.execute(&AGE_HANDLES, params![begun]).await.unwrap(), 1);
    tx.commit().await.unwrap();

    server.turn_clock(Duration::from_mins(11));
    server.run_jobs().await;
    assert_eq!(handles(server.db()).await, 4);
    server.turn_clock(Duration::from_mins(55));
    server.run_jobs().await;
    assert_eq!(handles(server.db()).await, 0);
}
