//! Recovery codes: ten random codes on paper, each good once, for the day the phone is lost.

use kernel::{Env, Id, Secret, TenantId};
use vault::Vault;

use super::model::Factor;

pub(super) const COUNT: usize = 10;
/// Crockford's digits (without I, L, O, U), in lower case: read off paper without doubt.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// 5 bits each: 50 bits a code.
const DIGITS: usize = 10;

/// A new set, each as `xxxxx-xxxxx`.
pub(super) fn generate(env: &Env) -> Vec<Secret> {
    (0..COUNT).map(|_| one(env)).collect()
}

fn one(env: &Env) -> Secret {
    let random: [u8; DIGITS] = env.random();
    let digits: String = random.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
    let (left, right) = digits.split_at(DIGITS / 2);
    Secret::new(format!("{left}-{right}"))
}

/// What is stored of a code, and looked up: whatever case and hyphens somebody types, and whichever look-alikes.
pub(super) fn mac(vault: &Vault, tenant: TenantId, set: Id<Factor>, code: &Secret) -> [u8; 32] {
    vault.mac("recovery code", &[tenant.as_bytes(), set.as_bytes(), canonical(code.reveal()).as_bytes()])
}

fn canonical(code: &str) -> String {
    code.chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .take(DIGITS + 1)
        .map(|letter| match letter.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            letter => letter,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_what_was_printed() {
        for typed in ["0a1b1-c2d3e", "OA1BL-C2D3E", " 0a1b1 c2d3e ", "0a1bic2d3e"] {
            assert_eq!(canonical(typed), "0a1b1c2d3e", "{typed}");
        }
        assert_eq!(canonical(&"a".repeat(1_000)).len(), DIGITS + 1, "a long text is no code and costs nothing");
        assert_ne!(canonical("0a1b1c2d3ef"), "0a1b1c2d3e");
    }
}
