//! Names of certificates as text (RFC 4514), compared by their parts (RFC 8705, section 2.1.2; RFC 5280, section 7.1).

use std::str::FromStr;

use x509_cert::{
    attr::AttributeTypeAndValue,
    der::{
        Encode, Tag, Tagged,
        asn1::{Ia5StringRef, ObjectIdentifier, PrintableStringRef, TeletexStringRef, Utf8StringRef},
    },
    name::Name,
};

/// Is this text a distinguished name at all?
pub(crate) fn is_distinguished_name(text: &str) -> bool {
    Name::from_str(&without_spaces(text)).is_ok_and(|name| !name.is_empty())
}

/// Are they the same attributes with the same values in the same order? Whichever string type a value has.
pub(crate) fn is_same_name(name: &Name, text: &str) -> bool {
    let Ok(expected) = Name::from_str(&without_spaces(text)) else { return false };
    !expected.is_empty() && parts(&expected) == parts(name)
}

/// The values of each relative name, in an order of their own: they are a set.
fn parts(name: &Name) -> Vec<Vec<(ObjectIdentifier, Vec<u8>)>> {
    let relative = name.0.iter().map(|relative| {
        let mut values: Vec<_> = relative.0.iter().map(|part| (part.oid, value(part))).collect();
        values.sort();
        values
    });
    relative.collect()
}

/// The characters of a text; the whole encoding of anything else.
fn value(part: &AttributeTypeAndValue) -> Vec<u8> {
    let text = match part.value.tag() {
        Tag::Utf8String => Utf8StringRef::try_from(&part.value).ok().map(|text| text.as_str().to_owned()),
        Tag::PrintableString => PrintableStringRef::try_from(&part.value).ok().map(|text| text.as_str().to_owned()),
        Tag::Ia5String => Ia5StringRef::try_from(&part.value).ok().map(|text| text.as_str().to_owned()),
        Tag::TeletexString => TeletexStringRef::try_from(&part.value).ok().map(|text| text.as_str().to_owned()),
        _ => None,
    };
    text.map_or_else(|| part.value.to_der().unwrap_or_default(), String::into_bytes)
}

/// Many tools write `CN=a, O=b`, as RFC 1779 did; RFC 4514 has no space there.
fn without_spaces(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let (mut is_escaped, mut is_after_comma) = (false, false);
    for c in text.chars() {
        if is_after_comma && c == ' ' {
            continue;
        }
        kept.push(c);
        is_after_comma = c == ',' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
    }
    kept
}

#[cfg(test)]
mod tests {
    use x509_cert::{Certificate, der::Decode};

    use super::*;

    #[test]
    fn a_name_is_its_parts_in_order() {
        let certificate = Certificate::from_der(include_bytes!("../testdata/client_p256.der")).unwrap();
        let subject = &certificate.tbs_certificate.subject;
        for (text, is_same) in [
            ("CN=client.test,O=Example\\, Inc.,C=DE", true),
            ("cn=client.test, o=Example\\, Inc., c=DE", true),
            ("2.5.4.3=client.test,O=Example\\2c Inc.,C=DE", true),
            ("CN=client.test,O=Example\\, Inc.,C=FR", false),
            ("CN=client.test,O=Example\\,Inc.,C=DE", false),
            ("C=DE,O=Example\\, Inc.,CN=client.test", false),
            ("CN=client.test", false),
            ("CN=Client.test,O=Example\\, Inc.,C=DE", false),
            ("CN=client.test,O=Example\\, Inc.,C=DE,C=DE", false),
            ("", false),
            ("client.test", false),
        ] {
            assert_eq!(is_same_name(subject, text), is_same, "{text}");
        }
        assert!(is_distinguished_name("CN=a"));
        assert!(!is_distinguished_name("") && !is_distinguished_name("a"));
    }
}
