use edge::{Nothing, Public, Query, Reply, no_content};
use macros::endpoint;

/// Open the gate
#[endpoint(POST "/v1/gate/open", id = "gate.open")]
async fn open_gate(_filter: Query<u8>, _cx: Public) -> Reply<Nothing> {
    no_content()
}

fn main() {}
