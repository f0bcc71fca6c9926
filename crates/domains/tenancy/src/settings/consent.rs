//! What an application asks people's consent for.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    branding::is_line,
    flaws::Flaws,
    rules::{LINK, web_url},
};

/// What people are asked to agree to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default)]
pub struct SettingsConsent {
    pub purposes: Vec<ConsentPurpose>,
}

/// One thing that people may agree to, and which of its texts is the current one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentPurpose {
    /// For programs, for example `newsletter`; never given to another purpose.
    pub name: String,
    /// Of the text. With a higher one everybody is asked again.
    pub version: u32,
    /// For people.
    pub title: String,
    #[serde(default)]
    pub description: Option<String>,
    /// Where the whole text stands.
    #[serde(default)]
    pub url: Option<String>,
    /// Can the application not be used without it?
    #[serde(default)]
    pub required: bool,
}

impl SettingsConsent {
    pub fn purpose(&self, name: &str) -> Option<&ConsentPurpose> {
        self.purposes.iter().find(|purpose| purpose.name == name)
    }

    pub(super) fn check(&self, flaws: &mut Flaws) {
        const MOST: usize = 50;
        flaws.at_most("purposes", self.purposes.len(), MOST);
        let names: Vec<&str> = self.purposes.iter().map(|purpose| purpose.name.as_str()).collect();
        for (index, purpose) in self.purposes.iter().enumerate().take(MOST) {
            flaws.part(&format!("purposes.{index}"), |flaws| {
                if names[..index].contains(&purpose.name.as_str()) {
                    flaws.add("name", "duplicate", "Stands twice.");
                }
                purpose.check(flaws);
            });
        }
    }
}

impl ConsentPurpose {
    fn check(&self, flaws: &mut Flaws) {
        let is_name = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if !(1..=64).contains(&self.name.len()) || !self.name.bytes().all(is_name) {
            flaws.add("name", "invalid", "1 to 64 lower-case letters, digits and underscores.");
        }
        flaws.within("version", self.version, 1..=1_000_000);
        if !is_line(&self.title, 200) {
            flaws.add("title", "invalid", "1 to 200 characters on one line.");
        }
        if self.description.as_deref().is_some_and(|text| !is_line(text, 2_000)) {
            flaws.add("description", "invalid", "1 to 2000 characters on one line.");
        }
        if self.url.as_deref().is_some_and(|url| web_url(url).is_none()) {
            flaws.add("url", "invalid", LINK);
        }
    }
}
