//! Macros that hold facts and never control flow.
//!
//! `#[endpoint]` states where a handler is mounted, `#[derive(Refusals)]` what an error answers, `#[derive(Event)]` how
//! an event is named. What a handler does stays plain Rust.

mod endpoint;
mod event;
mod refusals;
mod text;

use proc_macro::TokenStream;

/// Mount a handler: `#[endpoint(POST "/v1/users", id = "users.create", errors = UserError)]`.
///
/// The doc comment is the operation's summary (first line) and description (the rest). Options: `id` (the operation id),
/// `errors` (an error enum that derives `Refusals`), `limit` (an `edge::Limit`), `silent` (why a mutation emits no event).
#[proc_macro_attribute]
pub fn endpoint(facts: TokenStream, handler: TokenStream) -> TokenStream {
    endpoint::expand(facts.into(), handler.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Each variant is one documented refusal: `#[refusal(Conflict, "email_taken", field = "primary_email")]`.
/// `#[refusal(transparent)]` hands through what the variant's one field says.
#[proc_macro_derive(Refusals, attributes(refusal))]
pub fn refusals(item: TokenStream) -> TokenStream {
    refusals::expand(item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}

/// Name an event: `#[event("user.disabled", target = user_id)]`, with `failure` where it reports one.
#[proc_macro_derive(Event, attributes(event))]
pub fn event(item: TokenStream) -> TokenStream {
    event::expand(item.into()).unwrap_or_else(syn::Error::into_compile_error).into()
}
