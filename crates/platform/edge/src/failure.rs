//! Why a handler did not answer, and what becomes of its transaction.

use http::{HeaderName, HeaderValue};
use kernel::{Refusal, Refusals};

use crate::reply::Rendered;

/// A refusal on its way out. By default the transaction is rolled back.
#[derive(Debug)]
pub struct Failure {
    pub(crate) refusal: Refusal,
    pub(crate) commit: bool,
    /// Another request won a race inside the database: the kit runs this one again.
    pub(crate) retry: bool,
    /// What a protocol adds to its refusals: a challenge, a nonce.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// How it is shown to a person, where a page has its own way to.
    pub(crate) page: Option<Box<Rendered>>,
}

impl Failure {
    /// The refusal itself, for a page that shows it to a person.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// The same with a header of the protocol, in place of the one that the kit would send.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub(crate) fn shown(mut self, page: Rendered) -> Self {
        self.page = Some(Box::new(page));
        self
    }

    /// For people.
    pub fn message(&self) -> &str {
        &self.refusal.message
    }

    pub fn reason(&self) -> &'static str {
        self.refusal.reason
    }
}

/// Refuse, and keep what was written: a wrong password must leave its trace.
pub fn refuse(error: impl Into<Refusal>) -> Failure {
    Failure { refusal: error.into(), commit: true, retry: false, headers: Vec::new(), page: None }
}

impl<E: Refusals> From<E> for Failure {
    fn from(error: E) -> Self {
        let retry = error.is_serialization();
        Self { refusal: error.into(), commit: false, retry, headers: Vec::new(), page: None }
    }
}
