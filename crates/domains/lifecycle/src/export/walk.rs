//! Every user of a tenant in the order of their ids, a page at a time: constant memory however many there are.

use edge::{Failure, LineSource, line};
use identity::users::{UserId, bulk};
use store::{Read, StoreError};

use super::row::ExportRow;

const PAGE: u32 = 200;

/// The walk; a page is read when somebody wants its lines.
pub struct Walk {
    read: Read,
    after: Option<UserId>,
    with_hashes: bool,
    count: u64,
}

impl Walk {
    pub fn new(read: Read, with_hashes: bool) -> Self {
        Self { read, after: Some(bulk::FIRST), with_hashes, count: 0 }
    }

    /// How many users were told so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The lines of the next users; `None` at the end.
    pub async fn page(&mut self) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(after) = self.after else { return Ok(None) };
        let users = bulk::page(&self.read, after, PAGE).await?;
        self.count += users.len() as u64;
        self.after = users.last().map(|last| last.user.id);
        let lines = users.into_iter().flat_map(|user| line(&ExportRow::of(user, self.with_hashes))).collect::<Vec<_>>();
        Ok((!lines.is_empty()).then_some(lines))
    }
}

impl LineSource for Walk {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        Ok(self.page().await?)
    }
}
