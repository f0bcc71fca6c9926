//! Why a handler did not answer, and what becomes of its transaction.

use http::{HeaderName, HeaderValue};
use kernel::{Refusal, Refusals};

/// A refusal on its way out. By default the transaction is rolled back.
#[derive(Debug)]
pub struct Failure {
    pub(crate) refusal: Refusal,
    pub(crate) commit: bool,
    /// Another request won a race inside the database: the kit runs this one again.
    pub(crate) retry: bool,
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
}

impl Failure {
    pub fn reason(&self) -> &'static str {
        self.refusal.reason
    }
}

/// Refuse, and keep what was written: a wrong password must leave its trace.
pub fn refuse(error: impl Into<Refusal>) -> Failure {
    Failure { refusal: error.into(), commit: true, retry: false, headers: Vec::new() }
}

impl<E: Refusals> From<E> for Failure {
    fn from(error: E) -> Self {
        let retry = error.is_serialization();
        Self { refusal: error.into(), commit: false, retry, headers: Vec::new() }
    }
}
