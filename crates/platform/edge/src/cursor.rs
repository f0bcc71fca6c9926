//! Cursors: the sort key of the last item, sealed against forging by a MAC over tenant, operation and key.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use kernel::{ErrorCode, Refusal, TenantId};
use serde::{Serialize, de::DeserializeOwned};
use vault::Vault;

use crate::context::Context;

const TAG_BYTES: usize = 16;
/// Longer than any key that is written here.
const MAX_CHARACTERS: usize = 2_048;

/// The key as an opaque text.
pub(crate) fn seal<K: Serialize>(cx: &Context, key: &K) -> Result<String, Refusal> {
    List::of(cx).seal(key)
}

/// The key, if this server wrote the text for this tenant and this list.
pub(crate) fn open<K: DeserializeOwned>(cx: &Context, text: &str) -> Result<K, Refusal> {
    List::of(cx).open(text)
}

/// The list that a cursor belongs to.
struct List<'a> {
    vault: &'a Vault,
    tenant: TenantId,
    operation: &'a str,
}

impl<'a> List<'a> {
    fn of(cx: &'a Context) -> Self {
        Self { vault: cx.vault(), tenant: cx.tenant_id(), operation: cx.operation() }
    }

    fn seal<K: Serialize>(&self, key: &K) -> Result<String, Refusal> {
        let key = serde_json::to_vec(key)
            .map_err(|_| Refusal::new(ErrorCode::Internal, "internal", "Something went wrong."))?;
        let mut bytes = self.tag(&key).to_vec();
        bytes.extend_from_slice(&key);
        Ok(URL_SAFE_NO_PAD.encode(bytes))
    }

    fn open<K: DeserializeOwned>(&self, text: &str) -> Result<K, Refusal> {
        let forged =
            || Refusal::new(ErrorCode::BadRequest, "invalid_cursor", "This cursor was not issued for this list.");
        if text.len() > MAX_CHARACTERS {
            return Err(forged());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| forged())?;
        let (presented, key) = bytes.split_at_checked(TAG_BYTES).ok_or_else(forged)?;
        if !vault::constant_time_eq(presented, &self.tag(key)) {
            return Err(forged());
        }
        serde_json::from_slice(key).map_err(|_| forged())
    }

    fn tag(&self, key: &[u8]) -> [u8; TAG_BYTES] {
        let mac = self.vault.mac("cursor", &[self.tenant.as_bytes(), self.operation.as_bytes(), key]);
        let mut tag = [0; TAG_BYTES];
        tag.copy_from_slice(&mac[..TAG_BYTES]);
        tag
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use kernel::Entropy;
    use proptest::{collection, prelude::*, sample};
    use vault::MasterKeys;

    use super::*;

    struct Zeros;
    impl Entropy for Zeros {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0);
        }
    }

    fn vault(root: u8) -> Vault {
        Vault::new(MasterKeys::generate(&Zeros), [root; 32], Arc::new(Zeros))
    }

    fn list<'a>(vault: &'a Vault, tenant: u128, operation: &'a str) -> List<'a> {
        List { vault, tenant: TenantId::from_u128(tenant), operation }
    }

    type Key = (i64, String);

    fn is_forged(result: Result<Key, Refusal>) -> bool {
        result.is_err_and(|refusal| refusal.reason == "invalid_cursor" && refusal.status() == 400)
    }

    proptest! {
        #[test]
        fn a_cursor_opens_in_its_own_list_alone(time in any::<i64>(), text in "\\PC{0,100}", tenant in any::<u128>()) {
            let (vault, other) = (vault(1), vault(2));
            let key = (time, text);
            let cursor = list(&vault, tenant, "users.list").seal(&key).unwrap();
            prop_assert_eq!(list(&vault, tenant, "users.list").open::<Key>(&cursor), Ok(key));
            prop_assert!(is_forged(list(&vault, tenant, "sessions.list").open(&cursor)));
            prop_assert!(is_forged(list(&vault, tenant.wrapping_add(1), "users.list").open(&cursor)));
            prop_assert!(is_forged(list(&other, tenant, "users.list").open(&cursor)));
        }

        /// Any other text is refused: one bit changed, cut short, made longer, or made up.
        #[test]
        fn a_forged_cursor_is_refused(time in any::<i64>(), at in any::<sample::Index>(), bit in 0_u8..8, more in "[A-Za-z0-9_-]{1,8}") {
            let vault = vault(1);
            let users = list(&vault, 7, "users.list");
            let cursor = users.seal(&(time, "x")).unwrap();
            let mut bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
            let place = at.index(bytes.len());
            bytes[place] ^= 1 << bit;
            prop_assert!(is_forged(users.open(&URL_SAFE_NO_PAD.encode(&bytes))));
            prop_assert!(is_forged(users.open(&cursor[..at.index(cursor.len())])));
            let longer = cursor + &more;
            prop_assert!(is_forged(users.open(&longer)));
        }

        #[test]
        fn made_up_texts_are_refused(text in "\\PC{0,200}", bytes in collection::vec(any::<u8>(), 0..200)) {
            let vault = vault(1);
            let users = list(&vault, 7, "users.list");
            prop_assert!(is_forged(users.open(&text)));
            prop_assert!(is_forged(users.open(&URL_SAFE_NO_PAD.encode(bytes))));
        }
    }

    #[test]
    fn a_key_of_another_type_is_refused_and_so_is_a_text_without_end() {
        let vault = vault(1);
        let users = list(&vault, 7, "users.list");
        assert!(is_forged(users.open(&users.seal(&"only a text").unwrap())));
        assert!(is_forged(users.open(&"A".repeat(MAX_CHARACTERS + 1))));
    }
}
