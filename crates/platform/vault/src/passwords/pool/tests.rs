use std::{
    future::Future,
    pin::pin,
    sync::mpsc,
    task::{Context, Poll, Waker},
};

use super::*;

const CHEAP: Argon2Params = Argon2Params { memory_kib: 64, iterations: 1, parallelism: 1 };

fn pool(threads: usize, queue: usize) -> PasswordPool {
    PasswordPool::new(PoolOptions { threads, queue, nice: 5 }).unwrap()
}

/// Starts a future without waiting for it.
fn poll<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Holds the pool's threads until the senders are dropped.
fn occupy(pool: &PasswordPool, threads: usize) -> Vec<mpsc::Sender<()>> {
    let (started, has_started) = mpsc::channel();
    let holds = (0..threads).map(|_| {
        let (hold, is_released) = mpsc::channel::<()>();
        let (reply, answer) = oneshot::channel();
        let started = started.clone();
        let work = move |_: &mut Memory| {
            let _answer = answer;
            started.send(()).unwrap();
            let _released = is_released.recv();
            Ok(())
        };
        pool.handle.0.enqueue(Box::new(Task { work, reply })).unwrap();
        hold
    });
    let holds = holds.collect();
    for _ in 0..threads {
        has_started.recv().unwrap();
    }
    holds
}

#[tokio::test]
async fn a_password_verifies_and_another_does_not() {
    let pool = pool(2, 8);
    let phc = pool.hash(&Secret::new("grün 123"), CHEAP).await.unwrap();
    assert_eq!(pool.verify(&Secret::new("grün 123"), &phc).await, Ok(true));
    assert_eq!(pool.verify(&Secret::new("gru\u{308}n 123"), &phc).await, Ok(true), "typed on another keyboard");
    assert_eq!(pool.verify(&Secret::new("grün 124"), &phc).await, Ok(false));
    assert_eq!(pool.verify(&Secret::new("grün 123 "), &phc).await, Ok(false), "white space counts");
    assert_eq!(pool.verify_absent(&Secret::new("grün 123"), CHEAP).await, Ok(false));
}

#[tokio::test]
async fn what_cannot_be_hashed_is_refused_without_a_thread() {
    let pool = pool(1, 1);
    let _holds = occupy(&pool, 1);
    let long = Secret::new("x".repeat(1_025));
    assert_eq!(pool.hash(&long, CHEAP).await, Err(PoolError::TooLong));
    assert_eq!(pool.verify(&long, "irrelevant").await, Err(PoolError::TooLong));
    assert_eq!(pool.verify_absent(&long, CHEAP).await, Err(PoolError::TooLong));
    assert_eq!(pool.verify(&Secret::new("x"), "no hash").await, Err(PoolError::BadHash));
    assert_eq!(pool.waiting(), 0);
}

#[tokio::test]
async fn parameters_out_of_range_are_an_error_and_not_a_crash() {
    let pool = pool(1, 1);
    for params in [
        Argon2Params { memory_kib: 0, ..CHEAP },
        Argon2Params { iterations: 0, ..CHEAP },
        Argon2Params { parallelism: 0, ..CHEAP },
    ] {
        assert_eq!(pool.hash(&Secret::new("x"), params).await, Err(PoolError::BadParams));
    }
    assert!(pool.hash(&Secret::new("x".repeat(1_024)), CHEAP).await.is_ok());
}

#[tokio::test]
async fn a_full_queue_says_no_at_once() {
    let pool = pool(2, 3);
    let holds = occupy(&pool, 2);
    let password = Secret::new("x");
    let mut waiting: Vec<_> = (0..3).map(|_| Box::pin(pool.hash(&password, CHEAP))).collect();
    for future in &mut waiting {
        assert!(poll(future.as_mut()).is_pending());
    }
    assert_eq!(pool.waiting(), 3);
    assert!(pool.expected_wait() > Duration::ZERO);
    // Ready on the first poll: nobody waits to be refused.
    assert!(!pool.has_room());
    assert_eq!(poll(pin!(pool.hash(&password, CHEAP))), Poll::Ready(Err(PoolError::Busy)));
    assert_eq!(poll(pin!(pool.verify_absent(&password, CHEAP))), Poll::Ready(Err(PoolError::Busy)));
    drop(holds);
    for future in waiting {
        assert!(future.await.is_ok());
    }
    assert!(pool.hash(&password, CHEAP).await.is_ok(), "and there is room again");
}

#[tokio::test]
async fn who_hangs_up_gives_the_place_to_another() {
    let pool = pool(1, 2);
    let holds = occupy(&pool, 1);
    let password = Secret::new("x");
    let mut stays = Box::pin(pool.hash(&password, CHEAP));
    let mut leaves = Box::pin(pool.hash(&password, CHEAP));
    assert!(poll(stays.as_mut()).is_pending() && poll(leaves.as_mut()).is_pending());
    drop(leaves);
    let mut comes = Box::pin(pool.hash(&password, CHEAP));
    assert!(poll(comes.as_mut()).is_pending());
    assert_eq!(pool.waiting(), 2);
    drop(holds);
    assert!(stays.await.is_ok() && comes.await.is_ok());
}

#[tokio::test]
async fn an_abandoned_hash_is_not_computed() {
    let pool = pool(1, 4);
    let holds = occupy(&pool, 1);
    let (ran, has_run) = mpsc::channel();
    let mut abandoned = Box::pin(pool.submit(move |_| {
        ran.send(()).unwrap();
        Ok(())
    }));
    assert!(poll(abandoned.as_mut()).is_pending());
    drop(abandoned);
    drop(holds);
    assert!(pool.hash(&Secret::new("x"), CHEAP).await.is_ok(), "the one behind it is");
    assert!(has_run.recv().is_err());
}

#[tokio::test]
async fn a_panic_costs_no_thread() {
    let pool = pool(1, 4);
    let outcome: Result<(), _> = pool.submit(|_| panic!("expected by this test")).await;
    assert_eq!(outcome, Err(PoolError::Stopped));
    assert!(pool.hash(&Secret::new("x"), CHEAP).await.is_ok());
}

#[tokio::test]
async fn threads_are_named_and_end_with_the_pool() {
    let pool = pool(1, 4);
    let named = pool.submit(|_| Ok(thread::current().name().map(str::to_owned))).await.unwrap();
    assert_eq!(named.as_deref(), Some("hash-0"));
    let shared = Arc::downgrade(&pool.handle.0);
    let clone = pool.clone();
    drop(pool);
    assert!(clone.hash(&Secret::new("x"), CHEAP).await.is_ok());
    drop(clone);
    for _ in 0..1_000 {
        if shared.strong_count() == 0 {
            return;
        }
        thread::sleep(Duration::from_millis(1));
    }
    panic!("the thread still runs");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn threads_step_back_and_the_others_do_not() {
    let pool = pool(1, 4);
    let own = || rustix::process::getpriority_process(Some(rustix::thread::gettid())).unwrap();
    let before = own();
    assert_eq!(pool.submit(move |_| Ok(own())).await, Ok(5.max(before)));
    assert_eq!(own(), before);
}

#[test]
fn debug_shows_options_only() {
    let text = format!("{:?}", pool(1, 2));
    assert_eq!(text, "PasswordPool { options: PoolOptions { threads: 1, queue: 2, nice: 5 }, .. }");
}
