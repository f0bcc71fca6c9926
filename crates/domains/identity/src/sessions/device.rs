//! What a user agent tells about the device, for people who look at their own sessions: never for a decision.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The device of a session, as far as its user agent tells.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Device {
    /// For example `Firefox`.
    pub browser: Option<String>,
    /// For example `Android`.
    pub os: Option<String>,
    pub is_mobile: bool,
}

/// In the order in which the words must be looked for: most browsers also claim to be those further down.
const BROWSERS: [(&str, &str); 8] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: [(&str, &str); 7] = [
    ("Windows", "Windows"),
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

impl Device {
    pub(crate) fn of(user_agent: Option<&str>) -> Self {
        let Some(agent) = user_agent else { return Self::default() };
        let named = |words: &[(&str, &str)]| {
            words.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| (*name).to_owned())
        };
        Self { browser: named(&BROWSERS), os: named(&SYSTEMS), is_mobile: agent.contains("Mobi") }
    }
}

impl Device {
    /// For a message: `Firefox, Windows`.
    pub(crate) fn words(&self) -> Option<String> {
        let words: Vec<&str> = [self.browser.as_deref(), self.os.as_deref()].into_iter().flatten().collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_are_told_apart() {
        for (agent, browser, os) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iOS",
            ),
        ] {
            let device = Device::of(Some(agent));
            assert_eq!((device.browser.as_deref(), device.os.as_deref()), (Some(browser), Some(os)));
        }
        assert_eq!(Device::of(None), Device::default());
    }
}
