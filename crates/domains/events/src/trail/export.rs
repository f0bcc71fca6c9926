//! The trail on its way out: a page at a time, so that memory stays the same however much there is.

use edge::{Context, Failure, LineSource, Reply, RowFormat, Rows, line, ok};
use kernel::{Id, PageRequest};
use serde::Serialize;
use store::Read;

use super::{event::AuditExported, filters::AuditEventFilters, store as rows, table};
use crate::AuditEvent;

const PAGE: u32 = 500;

/// Events from the newest to the oldest; what happens meanwhile is newer, and not among them.
struct Walk<V> {
    read: Read,
    filters: AuditEventFilters,
    format: RowFormat,
    state: State,
    view: std::marker::PhantomData<fn() -> V>,
}

/// What the filters leave, as the request accepts it; the trail says that it was taken.
pub(super) async fn export<V: From<AuditEvent> + Serialize + 'static>(
    cx: &Context,
    filters: AuditEventFilters,
) -> Reply<Rows<V>> {
    let format = RowFormat::accepted(cx);
    cx.tx().await?.emit(&AuditExported { tenant_id: cx.tenant_id() });
    ok(Rows::of(format, Walk::<V>::new(cx.committed(), filters, format)))
}

enum State {
    Begun,
    After(Id<AuditEvent>),
    Over,
}

impl<V> Walk<V> {
    const fn new(read: Read, filters: AuditEventFilters, format: RowFormat) -> Self {
        Self { read, filters, format, state: State::Begun, view: std::marker::PhantomData }
    }
}

impl<V: From<AuditEvent> + Serialize + 'static> LineSource for Walk<V> {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        let (after, is_first) = match self.state {
            State::Begun => (None, true),
            State::After(id) => (Some(id), false),
            State::Over => return Ok(None),
        };
        let page = rows::page(&self.read, &self.filters, &PageRequest { limit: PAGE, after }).await?;
        self.state = page.next.map_or(State::Over, State::After);
        let bytes = match self.format {
            RowFormat::Json => page.items.into_iter().flat_map(|event| line(&V::from(event))).collect(),
            RowFormat::Csv => table::written(page.items, is_first)?,
        };
        // Nothing at all is the end.
        Ok((!bytes.is_empty()).then_some(bytes))
    }
}
