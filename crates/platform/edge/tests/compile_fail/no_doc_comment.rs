#[macros::endpoint(POST "/v1/gate/open", id = "gate.open")]
async fn open_gate(_cx: edge::Public) -> edge::Reply<edge::Nothing> {
    edge::no_content()
}

fn main() {}
