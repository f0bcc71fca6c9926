//! A handler's first argument: who may call, what they may touch, and the road to the store.
//!
//! A guard is a sealed type. It says at compile time which callers an endpoint admits ([`Guard::ACCESS`]), so that the
//! decision, the documentation and the sweeps read the same fact.

use std::{future::Future, marker::PhantomData, ops::Deref};

use kernel::{ErrorCode, Id, Kind, Permission, Refusal, ports::SessionCaller};
use store::{Read, StoreError};

use crate::{
    access::{self, Access},
    context::{Caller, Context},
    failure::Failure,
};

pub(crate) mod sealed {
    pub trait Sealed {}
}

pub trait Guard: sealed::Sealed + Sized + Send + 'static {
    const ACCESS: Access;
    /// The kind of thing that the path names and the guard loads.
    const LOADS: Option<&'static str> = None;
    fn enter(cx: Context) -> impl Future<Output = Result<Self, Failure>> + Send;
}

/// A row that a path can name.
pub trait Resource: Kind + Sized + Send + Sync {
    /// The row, if it is visible in the tenant that `read` is bound to.
    fn find(read: &Read, id: Id<Self>) -> impl Future<Output = Result<Option<Self>, StoreError>> + Send;
}

macro_rules! plain_guard {
    ($(#[$doc:meta])* $name:ident, $access:expr) => {
        $(#[$doc])*
        pub struct $name(Context);
        impl sealed::Sealed for $name {}
        impl Guard for $name {
            const ACCESS: Access = $access;
            async fn enter(cx: Context) -> Result<Self, Failure> {
                Ok(Self(cx))
            }
        }
        impl Deref for $name {
            type Target = Context;
            fn deref(&self) -> &Context {
                &self.0
            }
        }
    };
}

plain_guard!(
    /// Everyone, without a tenant.
    Anyone, Access::Anyone
);
plain_guard!(
    /// Everyone, in a tenant.
    Public, Access::Public
);
plain_guard!(
    /// Everyone, in a tenant, and the session of whoever presents one ([`Context::session`]): for steps that a pending flow may
    /// take as well as a signed-in person.
    MaybeSignedIn, Access::MaybeSignedIn
);
plain_guard!(
    /// Everyone, at the console.
    Open, Access::Open
);

plain_guard!(
    /// An OAuth client, which the handler authenticates by what the body says.
    ByClient, Access::Client
);
plain_guard!(
    /// Whoever holds an OAuth access token, which the handler looks at.
    ByToken, Access::Token
);

macro_rules! session_guard {
    ($(#[$doc:meta])* $name:ident, $access:expr) => {
        $(#[$doc])*
        pub struct $name {
            cx: Context,
            caller: SessionCaller,
        }
        impl sealed::Sealed for $name {}
        impl Guard for $name {
            const ACCESS: Access = $access;
            async fn enter(cx: Context) -> Result<Self, Failure> {
                let caller = cx.session().cloned().ok_or_else(access::missing_credentials)?;
                Ok(Self { cx, caller })
            }
        }
        impl $name {
            /// Who is signed in.
            pub fn caller(&self) -> &SessionCaller {
                &self.caller
            }
        }
        impl Deref for $name {
            type Target = Context;
            fn deref(&self) -> &Context {
                &self.cx
            }
        }
    };
}

session_guard!(
    /// An end user with a live session.
    SignedIn, Access::SignedIn { scope: None, also: None }
);
session_guard!(
    /// A dashboard account with a live session.
    Account, Access::Account
);

/// An end user with a live session whose token carries the scope `P`.
pub struct SignedInWith<P> {
    cx: Context,
    caller: SessionCaller,
    permission: PhantomData<fn() -> P>,
}

impl<P> sealed::Sealed for SignedInWith<P> {}
impl<P: Permission> Guard for SignedInWith<P> {
    const ACCESS: Access = Access::SignedIn { scope: Some(P::NAME), also: P::ALSO };
    async fn enter(cx: Context) -> Result<Self, Failure> {
        let caller = cx.session().cloned().ok_or_else(access::missing_credentials)?;
        Ok(Self { cx, caller, permission: PhantomData })
    }
}
impl<P> SignedInWith<P> {
    /// Who is signed in.
    pub fn caller(&self) -> &SessionCaller {
        &self.caller
    }
}
impl<P> Deref for SignedInWith<P> {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.cx
    }
}

/// A caller that holds the permission `P`.
pub struct Can<P> {
    cx: Context,
    permission: PhantomData<fn() -> P>,
}

impl<P> sealed::Sealed for Can<P> {}
impl<P: Permission> Guard for Can<P> {
    const ACCESS: Access = Access::Can { permission: P::NAME };
    async fn enter(cx: Context) -> Result<Self, Failure> {
        Ok(Self { cx, permission: PhantomData })
    }
}
impl<P> Deref for Can<P> {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.cx
    }
}

/// A caller that holds the permission `P`, or an end user, who then sees only what is theirs.
pub struct CanOrSelf<P> {
    cx: Context,
    permission: PhantomData<fn() -> P>,
}

impl<P> sealed::Sealed for CanOrSelf<P> {}
impl<P: Permission> Guard for CanOrSelf<P> {
    const ACCESS: Access = Access::CanOrSelf { permission: P::NAME };
    async fn enter(cx: Context) -> Result<Self, Failure> {
        Ok(Self { cx, permission: PhantomData })
    }
}
impl<P> CanOrSelf<P> {
    /// The end user to whom this request is confined; `None` for a caller with the permission.
    pub fn confined_to(&self) -> Option<&SessionCaller> {
        match self.cx.caller() {
            Caller::User(session) => Some(session),
            _ => None,
        }
    }
}
impl<P> Deref for CanOrSelf<P> {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.cx
    }
}

/// A caller that holds the permission `P`, and the row that the path names, from the caller's own tenant.
pub struct CanOn<P, R> {
    cx: Context,
    /// The row as it was when the request came in.
    pub target: R,
    permission: PhantomData<fn() -> P>,
}

impl<P, R> sealed::Sealed for CanOn<P, R> {}
impl<P: Permission, R: Resource> Guard for CanOn<P, R> {
    const ACCESS: Access = Access::Can { permission: P::NAME };
    const LOADS: Option<&'static str> = Some(R::NOUN);
    async fn enter(cx: Context) -> Result<Self, Failure> {
        let id = path_id::<R>(&cx)?;
        // Another tenant's row and a missing one are the same answer, byte for byte.
        let target = R::find(&cx.committed(), id).await?.ok_or_else(Refusal::not_found)?;
        Ok(Self { cx, target, permission: PhantomData })
    }
}
impl<P, R> Deref for CanOn<P, R> {
    type Target = Context;
    fn deref(&self) -> &Context {
        &self.cx
    }
}

/// The id of an `R` in the path, in either spelling: the parameter is named `{noun}_id`.
pub(crate) fn path_id<R: Kind>(cx: &Context) -> Result<Id<R>, Refusal> {
    let text = cx.path_parameter(&format!("{}_id", R::NOUN)).unwrap_or_default();
    text.parse().map_err(|error: kernel::IdError| Refusal::new(ErrorCode::BadRequest, "invalid_id", error.to_string()))
}
