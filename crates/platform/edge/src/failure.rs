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
    /// Boxed: nearly every refusal has nothing of it, and results carry their size everywhere.
    pub(crate) dress: Option<Box<Dress>>,
}

/// How a refusal looks where it does not look like all others.
#[derive(Debug, Default)]
pub(crate) struct Dress {
    /// What a protocol adds: a challenge, a nonce.
    pub(crate) headers: Vec<(HeaderName, HeaderValue)>,
    /// How it is shown to a person, where a page has its own way to.
    pub(crate) page: Option<Rendered>,
}

impl Failure {
    /// The refusal itself, for a page that shows it to a person.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }

    /// The same with a header of the protocol, in place of the one that the kit would send.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.dress.get_or_insert_default().headers.push((name, value));
        self
    }

    pub(crate) fn shown(mut self, page: Rendered) -> Self {
        self.dress.get_or_insert_default().page = Some(page);
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
    Failure { refusal: error.into(), commit: true, retry: false, dress: None }
}

impl<E: Refusals> From<E> for Failure {
    fn from(error: E) -> Self {
        let retry = error.is_serialization();
        Self { refusal: error.into(), commit: false, retry, dress: None }
    }
}
