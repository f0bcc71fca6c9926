//! Which tenant each pooled connection was bound to last, so that a read of the same one need not say so again.
//!
//! Only [`super::Postgres`] changes the setting for the session; transactions set theirs for their own length. What is not known
//! for sure is not in here: an entry is taken out before a connection is used and put back after all went well.

use deadpool_postgres::ObjectId;
use parking_lot::Mutex;

use crate::call::Binding;

pub(super) struct Bound {
    most: usize,
    connections: Mutex<Vec<(ObjectId, Binding)>>,
}

impl Bound {
    pub(super) fn new(most: usize) -> Self {
        Self { most: most.max(1), connections: Mutex::new(Vec::with_capacity(most)) }
    }

    pub(super) fn take(&self, connection: ObjectId) -> Option<Binding> {
        let mut connections = self.connections.lock();
        let at = connections.iter().position(|(id, _)| *id == connection)?;
        Some(connections.swap_remove(at).1)
    }

    pub(super) fn note(&self, connection: ObjectId, binding: Binding) {
        let mut connections = self.connections.lock();
        // Connections that were closed leave entries behind; their ids never come again, and the lowest is the oldest.
        if connections.len() >= self.most
            && let Some(oldest) = connections.iter().enumerate().min_by_key(|(_, (id, _))| *id).map(|(at, _)| at)
        {
            connections.swap_remove(oldest);
        }
        connections.push((connection, binding));
    }
}
