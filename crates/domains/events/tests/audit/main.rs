//! The trail from emitting to verifying, on a real store: SQLite in a directory of its own, or PostgreSQL where
//! `TEST_STORE` names one.

mod erasure;
mod kit;
mod reading;
mod sealing;
mod tampering;
