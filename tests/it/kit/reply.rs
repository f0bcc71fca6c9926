//! An answer, read once, with assertions that show it when they fail.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, response};
use serde_json::Value;

pub(crate) struct Reply {
    /// Method and path of the request.
    request: String,
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Bytes,
    /// `null` where the body is no JSON.
    pub(crate) json: Value,
}

impl Reply {
    pub(crate) fn new(request: String, head: response::Parts, bytes: Bytes) -> Self {
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { request, status: head.status.as_u16(), headers: head.headers, bytes, json }
    }

    /// It has this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// It is a refusal with this status and reason.
    #[track_caller]
    pub(crate) fn refused(self, status: u16, reason: &str) -> Self {
        assert_eq!((self.status, self.reason()), (status, reason), "{self}");
        self
    }

    /// What the envelope holds, on either surface.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        self.json.get("data").unwrap_or_else(|| panic!("no data: {self}"))
    }

    /// The items of a list.
    #[track_caller]
    pub(crate) fn items(&self) -> &[Value] {
        self.data().as_array().unwrap_or_else(|| panic!("no list: {self}"))
    }

    /// A text in the data, by its JSON pointer.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> String {
        let value = self.data().pointer(pointer).and_then(Value::as_str);
        value.unwrap_or_else(|| panic!("no text at {pointer}: {self}")).to_owned()
    }

    #[track_caller]
    pub(crate) fn id(&self) -> String {
        self.text("/id")
    }

    pub(crate) fn meta(&self, name: &str) -> &Value {
        &self.json["meta"][name]
    }

    /// The reason of a refusal, on either surface; empty for none.
    pub(crate) fn reason(&self) -> &str {
        let error = &self.json["error"];
        error.as_str().or_else(|| error["reason"].as_str()).unwrap_or_default()
    }

    /// The fields of a refusal and what is wrong with each, as `name code`.
    pub(crate) fn fields(&self) -> Vec<String> {
        let error = &self.json["error"];
        let fields = if error.is_string() { &self.json["details"]["fields"] } else { &error["fields"] };
        let name = |field: &Value| {
            format!("{} {}", field["field"].as_str().unwrap_or_default(), field["code"].as_str().unwrap_or_default())
        };
        fields.as_array().map(|fields| fields.iter().map(name).collect()).unwrap_or_default()
    }

    /// A header as text; empty where it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The `name=value` part of each `Set-Cookie`, and its attributes.
    pub(crate) fn cookies(&self) -> Vec<(String, String)> {
        let lines = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        lines
            .map(|line| line.split_once("; ").unwrap_or((line, "")))
            .map(|(pair, rest)| (pair.to_owned(), rest.to_owned()))
            .collect()
    }

    /// Everything but what differs between two requests for the same thing.
    pub(crate) fn comparable(&self) -> (u16, Vec<(String, String)>, Value) {
        // The length follows the timestamp, whose zeros at the end are not written.
        const OWN: [&str; 4] = ["content-length", "ratelimit", "ratelimit-policy", "x-request-id"];
        let mut headers: Vec<(String, String)> = self
            .headers
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
            .collect();
        headers.sort();
        let mut json = self.json.clone();
        for path in ["/meta/request_id", "/meta/timestamp", "/request_id"] {
            if let Some(own) = json.pointer_mut(path) {
                *own = Value::Null;
            }
        }
        (self.status, headers, json)
    }
}

impl fmt::Display for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} answered {} {}", self.request, self.status, String::from_utf8_lossy(&self.bytes))
    }
}
