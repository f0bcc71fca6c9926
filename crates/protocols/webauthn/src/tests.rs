//! Both ceremonies against the soft authenticator: what is right passes, and each bent thing is refused for its own reason.

use kernel::Timestamp;
use rcgen::{BasicConstraints, DnType, IsCa};

use crate::{
    Algorithm, Assertion, Attestation, Credential, Registered, Registration, RelyingParty, TrustRoots, WebauthnError,
    presented_challenge,
    soft::{Asked, Created, Got, Maker, SoftPasskey, Vouching, Writer, attestation_object},
    verify_authentication, verify_registration,
};

const CHALLENGE: &[u8] = b"a challenge";
const ORIGIN: &str = "https://auth.example.com";
const RP_ID: &str = "auth.example.com";
const NOW: Timestamp = Timestamp::from_seconds(1_768_469_400);

fn origins() -> Vec<String> {
    vec![ORIGIN.to_owned()]
}

fn asked() -> Asked<'static> {
    Asked::new(CHALLENGE, ORIGIN, RP_ID)
}

fn register_with(created: &Created, roots: &TrustRoots) -> Result<Registered, WebauthnError> {
    let registration = Registration {
        credential_id: &created.id,
        client_data: &created.client_data,
        attestation_object: &created.attestation_object,
    };
    let origins = origins();
    let party = RelyingParty { id: RP_ID, origins: &origins, requires_user_verification: true };
    verify_registration(&registration, CHALLENGE, &party, roots, NOW)
}

fn register(created: &Created) -> Result<Registered, WebauthnError> {
    register_with(created, &TrustRoots::default())
}

fn authenticate(got: &Got, registered: &Registered, sign_count: u32) -> Result<u32, WebauthnError> {
    let assertion =
        Assertion { client_data: &got.client_data, authenticator_data: &got.auth_data, signature: &got.signature };
    let credential = Credential {
        public_key: &registered.public_key,
        sign_count,
        backup_eligible: registered.flags.backup_eligible,
    };
    let origins = origins();
    let party = RelyingParty { id: RP_ID, origins: &origins, requires_user_verification: true };
    verify_authentication(&assertion, &credential, CHALLENGE, &party).map(|authenticated| authenticated.sign_count)
}

#[test]
fn each_algorithm_registers_and_signs_in() {
    for algorithm in Algorithm::ALL {
        for vouching in [Vouching::None, Vouching::Itself] {
            let mut passkey = SoftPasskey::new(algorithm);
            let created = passkey.create(&asked(), &vouching);
            assert_eq!(presented_challenge(&created.client_data).as_deref(), Ok(CHALLENGE));
            let registered = register(&created).unwrap();
            assert_eq!((registered.algorithm, registered.sign_count), (algorithm.number(), 1));
            assert_eq!(registered.public_key, passkey.public_key());
            let expected = if matches!(vouching, Vouching::None) { Attestation::None } else { Attestation::Itself };
            assert_eq!(registered.attestation, expected);
            assert_eq!(authenticate(&passkey.get(&asked()), &registered, 1), Ok(2));
        }
    }
}

/// What the browser or the authenticator does otherwise.
type Bend = fn(&mut Asked<'_>);

#[test]
fn what_is_bent_is_refused_for_its_own_reason() {
    let bends: [(&str, Bend, WebauthnError); 7] = [
        ("another origin", |asked| asked.origin = "https://evil.test", WebauthnError::Origin),
        ("another party", |asked| asked.rp_id = "evil.test", WebauthnError::RpId),
        ("another ceremony", |asked| asked.kind = Some("payment.get"), WebauthnError::Type),
        ("another challenge", |asked| asked.challenge = b"the next one", WebauthnError::Challenge),
        ("inside a frame", |asked| asked.cross_origin = true, WebauthnError::CrossOrigin),
        ("nobody there", |asked| asked.user_present = false, WebauthnError::UserPresence),
        ("nobody known", |asked| asked.user_verified = false, WebauthnError::UserVerification),
    ];
    for (name, bend, flaw) in bends {
        let mut passkey = SoftPasskey::new(Algorithm::Es256);
        let registered = register(&passkey.create(&asked(), &Vouching::None)).unwrap();
        let mut bent = asked();
        bend(&mut bent);
        assert_eq!(authenticate(&passkey.get(&bent), &registered, 0), Err(flaw), "{name}");
        assert_eq!(register(&passkey.create(&bent, &Vouching::None)).unwrap_err(), flaw, "{name}");
    }
}

#[test]
fn a_signature_binds_every_byte() {
    let mut passkey = SoftPasskey::new(Algorithm::Es256);
    let registered = register(&passkey.create(&asked(), &Vouching::None)).unwrap();
    let got = passkey.get(&asked());
    let other = SoftPasskey::new(Algorithm::Es256);
    let signed = [&got.auth_data[..], b"another hash"].concat();
    for (name, bent) in [
        ("another key", Got { signature: other.sign(&signed), ..got.clone() }),
        ("another message", Got { signature: passkey.sign(&signed), ..got.clone() }),
        ("nothing", Got { signature: Vec::new(), ..got.clone() }),
        ("a raw signature", Got { signature: vec![1; 64], ..got.clone() }),
        ("two bytes more", Got { signature: [&got.signature[..], &[0, 0]].concat(), ..got.clone() }),
    ] {
        assert_eq!(authenticate(&bent, &registered, 0), Err(WebauthnError::Signature), "{name}");
    }
    let mut raised = got.clone();
    raised.auth_data[36] += 1;
    assert_eq!(authenticate(&raised, &registered, 0), Err(WebauthnError::Signature));
    let mut spaced = got.clone();
    spaced.client_data.push(b' ');
    assert_eq!(authenticate(&spaced, &registered, 0), Err(WebauthnError::Signature));
    for length in 0..got.auth_data.len() {
        let cut = Got { auth_data: got.auth_data[..length].to_vec(), ..got.clone() };
        assert_eq!(authenticate(&cut, &registered, 0), Err(WebauthnError::AuthenticatorData));
    }
    assert_eq!(authenticate(&got, &registered, got_count(&got)), Err(WebauthnError::Counter));
    assert!(authenticate(&got, &registered, 0).is_ok());
}

fn got_count(got: &Got) -> u32 {
    u32::from_be_bytes(got.auth_data[33..37].try_into().unwrap())
}

#[test]
fn what_was_registered_as_bound_to_a_device_stays_so() {
    let mut passkey = SoftPasskey::new(Algorithm::EdDsa);
    let registered = register(&passkey.create(&asked(), &Vouching::None)).unwrap();
    assert!(!registered.flags.backup_eligible);
    passkey.backup_eligible = true;
    assert_eq!(authenticate(&passkey.get(&asked()), &registered, 0), Err(WebauthnError::BackupFlags));
    passkey.backup_eligible = false;
    passkey.backed_up = true;
    assert_eq!(authenticate(&passkey.get(&asked()), &registered, 0), Err(WebauthnError::BackupFlags));
}

#[test]
fn an_attestation_object_is_read_strictly() {
    let mut passkey = SoftPasskey::new(Algorithm::Es256);
    let good = passkey.create(&asked(), &Vouching::None);
    assert!(register(&good).is_ok());
    for length in 0..good.attestation_object.len() {
        let cut = Created { attestation_object: good.attestation_object[..length].to_vec(), ..good.clone() };
        assert!(register(&cut).is_err(), "cut at {length}");
    }
    let empty = Writer::map(&[]);
    let with = |object: Vec<u8>| register(&Created { attestation_object: object, ..good.clone() }).unwrap_err();
    let statement = |format: &str, members: &[(&str, Vec<u8>)]| {
        let members: Vec<_> = members.iter().map(|(name, value)| (Writer::text(name), value.clone())).collect();
        with(attestation_object(format, &Writer::map(&members), &good.auth_data))
    };
    assert_eq!(with([&good.attestation_object[..], &[0]].concat()), WebauthnError::Cbor);
    assert_eq!(with(attestation_object("none", &Writer::array(&[]), &good.auth_data)), WebauthnError::Attestation);
    assert_eq!(with(attestation_object("packed", &empty, &good.auth_data)), WebauthnError::Attestation);
    assert_eq!(
        with(attestation_object("none", &empty, &passkey.get(&asked()).auth_data)),
        WebauthnError::AuthenticatorData
    );
    assert_eq!(with(vec![0; 40_000]), WebauthnError::Cbor);
    let (es256, eddsa, signature) = (Writer::integer(-7), Writer::integer(-8), Writer::bytes(&[1; 70]));
    for (name, members) in [
        ("a statement that says something", vec![("alg", es256.clone())]),
        ("a signature that is none", vec![("alg", es256.clone()), ("sig", signature.clone())]),
        ("another algorithm than the key's", vec![("alg", eddsa), ("sig", signature.clone())]),
        ("no certificates", vec![("alg", es256.clone()), ("sig", signature.clone()), ("x5c", Writer::array(&[]))]),
        (
            "what is no certificate",
            vec![("alg", es256), ("sig", signature), ("x5c", Writer::array(&[Writer::bytes(b"x")]))],
        ),
    ] {
        let format = if members.len() == 1 { "none" } else { "packed" };
        assert_eq!(statement(format, &members), WebauthnError::Attestation, "{name}");
    }
    let other_id = Created { id: vec![7; 32], ..good.clone() };
    assert_eq!(register(&other_id).unwrap_err(), WebauthnError::CredentialId);
    passkey.id = vec![7; 1_024];
    assert_eq!(register(&passkey.create(&asked(), &Vouching::None)).unwrap_err(), WebauthnError::CredentialId);
    passkey.id = Vec::new();
    assert_eq!(register(&passkey.create(&asked(), &Vouching::None)).unwrap_err(), WebauthnError::CredentialId);
}

#[test]
fn a_statement_of_a_format_that_is_not_spoken_vouches_for_nothing() {
    let created = SoftPasskey::new(Algorithm::Es256).create(&asked(), &Vouching::None);
    let statement = Writer::map(&[(Writer::text("ver"), Writer::text("2.0"))]);
    let object = attestation_object("tpm", &statement, &created.auth_data);
    let registered = register(&Created { attestation_object: object, ..created }).unwrap();
    assert_eq!(registered.attestation, Attestation::None);
}

const MODEL: [u8; 16] = [7; 16];

fn vouched(maker: &Maker, roots: &[&str], aaguid: [u8; 16]) -> Result<Attestation, WebauthnError> {
    let mut passkey = SoftPasskey::new(Algorithm::Es256);
    passkey.aaguid = aaguid;
    let created = passkey.create(&asked(), &maker.vouching());
    register_with(&created, &TrustRoots::from_pem(roots).unwrap()).map(|registered| registered.attestation)
}

#[test]
fn a_maker_vouches_where_its_root_is_trusted() {
    let (own, other) = (Maker::of(MODEL), Maker::of(MODEL));
    assert_eq!(vouched(&own, &[&own.root_pem], MODEL), Ok(Attestation::Trusted));
    assert_eq!(vouched(&own, &[&other.root_pem, &own.root_pem], MODEL), Ok(Attestation::Trusted));
    assert_eq!(vouched(&own, &[&other.root_pem], MODEL), Ok(Attestation::Untrusted));
    assert_eq!(vouched(&own, &[], MODEL), Ok(Attestation::Untrusted));
    assert_eq!(vouched(&own, &[&own.root_pem], [8; 16]), Err(WebauthnError::Attestation));
    let stolen = Maker { certificate: other.certificate, key: own.key, root_pem: own.root_pem };
    assert_eq!(vouched(&stolen, &[&stolen.root_pem], MODEL), Err(WebauthnError::Attestation));
}

#[test]
fn a_certificate_that_is_not_for_attestation_vouches_for_nothing() {
    let unit = Maker::bent(MODEL, |leaf| leaf.distinguished_name.push(DnType::OrganizationalUnitName, "Sales"));
    assert_eq!(vouched(&unit, &[&unit.root_pem], MODEL), Err(WebauthnError::Attestation));
    let authority = Maker::bent(MODEL, |leaf| leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(vouched(&authority, &[&authority.root_pem], MODEL), Err(WebauthnError::Attestation));
    let critical = Maker::bent(MODEL, |leaf| leaf.custom_extensions[0].set_criticality(true));
    assert_eq!(vouched(&critical, &[&critical.root_pem], MODEL), Err(WebauthnError::Attestation));
    let of_any_model = Maker::bent(MODEL, |leaf| leaf.custom_extensions.clear());
    assert_eq!(vouched(&of_any_model, &[&of_any_model.root_pem], MODEL), Ok(Attestation::Trusted));
    let expired = Maker::bent(MODEL, |leaf| leaf.not_after = rcgen::date_time_ymd(2020, 1, 1));
    assert_eq!(vouched(&expired, &[&expired.root_pem], MODEL), Ok(Attestation::Untrusted));
}

#[test]
fn roots_are_certificates() {
    let root = Maker::of(MODEL).root_pem;
    assert!(TrustRoots::from_pem(&[format!("{root}\n{root}")]).is_some());
    for flawed in ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        assert!(TrustRoots::from_pem(&[flawed]).is_none(), "{flawed}");
    }
}
