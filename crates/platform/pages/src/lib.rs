//! The pages that people see: templates, words in six languages, and the look of an application.
//!
//! Owns how a page is written from plain values, and the files that pages name (`web/tokens`, `web/hosted`). Knows no domain, no
//! store and no request: who fills a page and what a form does is for the crates that mount it.

mod accept;
mod assets;
mod colour;
mod form;
mod locale;
mod look;
mod render;
mod session_frame;
#[cfg(test)]
mod tests;
mod theme;
mod words;

pub use assets::{Asset, MOUNT, assets};
pub use colour::{BLACK, Colour, WHITE};
pub use form::Form;
pub use locale::Locale;
pub use look::{Frame, Look, ThemeMode};
pub use render::{RenderError, render};
pub use session_frame::session_frame;
pub use theme::{Theme, stylesheet};
pub use words::{say, say_of};
