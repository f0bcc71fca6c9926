use edge::{Nothing, Public, Reply, no_content};
use macros::endpoint;

/// Open the gate
#[endpoint(POST "/v1/gate/open")]
async fn open_gate(_cx: Public) -> Reply<Nothing> {
    no_content()
}

fn main() {}
