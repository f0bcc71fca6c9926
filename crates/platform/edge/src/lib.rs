//! Everything between the network and a handler.
//!
//! Owns: who may call (`access`, `guard`), what comes in (`input`), what goes out (`reply`, `envelope`, `failure`), and the
//! rules that hold on every path: idempotency, rate limits, pages, CORS, cookies, deadlines. Owns no business rule: a domain
//! writes handlers over a guard and never sees a request, a status code or an envelope.

mod access;
mod app;
mod browser;
mod certificate;
mod challenge;
mod context;
mod cookies;
mod cors;
mod cursor;
mod endpoint;
mod envelope;
mod even;
mod failure;
mod form;
mod guard;
mod headers;
mod idempotency;
mod input;
mod json;
mod limits;
mod lines;
mod module;
mod mounted;
mod network;
pub mod openapi;
mod parameters;
mod personal;
mod reply;
mod resolve;
mod router;
mod rows;
mod serve;
mod signable;
mod trail;
mod upload;
mod urlencoded;
mod written;

pub use access::Access;
pub use app::{App, AppParts, EdgeSettings, Ports};
pub use browser::{Browser, ErrorPage, ErrorPages, Fields, ForeignSources, Html, NoFields, StyleSheet, Visitor};
pub use certificate::{CertificateSource, ClientCertificate, PeerCertificate};
pub use context::{Caller, Context};
pub use cookies::{
    BrowserCookie, BrowserStateCookie, FlowCookie, LanguageCookie, ReturnCookie, SameSite, SessionCookies, Transport,
    TrustedDeviceCookie,
};
pub use endpoint::{Endpoint, EndpointFacts, Method, Surface};
pub use failure::{Failure, refuse};
pub use form::Form;
pub use guard::{
    Account, Anyone, ByClient, ByToken, Can, CanOn, CanOrSelf, Guard, MaybeSignedIn, Open, Public, Resource, SignedIn,
    SignedInWith,
};
pub use headers::DPOP;
pub use input::{At, Body, Named, OptionalBody, Paging, Query};
pub use json::parse as parse_json;
pub use limits::Limit;
pub use lines::{LineSource, Lines, line};
pub use module::{Module, SealedColumn};
pub use network::{Sender, TrustedProxies};
pub use parameters::Parameters;
pub use personal::{Export, Merge, PersonalColumn, PersonalData};
pub use reply::{
    Document, Listed, Nothing, Redirect, Reply, ReplyKind, Success, accepted, created, listed, no_content, ok,
    redirect, versioned,
};
pub use router::{Answer, Routes};
pub use rows::{RowFormat, Rows};
pub use signable::Signable;
pub use upload::{Line, LineReader, Sent, Upload};
pub use written::Written;
