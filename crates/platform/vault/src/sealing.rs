//! The vault: one handle to seal, open and digest with.

use std::{borrow::Borrow, fmt, sync::Arc};

use kernel::{env::Entropy, tenant::TenantId};
use zeroize::Zeroizing;

use crate::{
    carried::Carriers,
    envelope::{SealError, Sealer},
    keyed::{self, KeyedDigests},
    master::MasterKeys,
};

/// Where a sealed secret lives, and the only place where it opens.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    pub tenant: TenantId,
    /// Table and column, for example `signing_keys.private_key`.
    pub column: &'static str,
    /// The row's primary key within the tenant.
    pub row: &'a [u8],
}

impl Place<'_> {
    /// The root secret belongs to the installation, which has the nil id among tenants.
    const ROOT: Place<'static> = Place { tenant: TenantId::from_u128(0), column: "vault.root_secret", row: &[] };

    /// Unambiguous: fixed, length-prefixed, rest.
    fn to_bytes(self) -> Vec<u8> {
        let length = (self.column.len() as u64).to_be_bytes();
        [&b"portcullis seal 1"[..], self.tenant.as_bytes(), &length, self.column.as_bytes(), self.row].concat()
    }
}

/// Seals, opens and digests. Cloning shares it.
#[derive(Clone)]
pub struct Vault {
    inner: Arc<Inner>,
}

struct Inner {
    sealer: Sealer,
    keyed: KeyedDigests,
    carriers: Carriers,
    entropy: Arc<dyn Entropy>,
}

impl Vault {
    /// `root_secret` keys every digest: it outlives master keys, because a digest can't be rewrapped. It comes from
    /// [`Self::new_root`] on the first start and from [`Self::open_root`] ever after.
    pub fn new(keys: impl Borrow<MasterKeys>, root_secret: [u8; 32], entropy: Arc<dyn Entropy>) -> Self {
        let root_secret = Zeroizing::new(root_secret);
        let root = keyed::root(&root_secret);
        let (keyed, carriers) = (KeyedDigests::new(root.clone()), Carriers::new(root));
        Self { inner: Arc::new(Inner { sealer: Sealer::new(keys.borrow()), keyed, carriers, entropy }) }
    }

    /// A new root secret, and its sealed form for the store to keep.
    pub fn new_root(keys: &MasterKeys, entropy: &dyn Entropy) -> (Zeroizing<[u8; 32]>, Vec<u8>) {
        let mut root = Zeroizing::new([0; 32]);
        entropy.fill(&mut *root);
        let sealed = Sealer::new(keys).seal(&Place::ROOT.to_bytes(), &*root, entropy);
        (root, sealed)
    }

    /// The root secret from the form that the store kept. Fails where the master keys are those of another installation.
    pub fn open_root(keys: &MasterKeys, sealed: &[u8]) -> Result<Zeroizing<[u8; 32]>, SealError> {
        let opened = Sealer::new(keys).open(&Place::ROOT.to_bytes(), sealed)?;
        let mut root = Zeroizing::new([0; 32]);
        if opened.len() != root.len() {
            return Err(SealError::Malformed);
        }
        root.copy_from_slice(&opened);
        Ok(root)
    }

    /// As [`Self::rewrap`], for the sealed root secret.
    pub fn rewrap_root(&self, sealed: &[u8]) -> Result<Option<Vec<u8>>, SealError> {
        self.rewrap(&Place::ROOT, sealed)
    }

    /// 97 bytes longer than the plaintext, and different each time.
    pub fn seal(&self, place: &Place<'_>, plaintext: &[u8]) -> Vec<u8> {
        self.inner.sealer.seal(&place.to_bytes(), plaintext, &*self.inner.entropy)
    }

    pub fn open(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.inner.sealer.open(&place.to_bytes(), sealed)
    }

    /// The same secret under the active master key, without being opened; `None` if it is already under it.
    pub fn rewrap(&self, place: &Place<'_>, sealed: &[u8]) -> Result<Option<Vec<u8>>, SealError> {
        self.inner.sealer.rewrap(&place.to_bytes(), sealed, &*self.inner.entropy)
    }

    /// Seals what leaves the server and comes back to this tenant, for this purpose alone, for example `oauth code`. 28 bytes longer than
    /// the plaintext, and different each time. It opens under whichever master key the installation has by then.
    pub fn seal_carried(&self, purpose: &'static str, tenant: TenantId, plaintext: &[u8]) -> Vec<u8> {
        self.inner.carriers.seal(purpose, tenant, plaintext, &*self.inner.entropy)
    }

    /// `None` for whatever was not sealed here for this tenant and purpose.
    pub fn open_carried(&self, purpose: &'static str, tenant: TenantId, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        self.inner.carriers.open(purpose, tenant, sealed)
    }

    /// HMAC-SHA-256 under a key for this purpose alone, for example `cursor` or `recovery_code`. Compare with
    /// [`crate::constant_time_eq`].
    pub fn mac(&self, purpose: &'static str, parts: &[&[u8]]) -> [u8; 32] {
        self.inner.keyed.mac(purpose, parts)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault(..)")
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;

    use super::*;

    /// Bytes that look random and come again for the same seed.
    pub(crate) struct Seeded(AtomicU64);

    impl Seeded {
        pub(crate) fn new(seed: u64) -> Self {
            Self(AtomicU64::new(seed << 32))
        }
    }

    impl Entropy for Seeded {
        fn fill(&self, bytes: &mut [u8]) {
            for chunk in bytes.chunks_mut(32) {
                let block = crate::digest(&self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes());
                chunk.copy_from_slice(&block[..chunk.len()]);
            }
        }
    }

    const PLACE: Place<'static> =
        Place { tenant: TenantId::from_u128(7), column: "signing_keys.private_key", row: b"key 1" };

    fn vault(keys: &MasterKeys) -> Vault {
        Vault::new(keys, [9; 32], Arc::new(Seeded::new(42)))
    }

    fn keys() -> MasterKeys {
        MasterKeys::generate(&Seeded::new(1))
    }

    #[test]
    fn what_is_carried_opens_for_its_tenant_and_purpose_only() {
        let (keys, tenant, text) = (keys(), TenantId::from_u128(7), b"a grant on its way");
        let vault = vault(&keys);
        let sealed = vault.seal_carried("code", tenant, text);
        assert_eq!(sealed.len(), text.len() + 28);
        assert_ne!(sealed, vault.seal_carried("code", tenant, text));
        assert_eq!(&**vault.open_carried("code", tenant, &sealed).unwrap(), text);
        assert!(vault.open_carried("codes", tenant, &sealed).is_none());
        assert!(vault.open_carried("code", TenantId::from_u128(8), &sealed).is_none());
        let elsewhere = Vault::new(&keys, [8; 32], Arc::new(Seeded::new(42)));
        assert!(elsewhere.open_carried("code", tenant, &sealed).is_none());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(vault.open_carried("code", tenant, &changed).is_none(), "{at}");
            assert!(vault.open_carried("code", tenant, &sealed[..at]).is_none(), "{at}");
        }
        // Master keys may change meanwhile.
        let rotated = Vault::new(MasterKeys::generate(&Seeded::new(2)), [9; 32], Arc::new(Seeded::new(3)));
        assert_eq!(&**rotated.open_carried("code", tenant, &sealed).unwrap(), text);
    }

    #[test]
    fn what_is_sealed_opens_at_its_place_only() {
        let vault = vault(&keys());
        let sealed = vault.seal(&PLACE, b"secret");
        assert_eq!(&**vault.open(&PLACE, &sealed).unwrap(), b"secret");
        for elsewhere in [
            Place { tenant: TenantId::from_u128(8), ..PLACE },
            Place { column: "signing_keys.public_key", ..PLACE },
            Place { row: b"key 2", ..PLACE },
            Place { row: b"", ..PLACE },
            // The same letters, parted otherwise.
            Place { column: "signing_keys.private_keyk", row: b"ey 1", ..PLACE },
            Place { column: "signing_keys.private_ke", row: b"ykey 1", ..PLACE },
        ] {
            assert_eq!(vault.open(&elsewhere, &sealed), Err(SealError::Refused), "{elsewhere:?}");
        }
    }

    #[test]
    fn the_envelope_shows_nothing_of_the_secret_and_never_comes_twice() {
        let vault = vault(&keys());
        let plaintext = [0x55; 64];
        let (one, two) = (vault.seal(&PLACE, &plaintext), vault.seal(&PLACE, &plaintext));
        assert_eq!(one.len(), plaintext.len() + 97);
        assert_eq!(one[..9], two[..9], "version and master key");
        assert!(one[9..].windows(8).all(|window| !two[9..].windows(8).any(|other| other == window)));
        assert!(!one.windows(4).any(|window| window == [0x55; 4]));
        assert!(!one.windows(8).any(|window| keys().active.bytes().windows(8).any(|key| key == window)));
    }

    #[test]
    fn rotation_opens_the_old_and_rewraps_to_the_new() {
        let old = keys();
        let sealed = vault(&old).seal(&PLACE, b"secret");
        assert_eq!(vault(&old).rewrap(&PLACE, &sealed), Ok(None));

        let new = old.rotated(&Seeded::new(2));
        let rotated = vault(&new);
        assert_eq!(&**rotated.open(&PLACE, &sealed).unwrap(), b"secret");
        let rewrapped = rotated.rewrap(&PLACE, &sealed).unwrap().unwrap();
        assert_eq!(rewrapped[69..], sealed[69..], "the content is untouched");
        assert_eq!(rotated.rewrap(&PLACE, &rewrapped), Ok(None));

        let without_old = vault(&MasterKeys { active: new.active, retired: Vec::new() });
        assert_eq!(&**without_old.open(&PLACE, &rewrapped).unwrap(), b"secret");
        assert_eq!(without_old.open(&PLACE, &sealed), Err(SealError::UnknownMasterKey));
        assert_eq!(without_old.rewrap(&PLACE, &sealed), Err(SealError::UnknownMasterKey));
        let elsewhere = Place { row: b"key 2", ..PLACE };
        assert_eq!(rotated.rewrap(&elsewhere, &sealed), Err(SealError::Refused));
    }

    #[test]
    fn the_root_secret_is_sealed_like_any_other() {
        let keys = keys();
        let (root, sealed) = Vault::new_root(&keys, &Seeded::new(3));
        assert_eq!(Vault::open_root(&keys, &sealed).as_ref(), Ok(&root));
        let stranger = MasterKeys::generate(&Seeded::new(4));
        assert_eq!(Vault::open_root(&stranger, &sealed), Err(SealError::UnknownMasterKey));
        let rotated = keys.rotated(&Seeded::new(5));
        let rewrapped = vault(&rotated).rewrap_root(&sealed).unwrap().unwrap();
        assert_eq!(Vault::open_root(&rotated, &rewrapped).as_ref(), Ok(&root));
        let short = vault(&keys).seal(&Place::ROOT, b"short");
        assert_eq!(Vault::open_root(&keys, &short), Err(SealError::Malformed));
    }

    #[test]
    fn digests_differ_by_purpose_parts_and_root() {
        let vault = vault(&keys());
        let one = vault.mac("cursor", &[b"ab", b"c"]);
        assert_eq!(one, vault.mac("cursor", &[b"ab", b"c"]));
        assert_eq!(one, self::vault(&keys()).mac("cursor", &[b"ab", b"c"]), "a restart changes nothing");
        assert_eq!(one, self::vault(&keys().rotated(&Seeded::new(2))).mac("cursor", &[b"ab", b"c"]));
        let other_root = Vault::new(keys(), [8; 32], Arc::new(Seeded::new(42)));
        for other in [
            vault.mac("cursors", &[b"ab", b"c"]),
            vault.mac("cursor", &[b"a", b"bc"]),
            vault.mac("cursor", &[b"abc"]),
            vault.mac("cursor", &[b"ab", b"c", b""]),
            vault.mac("cursor", &[]),
            other_root.mac("cursor", &[b"ab", b"c"]),
        ] {
            assert!(!crate::constant_time_eq(&one, &other));
        }
    }

    #[test]
    fn the_digest_is_hmac_under_hkdf() {
        use aws_lc_rs::hmac;
        let key = |secret: &[u8], message: &[u8]| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
            hmac::sign(&key, message).as_ref().to_vec()
        };
        // RFC 5869, sections 2.2 and 2.3, written out.
        let derived = key(&key(b"portcullis vault 1", &[9; 32]), b"cursor\x01");
        let expected = key(&derived, b"\0\0\0\0\0\0\0\x02ab\0\0\0\0\0\0\0\x01c");
        assert_eq!(vault(&keys()).mac("cursor", &[b"ab", b"c"])[..], expected[..]);
    }

    #[test]
    fn debug_says_nothing() {
        assert_eq!(format!("{:?}", vault(&keys())), "Vault(..)");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn every_secret_opens_and_no_changed_envelope_does(
            plaintext in prop::collection::vec(any::<u8>(), 0..200),
            at in any::<prop::sample::Index>(),
            bit in 0..8_u32,
            cut in any::<prop::sample::Index>(),
        ) {
            let vault = vault(&keys());
            let sealed = vault.seal(&PLACE, &plaintext);
            prop_assert_eq!(&**vault.open(&PLACE, &sealed).unwrap(), &plaintext[..]);
            let mut changed = sealed.clone();
            changed[at.index(sealed.len())] ^= 1 << bit;
            prop_assert!(vault.open(&PLACE, &changed).is_err());
            prop_assert!(vault.open(&PLACE, &sealed[..cut.index(sealed.len())]).is_err());
            prop_assert!(vault.open(&PLACE, &[&sealed[..], &[0]].concat()).is_err());
        }
    }
}
