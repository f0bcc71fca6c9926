//! The modules of the OpenID Foundation's conformance plans, each as a test of its behaviour in our own words and by its name.

mod fapi2;
mod fapi2_clients;
mod fapi2_dpop;
mod fapi2_par;
mod fapi2_requests;
mod fapi2_tokens;
