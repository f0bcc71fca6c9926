//! The pages at a tenant's own host: signing in and up, recovering, and one's own account.
//!
//! Owns what a page shows and where a form leads. Owns no rule of signing in: every form ends in the same use case of `identity` as a
//! call of `/v1`, and nothing here reads or writes a table. The HTML is the crate `pages`'.

mod account;
mod again;
mod captcha;
mod client;
mod error;
mod foreign;
mod frame;
mod invitation;
mod language;
mod links;
mod options;
mod problem;
mod providers;
mod recover;
mod return_to;
mod show;
mod sign_in;
mod sign_up;
mod signal;
mod step;
mod theme;
mod widget;

pub use again::resumed;
pub use client::{ClientFace, ClientsAtTheDoor, FindClient};
pub use error::error_page;
pub use foreign::{locale, refused, shown, shown_with_frames, sign_in_href, sign_up_href, step_up};

/// The domain's line in the registry.
pub fn module() -> edge::Module {
    edge::Module {
        name: "hosted",
        endpoints: [
            sign_in::endpoints(),
            sign_up::endpoints().into(),
            invitation::endpoints().into(),
            step::endpoints(),
            recover::endpoints().into(),
            links::endpoints().into(),
            account::endpoints(),
            providers::endpoints().into(),
            language::endpoints().into(),
            theme::endpoints().into(),
            widget::endpoints().into(),
        ]
        .into_iter()
        .flatten()
        .collect(),
        ..edge::Module::default()
    }
}
