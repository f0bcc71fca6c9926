//! `/v1/users` and `/api/v1/users`: one set of people, two faces.

mod creating;
mod data_plane;
mod erasing;
mod listing;
mod passwords;
mod states;
mod updating;
