//! A browser without a script: it keeps cookies, reads forms and sends them.

use std::collections::BTreeMap;

use http::Method;

use crate::kit::{Call, Client, Reply, Server};

pub(crate) struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
    /// The page that is shown, by its path.
    pub(crate) at: String,
    pub(crate) page: String,
    /// The answer before redirects were followed.
    pub(crate) status: u16,
}

impl Browser {
    pub(crate) fn new(server: &Server) -> Self {
        let client = server.anonymous().with("accept-language", "en");
        Self { client, cookies: BTreeMap::new(), at: String::new(), page: String::new(), status: 0 }
    }

    pub(crate) fn speaking(server: &Server, language: &str) -> Self {
        let client = server.anonymous().with("accept-language", language);
        Self { client, cookies: BTreeMap::new(), at: String::new(), page: String::new(), status: 0 }
    }

    fn call(&self, method: Method, path: &str) -> Call {
        let call = self.client.call(method, path.to_owned());
        let cookies: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if cookies.is_empty() { call } else { call.header("cookie", &cookies.join("; ")) }
    }

    /// Type an address.
    pub(crate) async fn open(&mut self, path: &str) -> &mut Self {
        let reply = self.call(Method::GET, path).await;
        path.clone_into(&mut self.at);
        self.follow(reply, Method::GET, None).await
    }

    /// One look at an address, and nothing followed or kept.
    pub(crate) async fn look(&self, path: &str) -> Reply {
        self.call(Method::GET, path).await
    }

    /// Send a form of the page: its hidden fields and these, with one of its buttons' names where it has several.
    pub(crate) async fn submit(&mut self, action: &str, fields: &[(&str, &str)]) -> &mut Self {
        let mut pairs = self.hidden(action);
        pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        self.post(action, &pairs).await
    }

    /// Send what no form of the page holds.
    pub(crate) async fn post(&mut self, action: &str, pairs: &[(String, String)]) -> &mut Self {
        let body = encoded(pairs);
        let reply = self.form(action, &body).await;
        action.clone_into(&mut self.at);
        self.follow(reply, Method::POST, Some(body)).await
    }

    /// One request with these very bytes, and nothing followed.
    pub(crate) async fn form(&mut self, action: &str, body: &str) -> Reply {
        let call = self.call(Method::POST, action).header("content-type", "application/x-www-form-urlencoded");
        let reply = call.header("sec-fetch-site", "same-origin").header("origin", "null").raw(body).await;
        self.keep(&reply);
        reply
    }

    /// One request with headers of the test's choosing.
    pub(crate) fn raw_form(&self, action: &str, body: &str) -> Call {
        let call = self.call(Method::POST, action).header("content-type", "application/x-www-form-urlencoded");
        call.raw(body)
    }

    async fn follow(&mut self, reply: Reply, method: Method, body: Option<String>) -> &mut Self {
        self.status = reply.status;
        self.keep(&reply);
        let (mut reply, mut method) = (reply, method);
        for _ in 0..5 {
            if !matches!(reply.status, 303 | 307) {
                break;
            }
            let to = reply.header("location").to_owned();
            if !to.starts_with('/') {
                self.at = to;
                self.page.clear();
                return self;
            }
            if reply.status == 303 {
                method = Method::GET;
            }
            reply = match (&body, &method) {
                (Some(body), &Method::POST) => self.form(&to, &body.clone()).await,
                _ => self.call(Method::GET, &to).await,
            };
            self.keep(&reply);
            self.at = to;
        }
        self.page = String::from_utf8_lossy(&reply.bytes).into_owned();
        self
    }

    pub(crate) fn keep(&mut self, reply: &Reply) {
        for (pair, attributes) in reply.cookies() {
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// The hidden fields of the form with this action.
    pub(crate) fn hidden(&self, action: &str) -> Vec<(String, String)> {
        let begin = format!("action=\"{action}\"");
        let form = self.page.split("<form ").find(|form| form.contains(&begin));
        let form = form.unwrap_or_else(|| panic!("no form for {action} at {}: {}", self.at, self.page));
        let inputs =
            form.split("</form>").next().unwrap().split("<input ").filter(|input| input.contains("type=\"hidden\""));
        inputs
            .map(|input| (attribute(input, "name"), attribute(input, "value")))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    pub(crate) fn token(&self) -> String {
        let input = self.page.split("<input ").find(|input| input.contains("name=\"csrf\"")).unwrap();
        attribute(input, "value")
    }

    /// The cookies by the middle of their names: `at`, `rt`, `br`, `fl`.
    pub(crate) fn cookie(&self, kind: &str) -> Option<&str> {
        let found = self.cookies.iter().find(|(name, _)| name.contains(&format!("pc_{kind}_")));
        found.map(|(_, value)| value.as_str())
    }

    pub(crate) fn forget(&mut self, kind: &str) {
        self.cookies.retain(|name, _| !name.contains(&format!("pc_{kind}_")));
    }

    #[track_caller]
    pub(crate) fn shows(&self, text: &str) -> &Self {
        assert!(self.page.contains(text), "{text:?} is not at {} ({}): {}", self.at, self.status, self.page);
        self
    }

    #[track_caller]
    pub(crate) fn is_at(&self, path: &str) -> &Self {
        assert_eq!(self.at, path, "{} {}", self.status, self.page);
        self
    }
}

fn attribute(tag: &str, name: &str) -> String {
    let begin = format!("{name}=\"");
    let value = tag.split_once(&begin).map(|(_, rest)| rest.split('"').next().unwrap_or_default()).unwrap_or_default();
    value.replace("&quot;", "\"").replace("&#39;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

pub(crate) fn encoded(pairs: &[(String, String)]) -> String {
    let escape = |text: &str| -> String {
        text.bytes()
            .map(
                |byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") },
            )
            .collect()
    };
    pairs.iter().map(|(name, value)| format!("{}={}", escape(name), escape(value))).collect::<Vec<_>>().join("&")
}
