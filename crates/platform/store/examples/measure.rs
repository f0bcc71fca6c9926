#![allow(clippy::all, clippy::pedantic, clippy::unwrap_used, clippy::print_stdout, clippy::disallowed_methods)]
use std::{sync::Arc, time::{Duration, Instant, SystemTime}};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use kernel::{Clock, Entropy, Env, TenantId, Timestamp, Id};
use store::*;
struct C; impl Clock for C { fn now(&self) -> Timestamp { Timestamp::from_micros(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap().as_micros() as i64) } }
struct E; impl Entropy for E { fn fill(&self, b: &mut [u8]) { SystemRandom::new().fill(b).unwrap() } }
struct T;
const M: Migration = Migration::new("m/1", "create table things (tenant_id blob not null, id blob not null, name text not null, at bigint not null, primary key (tenant_id, id)); create unique index things_name on things (tenant_id, name)");
store::sql! {
    INSERT = "insert into things (tenant_id, id, name, at) values ($1, $2, $3, $4)";
    FIND = "select id, name, at from things where tenant_id = $1 and id = $2";
}
const TEN: TenantId = TenantId::from_u128(1);
async fn insert(db: &Db) -> Id<T> {
    let id: Id<T> = db.env().new_id();
    let tx = db.begin(Origin::system(TEN)).await.unwrap();
    tx.execute(&INSERT, params![id, id.to_string(), db.env().now()]).await.unwrap();
    tx.commit().await.unwrap();
    id
}
#[tokio::main]
async fn main() {
    let url: StoreUrl = std::env::args().nth(1).unwrap().parse().unwrap();
    let dur = if std::env::args().nth(2).as_deref() == Some("normal") { Durability::Normal } else { Durability::Full };
    let db = Db::open(&url, &StoreOptions { durability: dur, ..Default::default() }, Env { clock: Arc::new(C), entropy: Arc::new(E) }).await.unwrap();
    db.migrate(&[MIGRATIONS, &[M]].concat(), &mut |_| {}).await.unwrap();
    if let Some(secs) = std::env::args().nth(3) {
        let s = Instant::now(); let mut last = String::new(); let (mut ok, mut bad) = (0u64, 0u64); let mut acked = vec![]; let mut worst = Duration::ZERO;
        while s.elapsed() < Duration::from_secs(secs.parse().unwrap()) {
            let id: Id<T> = db.env().new_id();
            let q = Instant::now();
            let r = async { let tx = db.begin(Origin::system(TEN)).await?; tx.execute(&INSERT, params![id, id.to_string() + &"x".repeat(2000), db.env().now()]).await?; tx.commit().await }.await;
            worst = worst.max(q.elapsed());
            let read = db.read(TEN).one(&FIND, params![id], |row| row.get::<Id<T>>(0)).await;
            let state = format!("write {} / read {}", match &r { Ok(()) => "ok".into(), Err(e) => e.to_string() }, match &read { Ok(x) => format!("ok {}", x.is_some()), Err(e) => e.to_string() });
            if state != last { println!("{:>6.2}s {state}  (ok {ok}, bad {bad})", s.elapsed().as_secs_f64()); last = state; }
            if r.is_ok() { ok += 1; acked.push(id); } else { bad += 1; tokio::time::sleep(Duration::from_millis(50)).await; }
        }
        let mut missing = 0; for id in &acked { if db.read(TEN).one(&FIND, params![id], |row| row.get::<Id<T>>(0)).await.unwrap().is_none() { missing += 1; } }
        println!("acknowledged {ok}, refused {bad}, missing {missing}, slowest {worst:?}"); return;
    }
    let mut lat = vec![];
    for _ in 0..500 { let t = Instant::now(); insert(&db).await; lat.push(t.elapsed()); }
    lat.sort();
    println!("one commit alone: p50 {:?} p99 {:?}", lat[250], lat[495]);
    for tasks in [1usize, 8, 64] {
        let t = Instant::now();
        let hs: Vec<_> = (0..tasks).map(|_| { let db = db.clone(); tokio::spawn(async move { let mut n = 0u64; let mut l = vec![]; let s = Instant::now(); while s.elapsed() < Duration::from_secs(3) { let q = Instant::now(); insert(&db).await; l.push(q.elapsed()); n += 1; } (n, l) }) }).collect();
        let mut n = 0; let mut l = vec![]; for h in hs { let (a, b) = h.await.unwrap(); n += a; l.extend(b); }
        l.sort();
        println!("inserts by {tasks} tasks: {:.0}/s p50 {:?} p99 {:?}", n as f64 / t.elapsed().as_secs_f64(), l[l.len()/2], l[l.len()*99/100]);
    }
    let mut ids = vec![]; for _ in 0..200 { ids.push(insert(&db).await); }
    let ids = Arc::new(ids);
    for tasks in [1usize, 2, 16, 64] {
        let t = Instant::now();
        let hs: Vec<_> = (0..tasks).map(|k| { let db = db.clone(); let ids = ids.clone(); tokio::spawn(async move { let mut n = 0u64; let s = Instant::now(); let r = db.read(TEN); while s.elapsed() < Duration::from_secs(2) { for i in 0..50 { let x = r.one(&FIND, params![ids[(i + k) % 200]], |row| Ok((row.get::<Id<T>>(0)?, row.get::<String>(1)?, row.get::<Timestamp>(2)?))).await.unwrap(); assert!(x.is_some()); n += 1; } tokio::task::yield_now().await } n }) }).collect();
        let mut n = 0; for h in hs { n += h.await.unwrap(); }
        println!("point reads by {tasks} tasks: {:.0}/s", n as f64 / t.elapsed().as_secs_f64());
    }
}
