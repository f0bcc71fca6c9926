//! One mounted handler: where it stands, what it needs and answers, and how to call it.

use std::{future::Future, pin::Pin, sync::Arc};

use kernel::RefusalFacts;

use crate::{
    access::Access,
    context::Context,
    failure::Failure,
    guard::Guard,
    input::{Argument, ArgumentFacts},
    limits::Limit,
    reply::{Rendered, Reply, ReplyFacts, ReplyKind, Respond},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Method {
    GET,
    POST,
    PUT,
    PATCH,
    DELETE,
}

impl Method {
    /// Does it change anything (RFC 9110, section 9.2.1)?
    pub const fn is_mutation(self) -> bool {
        !matches!(self, Self::GET)
    }

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GET => "GET",
            Self::POST => "POST",
            Self::PUT => "PUT",
            Self::PATCH => "PATCH",
            Self::DELETE => "DELETE",
        }
    }
}

/// Which of the public faces an endpoint belongs to; it decides the envelope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// `/v1`: success, data, error, meta.
    Platform,
    /// `/api/v1`: data and meta, or error, message, details.
    DataPlane,
    /// `/.well-known` and other places whose bodies a standard fixes.
    Protocol,
}

impl Surface {
    /// Known from the path, so that no domain ever builds an envelope.
    pub fn of(path: &str) -> Self {
        let under = |root: &str| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if under("/v1") {
            Self::Platform
        } else if under("/api/v1") {
            Self::DataPlane
        } else {
            Self::Protocol
        }
    }
}

/// What the `#[endpoint]` attribute says.
pub struct EndpointFacts {
    pub method: Method,
    /// With `{name}` for parameters.
    pub path: &'static str,
    /// `users.sessions.revoke_all`: the method's name in every SDK.
    pub operation: &'static str,
    pub summary: &'static str,
    pub description: &'static str,
    pub errors: fn() -> Vec<RefusalFacts>,
    pub limit: Option<Limit>,
    /// Why a mutation emits no event.
    pub silent: Option<&'static str>,
}

impl EndpointFacts {
    pub fn surface(&self) -> Surface {
        Surface::of(self.path)
    }
}

/// A handler with its facts; those of the signature are read off its types.
pub struct Endpoint {
    pub facts: EndpointFacts,
    pub access: Access,
    pub arguments: Vec<ArgumentFacts>,
    pub reply: ReplyFacts,
    call: Arc<dyn Call>,
}

impl Endpoint {
    pub fn new<Args: 'static, H: Handler<Args>>(facts: EndpointFacts, handler: H) -> Self {
        let (access, arguments, reply) = H::describe();
        Self { facts, access, arguments, reply, call: Arc::new(Called(handler, std::marker::PhantomData)) }
    }

    pub(crate) fn has_body(&self) -> bool {
        self.arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Body { .. }))
    }

    pub(crate) fn has_upload(&self) -> bool {
        self.arguments.iter().any(|argument| matches!(argument, ArgumentFacts::Upload { .. }))
    }

    pub(crate) fn is_stream(&self) -> bool {
        matches!(self.reply.kind, ReplyKind::Stream | ReplyKind::Rows)
    }

    /// Is it a page, for people? Then a refusal is one too, and no document names it.
    pub fn is_page(&self) -> bool {
        self.reply.kind == ReplyKind::Page
    }

    /// Does a browser come by itself, and not a program? Then a refusal is a page, for whoever looks at it.
    pub(crate) fn is_for_browsers(&self) -> bool {
        self.is_page() || self.reply.kind == ReplyKind::Redirect && self.facts.surface() == Surface::Protocol
    }

    /// May a reply be kept for an `Idempotency-Key`? Not where body or reply have no end, not of pages, whose browsers send
    /// none, and not where the handler finds out who calls: a kept reply would be given before it did.
    pub fn is_kept(&self) -> bool {
        !matches!(self.access, Access::Client | Access::Token)
            && !self.is_stream()
            && !self.has_upload()
            && !self.is_page()
            && self.reply.kind != ReplyKind::Redirect
    }

    pub(crate) fn has_path(&self) -> bool {
        self.facts.path.contains('{')
    }

    pub(crate) fn call(&self, cx: Context) -> CallFuture {
        self.call.call(cx)
    }
}

type CallFuture = Pin<Box<dyn Future<Output = Result<Rendered, Failure>> + Send>>;

trait Call: Send + Sync {
    fn call(&self, cx: Context) -> CallFuture;
}

struct Called<H, Args>(H, std::marker::PhantomData<fn() -> Args>);

impl<Args: 'static, H: Handler<Args>> Call for Called<H, Args> {
    fn call(&self, cx: Context) -> CallFuture {
        Box::pin(self.0.clone().run(cx))
    }
}

/// An async function whose first argument is a guard: the only shape that can be mounted.
#[diagnostic::on_unimplemented(
    message = "not an endpoint: the first argument must be a guard, the others inputs, and the result a `Reply<T>`"
)]
pub trait Handler<Args>: Clone + Send + Sync + 'static {
    fn describe() -> (Access, Vec<ArgumentFacts>, ReplyFacts);
    fn run(self, cx: Context) -> impl Future<Output = Result<Rendered, Failure>> + Send;
}

macro_rules! handler {
    ($($argument:ident: $type:ident),*) => {
        impl<F, Fut, G, R, $($type,)*> Handler<(G, $($type,)*)> for F
        where
            F: Fn(G, $($type),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output = Reply<R>> + Send,
            G: Guard,
            R: Respond,
            $($type: Argument,)*
        {
            fn describe() -> (Access, Vec<ArgumentFacts>, ReplyFacts) {
                (G::ACCESS, vec![$($type::facts()),*], R::facts())
            }

            async fn run(self, cx: Context) -> Result<Rendered, Failure> {
                let guard = G::enter(cx.clone()).await?;
                $(let $argument = $type::read(&cx)?;)*
                let success = self(guard, $($argument),*).await?;
                Ok(success.render(&cx))
            }
        }
    };
}

handler!();
handler!(a: A);
handler!(a: A, b: B);
handler!(a: A, b: B, c: C);
