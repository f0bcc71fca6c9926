//! A person's few factors as a list like any other.

use kernel::{Id, Page, PageRequest};

use super::model::{Factor, FactorFacts, Held};

/// In the order of their ids; the whole set is bounded, so it is read at once and cut here.
pub(super) fn page(held: Held, request: &PageRequest<Id<Factor>>) -> Page<FactorFacts, Id<Factor>> {
    let mut factors = held.factors;
    factors.sort_by_key(|factor| factor.id);
    factors.retain(|factor| request.after.is_none_or(|after| factor.id > after));
    request.page(factors, |factor| factor.id)
}
