//! How one event is bound to the one before it: the bytes that are hashed, and nothing else.
//!
//! `hash = SHA-256(encoding)`. The encoding is the label [`LABEL`], then these fields in this order: tenant, sequence,
//! hash of the previous event, id, type, occurred at, actor's kind, actor's id, target's kind, target's id, outcome,
//! request id, digest of the details. Each field is its length in bytes as four bytes and then its bytes; a field that
//! is absent is the length `ffffffff` alone. Numbers are big-endian, ids their sixteen bytes, times microseconds in
//! eight bytes, the sequence eight bytes, texts UTF-8. The digest is `SHA-256(salt || details)` with a salt of
//! [`SALT_BYTES`]. The first event of a tenant follows [`GENESIS`].
//!
//! Lengths make the encoding one-to-one: no two different events have the same bytes.

use kernel::TenantId;

use crate::model::Facts;

/// Names this encoding; another one gets another label.
const LABEL: &[u8] = b"portcullis audit v1";

/// What the first event of a chain has for the hash of its predecessor.
pub(crate) const GENESIS: [u8; 32] = [0; 32];

/// A salt of another length would let bytes wander between salt and details under the same digest.
pub(crate) const SALT_BYTES: usize = 16;

const ABSENT: u32 = u32::MAX;

/// The hash of an event at its place.
pub(crate) fn hash(tenant: TenantId, sequence: i64, previous: &[u8; 32], facts: &Facts, digest: &[u8; 32]) -> [u8; 32] {
    vault::digest(&encode(tenant, sequence, previous, facts, digest))
}

/// What the chain keeps of an event's details.
pub(crate) fn details_digest(salt: &[u8], details: &str) -> [u8; 32] {
    vault::digest(&[salt, details.as_bytes()].concat())
}

fn encode(tenant: TenantId, sequence: i64, previous: &[u8; 32], facts: &Facts, digest: &[u8; 32]) -> Vec<u8> {
    let mut encoding = Encoding(Vec::with_capacity(384));
    encoding.0.extend_from_slice(LABEL);
    encoding.field(tenant.as_bytes());
    encoding.field(&sequence.to_be_bytes());
    encoding.field(previous);
    encoding.field(facts.id.as_bytes());
    encoding.field(facts.event_type.as_bytes());
    encoding.field(&facts.occurred_at.as_micros().to_be_bytes());
    encoding.field(facts.actor.kind.as_str().as_bytes());
    encoding.optional(facts.actor.id.as_ref().map(|id| id.as_bytes().as_slice()));
    encoding.field(facts.target_kind.as_bytes());
    encoding.field(facts.target_id.as_bytes());
    encoding.field(facts.outcome.as_str().as_bytes());
    encoding.optional(facts.request_id.as_deref().map(str::as_bytes));
    encoding.field(digest);
    encoding.0
}

struct Encoding(Vec<u8>);

impl Encoding {
    fn field(&mut self, bytes: &[u8]) {
        // No column can hold 4 GiB.
        let length = u32::try_from(bytes.len()).unwrap_or(ABSENT - 1);
        self.0.extend_from_slice(&length.to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn optional(&mut self, bytes: Option<&[u8]>) {
        match bytes {
            Some(bytes) => self.field(bytes),
            None => self.0.extend_from_slice(&ABSENT.to_be_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Actor, ActorKind, Id, Timestamp, event::Outcome};
    use uuid::Uuid;

    use super::*;
    use crate::hexadecimal::hexadecimal;

    const TENANT: TenantId = Id::from_u128(0x018f_3c4a_7b2e_7c1d_9e0a_1f2b_3c4d_5e6f);

    fn facts() -> Facts {
        Facts {
            id: Id::from_u128(0x018f_3c4a_7b2e_7000_8000_0000_0000_0001),
            event_type: "user.signed_in".to_owned(),
            occurred_at: Timestamp::from_micros(1_768_469_400_000_123),
            actor: Actor { kind: ActorKind::User, id: Some(Uuid::from_u128(7)) },
            target_kind: "user".to_owned(),
            target_id: Uuid::from_u128(7),
            outcome: Outcome::Success,
            request_id: Some("req_é".to_owned()),
        }
    }

    /// Both values were computed by another program, from the description at the top of this file.
    #[test]
    fn the_encoding_is_as_described() {
        let digest = details_digest(&[9; SALT_BYTES], "{\"data\":{}}");
        assert_eq!(
            hexadecimal(&hash(TENANT, 1, &GENESIS, &facts(), &digest)),
            "18fd0b222f13583c43384f85422f8da03d34a2da6b9571e42395a3eb4625bfe6"
        );
        let anonymous = Facts { actor: Actor::ANONYMOUS, request_id: None, outcome: Outcome::Failure, ..facts() };
        assert_eq!(
            hexadecimal(&hash(TENANT, 258, &[0xab; 32], &anonymous, &digest)),
            "d715c9b914a21f9583b2b46afcceee4ff6ef63363d67343b442d286f02e4d061"
        );
    }

    #[test]
    fn every_field_counts() {
        let digest = [3; 32];
        let plain = encode(TENANT, 2, &[1; 32], &facts(), &digest);
        let others = [
            encode(Id::from_u128(1), 2, &[1; 32], &facts(), &digest),
            encode(TENANT, 3, &[1; 32], &facts(), &digest),
            encode(TENANT, 2, &[2; 32], &facts(), &digest),
            encode(TENANT, 2, &[1; 32], &facts(), &[4; 32]),
            encode(TENANT, 2, &[1; 32], &Facts { id: Id::from_u128(1), ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { event_type: "user.signed_out".to_owned(), ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { occurred_at: Timestamp::from_micros(1), ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { actor: Actor::SYSTEM, ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { actor: Actor { id: None, ..facts().actor }, ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { target_kind: "session".to_owned(), ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { target_id: Uuid::from_u128(8), ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { outcome: Outcome::Failure, ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { request_id: None, ..facts() }, &digest),
            encode(TENANT, 2, &[1; 32], &Facts { request_id: Some(String::new()), ..facts() }, &digest),
        ];
        for (index, other) in others.iter().enumerate() {
            assert_ne!(*other, plain, "{index}");
            assert!(!others[..index].contains(other), "{index}");
        }
    }

    #[test]
    fn bytes_cannot_wander_between_fields() {
        let one = Facts { event_type: "user.x".to_owned(), target_kind: "user".to_owned(), ..facts() };
        let two = Facts { event_type: "user.".to_owned(), target_kind: "xuser".to_owned(), ..facts() };
        assert_ne!(encode(TENANT, 2, &[1; 32], &one, &[3; 32]), encode(TENANT, 2, &[1; 32], &two, &[3; 32]));
    }
}
