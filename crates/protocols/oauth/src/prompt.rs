//! What a client wants the person to be asked (OpenID Connect Core 1.0, section 3.1.2.1).

use serde::{Deserialize, Serialize};

use crate::error::OAuthError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Prompt {
    /// Nothing: answer at once.
    None,
    Login,
    Consent,
    SelectAccount,
    /// Initiating User Registration via OpenID Connect 1.0, section 4.1.
    Create,
}

impl Prompt {
    /// `prompt_values_supported` (Initiating User Registration via OpenID Connect 1.0, section 4.2).
    pub const ALL: [Self; 5] = [Self::None, Self::Login, Self::Consent, Self::SelectAccount, Self::Create];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}

/// A set of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prompts(Vec<Prompt>);

impl Prompts {
    /// `none` goes with nothing else, and an unknown value is `invalid_request`: a client that asked for something that was not done
    /// must not believe that it was.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        let mut prompts = Vec::new();
        for name in text.split(' ').filter(|name| !name.is_empty()) {
            let prompt = Prompt::ALL.into_iter().find(|prompt| prompt.as_str() == name);
            let prompt =
                prompt.ok_or_else(|| OAuthError::invalid_request("prompt has a value that is not supported"))?;
            if !prompts.contains(&prompt) {
                prompts.push(prompt);
            }
        }
        if prompts.contains(&Prompt::None) && prompts.len() > 1 {
            return Err(OAuthError::invalid_request("prompt has a value beside none"));
        }
        Ok(Self(prompts))
    }

    pub fn contains(&self, prompt: Prompt) -> bool {
        self.0.contains(&prompt)
    }

    /// May nothing be shown?
    pub fn is_none(&self) -> bool {
        self.contains(Prompt::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn none_stands_alone_and_unknown_values_are_refused() {
        for (text, expected) in [
            ("none", Some(&[Prompt::None][..])),
            ("login consent", Some(&[Prompt::Login, Prompt::Consent])),
            ("login login", Some(&[Prompt::Login])),
            ("select_account", Some(&[Prompt::SelectAccount])),
            ("create", Some(&[Prompt::Create])),
            ("", Some(&[])),
            ("none login", None),
            ("none none", Some(&[Prompt::None])),
            ("login none", None),
            ("Login", None),
            ("magic", None),
            ("login,consent", None),
        ] {
            assert_eq!(Prompts::parse(text).ok().map(|prompts| prompts.0).as_deref(), expected, "{text}");
        }
    }
}
