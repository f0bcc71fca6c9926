//! The bodies of the two surfaces, on success and on refusal.

use bytes::Bytes;
use kernel::{Field, Refusal, RequestId, Timestamp, TypedId};
use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::endpoint::Surface;

/// What stands beside the data.
pub struct Meta {
    pub(crate) timestamp: Timestamp,
    pub(crate) request_id: TypedId<RequestId>,
    /// The next cursor and the limit, on lists.
    pub(crate) page: Option<(Option<String>, u32)>,
}

impl Serialize for Meta {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("timestamp", &self.timestamp)?;
        map.serialize_entry("request_id", &self.request_id)?;
        if let Some((next_cursor, limit)) = &self.page {
            map.serialize_entry("next_cursor", next_cursor)?;
            map.serialize_entry("limit", limit)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct PlatformBody<'a, T> {
    success: bool,
    data: Option<&'a T>,
    error: Option<PlatformError<'a>>,
    meta: &'a Meta,
}

#[derive(Serialize)]
struct PlatformError<'a> {
    code: &'static str,
    reason: &'static str,
    message: &'a str,
    fields: &'a [Field],
}

#[derive(Serialize)]
struct DataPlaneBody<'a, T> {
    data: &'a T,
    meta: &'a Meta,
}

#[derive(Serialize)]
struct DataPlaneError<'a> {
    error: &'static str,
    message: &'a str,
    details: Details<'a>,
    request_id: TypedId<RequestId>,
}

/// RFC 6749, section 5.2.
#[derive(Serialize)]
struct ProtocolError<'a> {
    error: &'static str,
    error_description: &'a str,
}

#[derive(Serialize)]
struct Details<'a> {
    #[serde(skip_serializing_if = "<[Field]>::is_empty")]
    fields: &'a [Field],
    #[serde(skip_serializing_if = "Option::is_none")]
    flow_id: Option<&'a str>,
}

pub(crate) fn success<T: Serialize>(surface: Surface, data: &T, meta: &Meta) -> Bytes {
    match surface {
        Surface::Platform => bytes(&PlatformBody { success: true, data: Some(data), error: None, meta }),
        Surface::DataPlane => bytes(&DataPlaneBody { data, meta }),
        Surface::Protocol => bytes(data),
    }
}

pub(crate) fn refusal(surface: Surface, refusal: &Refusal, meta: &Meta) -> Bytes {
    match surface {
        Surface::Platform => bytes(&PlatformBody::<()> {
            success: false,
            data: None,
            error: Some(PlatformError {
                code: refusal.code.as_str(),
                reason: refusal.reason,
                message: &refusal.message,
                fields: &refusal.fields,
            }),
            meta,
        }),
        Surface::Protocol => bytes(&ProtocolError { error: refusal.reason, error_description: &refusal.message }),
        Surface::DataPlane => bytes(&DataPlaneError {
            error: refusal.reason,
            message: &refusal.message,
            details: Details { fields: &refusal.fields, flow_id: refusal.flow_id.as_deref() },
            request_id: meta.request_id,
        }),
    }
}

fn bytes<T: Serialize>(body: &T) -> Bytes {
    match serde_json::to_vec(body) {
        Ok(bytes) => bytes.into(),
        Err(error) => {
            // Views are plain data: this is a bug in a view, and nothing useful can be said to the caller.
            tracing::error!(%error, "a reply could not be written");
            Bytes::new()
        }
    }
}
