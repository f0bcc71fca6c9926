//! What comes in behind the guard: a body, a query, a page request, an id of the path.

use std::ops::Deref;

use kernel::{ErrorCode, Id, Kind, PageRequest, Refusal, Shape, page};
use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{context::Context, cursor, guard::path_id, json};

fn pairs(cx: &Context) -> Result<Vec<(String, String)>, Refusal> {
    let query = cx.request().uri.query().unwrap_or_default();
    serde_urlencoded::from_str(query)
        .map_err(|_| Refusal::new(ErrorCode::BadRequest, "invalid_query", "The query string is not valid."))
}

/// What an argument adds to the documentation.
#[derive(Clone, Copy)]
pub enum ArgumentFacts {
    Body {
        schema: Shape,
        is_required: bool,
    },
    /// One JSON document, or lines.
    Upload {
        whole: Shape,
        line: Shape,
    },
    /// As pages send it.
    Form {
        schema: Shape,
    },
    /// Of a protocol: a form, or a query where nothing is sent.
    Parameters {
        schema: Shape,
    },
    /// Names and values of a page of ours.
    Fields,
    Query {
        schema: Shape,
    },
    Paging,
    Path,
}

pub trait Argument: Sized + Send + 'static {
    fn facts() -> ArgumentFacts;
    fn read(cx: &Context) -> Result<Self, Refusal>;
}

/// A JSON body. Types derive `Deserialize` with `deny_unknown_fields`, and `JsonSchema`.
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Argument for Body<T> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Body { schema: Shape::of::<T>(), is_required: true }
    }
    fn read(cx: &Context) -> Result<Self, Refusal> {
        json::parse(cx.request().body()).map(Self)
    }
}

/// A JSON body that may be left out.
pub struct OptionalBody<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Default + Send + 'static> Argument for OptionalBody<T> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Body { schema: Shape::of::<T>(), is_required: false }
    }
    fn read(cx: &Context) -> Result<Self, Refusal> {
        if cx.request().body().is_empty() { Ok(Self(T::default())) } else { json::parse(cx.request().body()).map(Self) }
    }
}

/// Filters in the query string; names that the type does not have are a 400.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + JsonSchema + Send + 'static> Argument for Query<T> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Query { schema: Shape::of::<T>() }
    }
    fn read(cx: &Context) -> Result<Self, Refusal> {
        let mut pairs = pairs(cx)?;
        pairs.retain(|(name, _)| !matches!(name.as_str(), "limit" | "cursor"));
        // Empty means absent, as forms send it.
        pairs.retain(|(_, value)| !value.is_empty());
        let text = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        serde_urlencoded::from_str(&text).map(Self).map_err(|error| {
            Refusal::new(ErrorCode::BadRequest, "invalid_query", format!("The query string is not valid: {error}."))
        })
    }
}

/// `limit` and `cursor`; `K` is the sort key that a cursor holds.
pub struct Paging<K>(pub PageRequest<K>);

impl<K: DeserializeOwned + Serialize + Send + 'static> Argument for Paging<K> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Paging
    }
    fn read(cx: &Context) -> Result<Self, Refusal> {
        let (mut limit, mut after) = (page::DEFAULT_LIMIT, None);
        for (name, value) in pairs(cx)? {
            match name.as_str() {
                "limit" => {
                    limit =
                        value.parse().ok().filter(|limit| (1..=page::MAX_LIMIT).contains(limit)).ok_or_else(|| {
                            Refusal::new(
                                ErrorCode::BadRequest,
                                "invalid_limit",
                                "`limit` is a whole number from 1 to 200.",
                            )
                        })?;
                }
                "cursor" if !value.is_empty() => after = Some(cursor::open(cx, &value)?),
                // Filters are read, and unknown ones refused, by the list's own type, where it has one.
                "cursor" => {}
                _ if cx.has_filters() => {}
                _ => {
                    return Err(Refusal::new(
                        ErrorCode::BadRequest,
                        "invalid_query",
                        "This list takes `limit` and `cursor` only.",
                    ));
                }
            }
        }
        Ok(Self(PageRequest { limit, after }))
    }
}

/// The id of a `K` in the path, as it stands there: whether there is such a row is for the store to say.
pub struct At<K>(pub Id<K>);

impl<K: Kind> Argument for At<K> {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Path
    }
    fn read(cx: &Context) -> Result<Self, Refusal> {
        path_id(cx).map(Self)
    }
}

impl<K> Deref for At<K> {
    type Target = Id<K>;
    fn deref(&self) -> &Id<K> {
        &self.0
    }
}

/// The word in the path that names a thing without an id, such as a provider. What it may be is for the handler to say.
pub struct Named(pub String);

impl Argument for Named {
    fn facts() -> ArgumentFacts {
        ArgumentFacts::Path
    }
    fn read(cx: &Context) -> Result<Self, Refusal> {
        let word = cx.request().path().iter().find(|(name, _)| !name.ends_with("_id"));
        word.map(|(_, word)| Self(word.clone())).ok_or_else(Refusal::not_found)
    }
}
