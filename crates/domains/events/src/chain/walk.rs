//! Walking a chain from its start: each event against the one before it, the last one against the head. Pure.

use kernel::{Id, TenantId};

use super::{
    link::{GENESIS, SALT_BYTES, details_digest, hash},
    report::{Fault, Flaw, Report},
};
use crate::{
    AuditEvent,
    model::{Facts, Place},
};

/// Where a chain ends: the sequence and hash of its last event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Tip {
    pub(crate) sequence: i64,
    pub(crate) hash: [u8; 32],
}

impl Tip {
    /// Of a chain without events.
    pub(crate) const START: Self = Self { sequence: 0, hash: GENESIS };
}

/// A row of the chain, as the database has it now.
#[derive(Clone, Debug)]
pub(crate) enum Stored {
    Sealed(Box<Sealed>),
    /// With what could be read of it.
    Unreadable {
        sequence: Option<i64>,
        event: Option<Id<AuditEvent>>,
    },
}

#[derive(Clone, Debug)]
pub(crate) struct Sealed {
    pub(crate) facts: Facts,
    pub(crate) place: Place,
    pub(crate) digest: [u8; 32],
    pub(crate) details: Details,
}

#[derive(Clone, Debug)]
pub(crate) enum Details {
    Kept {
        text: String,
        salt: Vec<u8>,
    },
    /// Was a person whom they concern erased?
    Gone {
        is_due: bool,
    },
    /// Text without salt, or salt without text: no erasure does that.
    Torn,
}

/// One chain being walked.
pub(crate) struct Walk {
    tenant: TenantId,
    /// The next sequence that should come.
    expected: i64,
    /// The hash that the next event should name; `None` behind a gap, where nobody can know it.
    previous: Option<[u8; 32]>,
    /// The head as it was before the first event was read: the chain reaches it at least.
    head: Tip,
}

impl Walk {
    pub(crate) fn new(tenant: TenantId, head: Option<Tip>) -> Self {
        let head = head.unwrap_or(Tip::START);
        Self { tenant, expected: 1, previous: Some(GENESIS), head }
    }

    /// The next row, in the order of sequence and id.
    pub(crate) fn step(&mut self, stored: &Stored, report: &mut Report) {
        report.events += 1;
        match stored {
            Stored::Sealed(sealed) => self.sealed(sealed, report),
            Stored::Unreadable { sequence, event } => {
                report.found(Fault { tenant: self.tenant, sequence: *sequence, event: *event, what: Flaw::Unreadable });
                // Its hash is not known; that it stands there is.
                if let Some(sequence) = sequence.filter(|sequence| *sequence >= self.expected) {
                    self.reach(sequence, report);
                    self.advance(sequence, None);
                }
            }
        }
    }

    fn sealed(&mut self, sealed: &Sealed, report: &mut Report) {
        let Sealed { facts, place, digest, details } = sealed;
        let mut found = |what| {
            report.found(Fault { tenant: self.tenant, sequence: Some(place.sequence), event: Some(facts.id), what });
        };
        if place.sequence < self.expected {
            found(Flaw::Misplaced);
            return;
        }
        if place.sequence == self.expected && self.previous.is_some_and(|previous| previous != place.previous_hash) {
            found(Flaw::Unlinked);
        }
        if hash(self.tenant, place.sequence, &place.previous_hash, facts, digest) != place.hash {
            found(Flaw::Edited);
        }
        match details {
            Details::Kept { text, salt } if salt.len() == SALT_BYTES && details_digest(salt, text) == *digest => {}
            Details::Kept { .. } | Details::Torn => found(Flaw::DetailsEdited),
            Details::Gone { is_due: false } => found(Flaw::DetailsRemoved),
            Details::Gone { is_due: true } => report.erased += 1,
        }
        self.reach(place.sequence, report);
        if place.sequence == self.head.sequence && place.hash != self.head.hash {
            self.found_at(place.sequence, Flaw::HeadDiffers, report);
        }
        self.advance(place.sequence, Some(place.hash));
    }

    /// What should have stood before `sequence`.
    fn reach(&self, sequence: i64, report: &mut Report) {
        if sequence > self.expected {
            self.found_at(self.expected, Flaw::Missing { to: sequence - 1 }, report);
        }
    }

    fn advance(&mut self, sequence: i64, hash: Option<[u8; 32]>) {
        self.expected = sequence.saturating_add(1);
        self.previous = hash;
    }

    /// No event follows. `head` is the head as it is now: a server may have sealed more in the meantime.
    pub(crate) fn finish(self, head: Option<Tip>, report: &mut Report) {
        let last = self.expected - 1;
        if last < self.head.sequence {
            self.found_at(self.expected, Flaw::TailCut { to: self.head.sequence }, report);
        }
        match head {
            None if last > 0 => self.found_at(last, Flaw::HeadMissing, report),
            Some(head) if last > head.sequence => {
                self.found_at(head.sequence.saturating_add(1), Flaw::BeyondHead, report);
            }
            // The step that reached the earlier head has compared it already.
            Some(head)
                if last == head.sequence
                    && head != self.head
                    && self.previous.is_some_and(|hash| hash != head.hash) =>
            {
                self.found_at(last, Flaw::HeadDiffers, report);
            }
            _ => {}
        }
    }

    fn found_at(&self, sequence: i64, what: Flaw, report: &mut Report) {
        report.found(Fault { tenant: self.tenant, sequence: Some(sequence), event: None, what });
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, Timestamp, event::Outcome};
    use uuid::Uuid;

    use super::*;

    const TENANT: TenantId = Id::from_u128(1);

    /// An intact chain.
    fn chain(length: i64) -> Vec<Sealed> {
        let mut tip = Tip::START;
        let mut events = Vec::new();
        for sequence in 1..=length {
            let facts = Facts {
                id: Id::from_u128(1_000 + u128::from(sequence.unsigned_abs())),
                event_type: "cat.fed".to_owned(),
                occurred_at: Timestamp::from_seconds(sequence),
                actor: Actor::SYSTEM,
                target_kind: "cat".to_owned(),
                target_id: Uuid::from_u128(5),
                outcome: Outcome::Success,
                request_id: None,
            };
            let (text, salt) = (format!("{{\"meal\":{sequence}}}"), vec![7; SALT_BYTES]);
            let digest = details_digest(&salt, &text);
            let place = Place { sequence, previous_hash: tip.hash, hash: [0; 32] };
            let mut sealed = Sealed { facts, place, digest, details: Details::Kept { text, salt } };
            rehash(&mut sealed);
            tip = tip_of(&sealed);
            events.push(sealed);
        }
        events
    }

    /// As somebody would who knows how the chain is made.
    fn rehash(sealed: &mut Sealed) {
        let Sealed { facts, place, digest, .. } = sealed;
        place.hash = hash(TENANT, place.sequence, &place.previous_hash, facts, digest);
    }

    fn rechain(events: &mut [Sealed]) {
        let mut previous = None;
        for sealed in events {
            if let Some(previous) = previous {
                sealed.place.previous_hash = previous;
            }
            rehash(sealed);
            previous = Some(sealed.place.hash);
        }
    }

    fn tip_of(sealed: &Sealed) -> Tip {
        Tip { sequence: sealed.place.sequence, hash: sealed.place.hash }
    }

    fn walk(events: Vec<Sealed>, head: Option<Tip>) -> Report {
        let rows: Vec<Stored> = events.into_iter().map(|sealed| Stored::Sealed(Box::new(sealed))).collect();
        walk_rows(&rows, head.clone(), head)
    }

    fn walk_rows(rows: &[Stored], before: Option<Tip>, after: Option<Tip>) -> Report {
        let mut report = Report::default();
        let mut walk = Walk::new(TENANT, before);
        for row in rows {
            walk.step(row, &mut report);
        }
        walk.finish(after, &mut report);
        report
    }

    fn flaws(report: &Report) -> Vec<(i64, Flaw)> {
        report.faults.iter().map(|fault| (fault.sequence.unwrap(), fault.what)).collect()
    }

    #[test]
    fn an_intact_chain_has_no_flaw() {
        let events = chain(5);
        let head = Some(tip_of(&events[4]));
        let report = walk(events, head);
        assert!(report.is_sound(), "{report:?}");
        assert_eq!((report.events, report.erased), (5, 0));
        assert!(walk(Vec::new(), None).is_sound());
    }

    #[test]
    fn an_edit_with_its_own_hash_made_anew_does_not_fit_the_next() {
        let mut events = chain(5);
        let head = Some(tip_of(&events[4]));
        events[2].facts.outcome = Outcome::Failure;
        rehash(&mut events[2]);
        assert_eq!(flaws(&walk(events, head)), [(4, Flaw::Unlinked)]);
    }

    #[test]
    fn an_edit_of_the_last_with_its_own_hash_made_anew_does_not_fit_the_head() {
        let mut events = chain(5);
        let head = Some(tip_of(&events[4]));
        events[4].facts.outcome = Outcome::Failure;
        rehash(&mut events[4]);
        assert_eq!(flaws(&walk(events, head)), [(5, Flaw::HeadDiffers)]);
    }

    #[test]
    fn a_chain_made_anew_from_the_edit_on_does_not_fit_the_head() {
        let mut events = chain(5);
        let head = Some(tip_of(&events[4]));
        events[1].facts.actor = Actor::ANONYMOUS;
        rechain(&mut events[1..]);
        assert_eq!(flaws(&walk(events, head)), [(5, Flaw::HeadDiffers)]);
    }

    #[test]
    fn deleting_one_and_closing_the_gap_does_not_fit_the_head() {
        let mut events = chain(5);
        let head = Some(tip_of(&events[4]));
        events.remove(2);
        for (event, sequence) in events.iter_mut().zip(1..) {
            event.place.sequence = sequence;
        }
        rechain(&mut events);
        assert_eq!(flaws(&walk(events, head)), [(5, Flaw::TailCut { to: 5 })]);
    }

    #[test]
    fn putting_one_in_and_making_room_does_not_fit_the_head() {
        let mut events = chain(5);
        let head = Some(tip_of(&events[4]));
        events.insert(2, events[0].clone());
        for (event, sequence) in events.iter_mut().zip(1..) {
            event.place.sequence = sequence;
        }
        rechain(&mut events);
        assert_eq!(flaws(&walk(events, head)), [(5, Flaw::HeadDiffers), (6, Flaw::BeyondHead)]);
    }

    #[test]
    fn a_twin_at_a_taken_place_is_misplaced() {
        let mut events = chain(3);
        let head = Some(tip_of(&events[2]));
        events.insert(2, events[1].clone());
        assert_eq!(flaws(&walk(events, head)), [(2, Flaw::Misplaced)]);
    }

    #[test]
    fn a_salt_of_another_length_is_an_edit() {
        let mut events = chain(1);
        let Details::Kept { text, .. } = events[0].details.clone() else { unreachable!() };
        // The same bytes under the same digest, cut at another place.
        let (salt, text) = ([&[7; SALT_BYTES][..], &text.as_bytes()[..1]].concat(), text[1..].to_owned());
        events[0].details = Details::Kept { text, salt };
        let head = Some(tip_of(&events[0]));
        assert_eq!(flaws(&walk(events, head)), [(1, Flaw::DetailsEdited)]);
    }

    #[test]
    fn erased_details_are_fine_and_others_that_are_gone_are_not() {
        let mut events = chain(3);
        let head = Some(tip_of(&events[2]));
        events[0].details = Details::Gone { is_due: true };
        events[1].details = Details::Gone { is_due: false };
        events[2].details = Details::Torn;
        let report = walk(events, head);
        assert_eq!(flaws(&report), [(2, Flaw::DetailsRemoved), (3, Flaw::DetailsEdited)]);
        assert_eq!(report.erased, 1);
    }

    #[test]
    fn what_was_sealed_while_walking_is_no_flaw() {
        let events = chain(5);
        let (before, after) = (Some(tip_of(&events[1])), Some(tip_of(&events[4])));
        let rows: Vec<Stored> = events.iter().map(|sealed| Stored::Sealed(Box::new(sealed.clone()))).collect();
        assert!(walk_rows(&rows, before.clone(), after.clone()).is_sound());
        assert!(walk_rows(&rows[..3], before.clone(), after.clone()).is_sound());
        assert!(walk_rows(&rows[..3], None, after).is_sound());
        assert_eq!(flaws(&walk_rows(&rows[..1], before.clone(), before)), [(2, Flaw::TailCut { to: 2 })]);
    }

    #[test]
    fn the_walk_goes_on_behind_what_it_cannot_read() {
        let mut rows: Vec<Stored> = chain(4).into_iter().map(|sealed| Stored::Sealed(Box::new(sealed))).collect();
        let head = Some(tip_of(&chain(4)[3]));
        rows[1] = Stored::Unreadable { sequence: Some(2), event: None };
        let report = walk_rows(&rows, head.clone(), head);
        assert_eq!(flaws(&report), [(2, Flaw::Unreadable)]);
        assert_eq!(report.events, 4);
    }

    #[test]
    fn places_at_the_ends_of_the_numbers_do_not_overflow() {
        let mut events = chain(3);
        events[0].place.sequence = i64::MIN;
        events[2].place.sequence = i64::MAX;
        let report = walk(events, Some(Tip { sequence: i64::MAX, hash: [1; 32] }));
        assert!(!report.is_sound());
    }

    #[test]
    fn named_faults_are_bounded_and_all_are_counted() {
        let mut events = chain(1_200);
        let head = Some(tip_of(&events[1_199]));
        for event in &mut events {
            event.facts.event_type = "cat.starved".to_owned();
        }
        let report = walk(events, head);
        assert_eq!((report.faults.len(), report.faults_found), (1_000, 1_200));
    }
}
