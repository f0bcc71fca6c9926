//! Making keys, without holding up anything else.

use std::{
    future::poll_fn,
    sync::Arc,
    task::{Poll, Waker},
};

use jose::{Algorithm, JoseError, SigningKey};
use parking_lot::Mutex;

use super::KeyError;

/// A key that no store has seen yet.
pub(crate) struct NewSigningKey(pub(super) SigningKey);

/// At once, for algorithms whose keys are any random number.
pub(crate) fn generate_quickly(algorithm: Algorithm) -> Result<NewSigningKey, KeyError> {
    Ok(NewSigningKey(SigningKey::generate(algorithm)?))
}

/// An RSA key takes up to a second to find, so it is looked for on a thread of its own; the runtime's threads go on serving.
pub(super) async fn generate(algorithm: Algorithm) -> Result<NewSigningKey, KeyError> {
    if algorithm != Algorithm::Rs256 {
        return generate_quickly(algorithm);
    }
    let slot = Arc::new(Slot::default());
    let finder = Finder(Arc::clone(&slot));
    let spawned = std::thread::Builder::new().name("rsa-key".to_owned()).spawn(move || {
        let key = SigningKey::generate(algorithm);
        finder.0.0.lock().result = Some(key);
    });
    if let Err(error) = spawned {
        tracing::error!(%error, "no thread to make an RSA key on");
        return Err(KeyError::Unusable);
    }
    let key = poll_fn(|cx| {
        let mut found = slot.0.lock();
        match found.result.take() {
            Some(result) => Poll::Ready(result),
            // The thread is gone and left nothing: it panicked.
            None if found.is_over => Poll::Ready(Err(JoseError::Cryptography)),
            None => {
                found.waker = Some(cx.waker().clone());
                Poll::Pending
            }
        }
    });
    Ok(NewSigningKey(key.await?))
}

/// Where the thread leaves the key and the task waits for it.
#[derive(Default)]
struct Slot(Mutex<Search>);

#[derive(Default)]
struct Search {
    result: Option<Result<SigningKey, JoseError>>,
    waker: Option<Waker>,
    is_over: bool,
}

/// Held by the thread; however it ends, the task is woken.
struct Finder(Arc<Slot>);

impl Drop for Finder {
    fn drop(&mut self) {
        let mut search = self.0.0.lock();
        search.is_over = true;
        if let Some(waker) = search.waker.take() {
            waker.wake();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{
        pin::pin,
        task::{Context, Wake},
        thread::{self, Thread},
    };

    use super::*;

    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        let waker = Arc::new(Unpark(thread::current())).into();
        let mut future = pin!(future);
        loop {
            if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
                return value;
            }
            thread::park();
        }
    }

    #[test]
    fn every_algorithm_has_keys_that_sign() {
        for algorithm in Algorithm::ALL {
            let NewSigningKey(key) = block_on(generate(algorithm)).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            let signature = key.sign_bytes(b"message").unwrap();
            key.verifying_key().unwrap().verify_signature(b"message", &signature).unwrap();
        }
    }
}
