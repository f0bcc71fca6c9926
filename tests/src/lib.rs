//! The whole product through its public door.
