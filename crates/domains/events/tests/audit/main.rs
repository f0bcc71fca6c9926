//! The trail from emitting to verifying, on a real store: SQLite in a directory of its own, or PostgreSQL where
//! `TEST_STORE` names one.

#![expect(clippy::unwrap_used, reason = "what helps a test fails as a test does")]

mod erasure;
mod kit;
mod reading;
mod sealing;
mod tampering;
