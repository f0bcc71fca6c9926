//! The only place where SQL is composed: lists with optional filters, in one order, by keyset.

use std::sync::Arc;

use kernel::page::MAX_LIMIT;
use linkme::distributed_slice;
use parking_lot::RwLock;

use crate::{
    Scope, StoreError, Value,
    statement::{Text, numbered, placeholders},
    tables::LearntTouched,
};

/// All listings that [`listing!`] declared in the crates linked into this binary.
#[allow(unsafe_code, clippy::allow_attributes, reason = "linkme places the registry in a section of its own")]
#[distributed_slice]
pub static LISTINGS: [&'static Listing];

/// How many combinations of filters a listing keeps composed; what lies beyond is composed again each time.
const KEPT: usize = 128;

/// A list that callers can filter and page through.
#[derive(Debug)]
pub struct Listing {
    pub name: &'static str,
    pub scope: Scope,
    /// Up to and including its `where` clause.
    pub select: &'static str,
    /// Name and condition; every `?` of one condition is the same value.
    pub filters: &'static [(&'static str, &'static str)],
    pub order: &'static str,
    /// The condition for "behind this row"; every `?` is a value of its own, in the order of the sort key.
    pub keyset: &'static str,
    composed: RwLock<Vec<(u64, Arc<Composed>)>>,
}

#[derive(Debug)]
pub(crate) struct Composed {
    name: &'static str,
    scope: Scope,
    pub(crate) postgres: String,
    sqlite: String,
    placeholders: usize,
    touched: LearntTouched,
    is_cached: bool,
}

/// One request to a [`Listing`].
#[derive(Clone, Debug)]
pub struct ListQuery<'a> {
    listing: &'static Listing,
    /// Bit n: the nth filter applies.
    applied: u64,
    values: Vec<(usize, Value<'a>)>,
    after: Vec<Value<'a>>,
    limit: i64,
    fault: Option<String>,
}

/// The bit that stands for the keyset among the filters' bits.
const KEYSET: u64 = 1 << 63;

impl Listing {
    #[doc(hidden)]
    pub const fn new(
        name: &'static str,
        scope: Scope,
        select: &'static str,
        filters: &'static [(&'static str, &'static str)],
        order: &'static str,
        keyset: &'static str,
    ) -> Self {
        Self { name, scope, select, filters, order, keyset, composed: RwLock::new(Vec::new()) }
    }

    /// Everything, from the start, at most a page of the largest size.
    pub const fn query<'a>(&'static self) -> ListQuery<'a> {
        ListQuery {
            listing: self,
            applied: 0,
            values: Vec::new(),
            after: Vec::new(),
            limit: MAX_LIMIT as i64 + 1,
            fault: None,
        }
    }

    /// The combinations that are worth preparing in a test: none, each filter alone, all of them with the keyset.
    pub(crate) fn samples(&'static self) -> Vec<Arc<Composed>> {
        let all = (1_u64 << self.filters.len()) - 1;
        let mut applied = vec![0, KEYSET, all, all | KEYSET];
        applied.extend((0..self.filters.len()).map(|index| 1 << index));
        applied.into_iter().map(|applied| self.composed(applied)).collect()
    }

    fn composed(&'static self, applied: u64) -> Arc<Composed> {
        if let Some((_, text)) = self.composed.read().iter().find(|(key, _)| *key == applied) {
            return Arc::clone(text);
        }
        let mut kept = self.composed.write();
        let text = Arc::new(self.compose(applied, kept.len() < KEPT));
        if text.is_cached && !kept.iter().any(|(key, _)| *key == applied) {
            kept.push((applied, Arc::clone(&text)));
        }
        text
    }

    /// Values are numbered in the order of the declaration: filters, keyset, limit.
    fn compose(&self, applied: u64, is_cached: bool) -> Composed {
        let mut number = match self.scope {
            Scope::Tenant => 1,
            Scope::System => 0,
        };
        let mut sql = self.select.to_owned();
        for (index, (_, condition)) in self.filters.iter().enumerate() {
            if applied & 1 << index != 0 {
                if condition.contains('?') {
                    number += 1;
                }
                sql = format!("{sql} and ({})", condition.replace('?', &format!("${number}")));
            }
        }
        if applied & KEYSET != 0 {
            let mut parts = self.keyset.split('?');
            sql = format!("{sql} and ({}", parts.next().unwrap_or_default());
            for part in parts {
                number += 1;
                sql = format!("{sql}${number}{part}");
            }
            sql.push(')');
        }
        sql = format!("{sql} order by {} limit ${}", self.order, number + 1);
        Composed {
            name: self.name,
            scope: self.scope,
            sqlite: numbered(&sql),
            placeholders: placeholders(&sql),
            postgres: sql,
            touched: LearntTouched::new(),
            is_cached,
        }
    }
}

impl Composed {
    pub(crate) fn text(&self) -> Text<'_> {
        Text {
            name: self.name,
            scope: self.scope,
            sqlite: &self.sqlite,
            postgres: &self.postgres,
            placeholders: self.placeholders,
            writes: false,
            touched: &self.touched,
            is_cached: self.is_cached,
        }
    }
}

impl<'a> ListQuery<'a> {
    /// Apply the filter of that name. A name that the listing lacks fails the query, not the process.
    #[must_use]
    pub fn filter(mut self, name: &str, value: impl Into<Value<'a>>) -> Self {
        if let Some(index) = self.apply(name, true) {
            self.values.push((index, value.into()));
        }
        self
    }

    /// Apply the filter where there is a value for it.
    #[must_use]
    pub fn filter_some(self, name: &str, value: Option<impl Into<Value<'a>>>) -> Self {
        match value {
            Some(value) => self.filter(name, value),
            None => self,
        }
    }

    /// Apply a filter that has no `?`, where `applies` is true.
    #[must_use]
    pub fn flag(mut self, name: &str, applies: bool) -> Self {
        if applies {
            self.apply(name, false);
        }
        self
    }

    /// Only what comes behind the row with this sort key.
    #[must_use]
    pub fn after(mut self, key: &[Value<'a>]) -> Self {
        self.after = key.to_vec();
        if self.after.len() != self.listing.keyset.matches('?').count() {
            self.fault = Some(format!("the keyset of {} has another length", self.listing.name));
        }
        self.applied |= KEYSET;
        self
    }

    /// At most so many rows; see `PageRequest::fetch`.
    #[must_use]
    pub const fn limit(mut self, limit: i64) -> Self {
        self.limit = limit;
        self
    }

    fn apply(&mut self, name: &str, with_value: bool) -> Option<usize> {
        let found = self.listing.filters.iter().position(|(filter, _)| *filter == name);
        let fits = found.filter(|index| {
            self.listing.filters[*index].1.contains('?') == with_value && self.applied & 1 << index == 0
        });
        match fits {
            Some(index) => self.applied |= 1 << index,
            None => self.fault = Some(format!("{} can't apply the filter {name}", self.listing.name)),
        }
        fits
    }

    /// The text and its values, without the tenant.
    pub(crate) fn compose(mut self) -> Result<(Arc<Composed>, Vec<Value<'a>>), StoreError> {
        if let Some(fault) = self.fault {
            return Err(StoreError::Internal(fault));
        }
        self.values.sort_by_key(|(index, _)| *index);
        let values =
            self.values.into_iter().map(|(_, value)| value).chain(self.after).chain([Value::I64(self.limit)]).collect();
        Ok((self.listing.composed(self.applied), values))
    }
}

/// Declare lists: each becomes a `pub(crate) static NAME: Listing` and an entry of the registry.
///
/// `select` ends in a `where` clause (`where true` if there is nothing to say); in a filter every `?` is the same
/// value, a filter without one is a flag; in the keyset every `?` is a value of its own. A literal `?` has no spelling.
///
/// ```
/// store::listing! {
///     THINGS = {
///         select: "select id, created_at from things where tenant_id = $1",
///         filters: { name: "name_key = ?", live: "deleted_at is null" },
///         order: "created_at desc, id desc",
///         keyset: "(created_at, id) < (?, ?)",
///     };
/// }
/// let query = THINGS.query().filter_some("name", Some("ada")).flag("live", true).limit(51);
/// ```
#[macro_export]
macro_rules! listing {
    () => {};
    ($(#[$meta:meta])* system $name:ident = { $($body:tt)* } $(; $($rest:tt)*)?) => {
        $crate::listing!(@declare [$(#[$meta])*] $name, System, $($body)*);
        $($crate::listing!($($rest)*);)?
    };
    ($(#[$meta:meta])* $name:ident = { $($body:tt)* } $(; $($rest:tt)*)?) => {
        $crate::listing!(@declare [$(#[$meta])*] $name, Tenant, $($body)*);
        $($crate::listing!($($rest)*);)?
    };
    (@declare [$(#[$meta:meta])*] $name:ident, $scope:ident,
        select: $select:expr,
        filters: { $($filter:ident : $condition:expr),* $(,)? },
        order: $order:expr,
        keyset: $keyset:expr $(,)?
    ) => {
        $(#[$meta])*
        pub(crate) static $name: $crate::Listing = $crate::Listing::new(
            concat!(module_path!(), "::", stringify!($name)),
            $crate::Scope::$scope,
            $select,
            &[$((stringify!($filter), $condition)),*],
            $order,
            $keyset,
        );
        #[allow(unsafe_code, reason = "linkme places the entry in a section of its own")]
        const _: () = {
            #[$crate::linkme::distributed_slice($crate::LISTINGS)]
            #[linkme(crate = $crate::linkme)]
            static ENTRY: &$crate::Listing = &$name;
        };
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    static CATS: Listing = Listing::new(
        "CATS",
        Scope::Tenant,
        "select id from cats where tenant_id = $1",
        &[("name", "name = ? or nick = ?"), ("live", "dead_at is null"), ("color", "color = ?")],
        "born desc, id desc",
        "(born, id) < (?, ?)",
    );

    #[test]
    fn values_are_numbered_in_the_order_of_the_declaration() {
        let query = CATS.query().filter("color", "red").flag("live", true).filter("name", "tom").limit(3);
        let (text, values) = query.after(crate::params![7, 8]).compose().unwrap();
        assert_eq!(
            text.postgres,
            "select id from cats where tenant_id = $1 and (name = $2 or nick = $2) and (dead_at is null) \
             and (color = $3) and ((born, id) < ($4, $5)) order by born desc, id desc limit $6"
        );
        assert_eq!(values, crate::params!["tom", "red", 7, 8, 3]);
    }

    #[test]
    fn what_the_listing_lacks_is_refused() {
        for query in [
            CATS.query().filter("size", 1),
            CATS.query().filter("live", 1),
            CATS.query().flag("name", true),
            CATS.query().filter("name", 1).filter("name", 2),
            CATS.query().after(crate::params![1]),
        ] {
            assert!(matches!(query.compose(), Err(StoreError::Internal(_))));
        }
    }
}
