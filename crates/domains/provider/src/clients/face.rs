//! What people are shown of a client.

use hosted::ClientFace;

use super::Client;

impl Client {
    /// As it introduces itself where `redirect_uri` gets the answer. Pages show no address without encryption.
    pub(crate) fn face(&self, redirect_uri: &str) -> ClientFace {
        let secure = |uri: &Option<String>| uri.clone().filter(|uri| uri.starts_with("https://"));
        let Self { name, metadata, .. } = self;
        ClientFace {
            name: name.clone(),
            description: metadata.description.clone(),
            logo: secure(&metadata.logo_uri),
            uri: secure(&metadata.client_uri),
            policy: secure(&metadata.policy_uri),
            terms: secure(&metadata.tos_uri),
            place: place(redirect_uri),
        }
    }
}

/// The host of an address, or the scheme where that is an app's own.
fn place(redirect_uri: &str) -> String {
    let url = url::Url::parse(redirect_uri).ok();
    let host = url.as_ref().and_then(|url| url.host_str().map(str::to_owned));
    host.or_else(|| url.map(|url| url.scheme().to_owned())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn a_place_is_a_host_or_the_scheme_of_an_app() {
        for (uri, expected) in [
            ("https://app.example:8443/cb?x=1", "app.example"),
            ("http://127.0.0.1:51004/", "127.0.0.1"),
            ("com.example.app:/cb", "com.example.app"),
            ("nonsense", ""),
        ] {
            assert_eq!(place(uri), expected, "{uri}");
        }
    }
}
