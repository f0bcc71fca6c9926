//! What a token is bound to beside its holder's word (RFC 7800, section 3.1): whoever presents it has to show the key.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The claim `cnf`: one way of binding, or none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Confirmation {
    /// Thumbprint of the key that signs the DPoP proofs (RFC 9449, section 6.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jkt: Option<String>,
    /// SHA-256 of the client's certificate (RFC 8705, section 3.1).
    #[serde(rename = "x5t#S256", default, skip_serializing_if = "Option::is_none")]
    pub x5t_s256: Option<String>,
}

impl Confirmation {
    pub fn key(thumbprint: impl Into<String>) -> Self {
        Self { jkt: Some(thumbprint.into()), x5t_s256: None }
    }

    pub fn certificate(thumbprint: impl Into<String>) -> Self {
        Self { jkt: None, x5t_s256: Some(thumbprint.into()) }
    }

    /// Is it a bearer token?
    pub fn is_none(&self) -> bool {
        self.jkt.is_none() && self.x5t_s256.is_none()
    }

    /// Does the sender show everything that the token is bound to? More is no harm.
    pub fn is_shown_by(&self, sender: &Self) -> bool {
        let fits = |bound: &Option<String>, shown: &Option<String>| bound.is_none() || bound == shown;
        fits(&self.jkt, &sender.jkt) && fits(&self.x5t_s256, &sender.x5t_s256)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bound_has_to_be_shown() {
        let both = Confirmation { jkt: Some("a".into()), x5t_s256: Some("c".into()) };
        for (bound, sender, is_shown) in [
            (Confirmation::default(), Confirmation::default(), true),
            (Confirmation::default(), Confirmation::key("a"), true),
            (Confirmation::key("a"), Confirmation::key("a"), true),
            (Confirmation::key("a"), both.clone(), true),
            (Confirmation::key("a"), Confirmation::key("b"), false),
            (Confirmation::key("a"), Confirmation::default(), false),
            (Confirmation::key("a"), Confirmation::certificate("a"), false),
            (Confirmation::certificate("c"), Confirmation::key("c"), false),
            (both, Confirmation::key("a"), false),
        ] {
            assert_eq!(bound.is_shown_by(&sender), is_shown, "{bound:?} {sender:?}");
        }
        assert_eq!(serde_json::to_string(&Confirmation::certificate("c")).unwrap(), r#"{"x5t#S256":"c"}"#);
    }
}
