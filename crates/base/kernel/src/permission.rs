//! A permission is written `resource:action` and is the scope string in a token.

/// Implemented by `resource!` for the unit types that stand in guards.
pub trait Permission: Send + Sync + 'static {
    /// For example `users:write`.
    const NAME: &'static str;
    /// Another that serves as well, where what it lets do contains this.
    const ALSO: Option<&'static str> = None;
}

/// Is `name` among the space-separated `scopes` (RFC 6749, section 3.3)?
pub fn is_granted(scopes: &str, name: &str) -> bool {
    scopes.split(' ').any(|scope| scope == name)
}

/// The facts of a resource, said once: its id's prefix and noun, and the permissions that guards name.
///
/// ```
/// pub struct Cat;
/// kernel::resource! { Cat, prefix: "cat", noun: "cat" }
/// kernel::permissions! {
///     /// Read cats.
///     CatsRead = "cats:read",
/// }
/// ```
#[macro_export]
macro_rules! resource {
    ($kind:ty, prefix: $prefix:literal, noun: $noun:literal) => {
        impl $crate::Kind for $kind {
            const PREFIX: &'static str = $prefix;
            const NOUN: &'static str = $noun;
        }
    };
}

/// Permission types, and `PERMISSIONS`, the list of them.
#[macro_export]
macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)?) => {
        $($(#[$doc])* pub struct $name;
        impl $crate::Permission for $name {
            const NAME: &'static str = $text;
        })+
        /// The permissions that this slice defines.
        pub const PERMISSIONS: &[&str] = &[$($text),+];
    };
}
