//! Pages for browsers: HTML over plain forms, for people and not for programs.
//!
//! Owns what every page has in common: the guard with its proof against forged requests, the reading of forms, the content security
//! policy, and how a refusal becomes a page. Owns no page: a domain writes the HTML.

mod csrf;
mod errors;
mod fields;
mod guard;
mod html;
mod policy;

pub(crate) use csrf::FIELD as CSRF_FIELD;
pub(crate) use errors::render as render_error;
pub use errors::{ErrorPage, ErrorPages};
pub use fields::{Fields, NoFields};
pub use guard::{Browser, Visitor};
pub use html::{Html, StyleSheet};
pub use policy::ForeignSources;
