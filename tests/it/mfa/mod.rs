//! Second factors: `/v1/auth/mfa`, `/api/v1/auth/mfa`, `/api/v1/me/factors`.

mod codes;
mod data_plane;
mod devices;
mod enrolling;
mod factor;
mod flow_order;
mod limits;
mod policy;
mod racing;
mod removing;
mod sampling;
mod step_up;
mod verifying;

pub(crate) use factor::{App, enrol_app, with_app};
pub(crate) use sampling::{has_sample, sample};
