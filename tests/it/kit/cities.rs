//! A MaxMind DB file of cities: no such file may be shipped, so the tests write their own.
//! After <https://maxmind.github.io/MaxMind-DB/>, with records of 32 bits and IPv4 at `::/96`, as those that are sold.

use std::net::IpAddr;

use serde_json::{Value, json};

const NO_DATA: [u8; 16] = [0; 16];
const METADATA_BEGINS: &[u8] = b"\xab\xcd\xefMaxMind.com";

#[derive(Clone, Copy)]
enum Branch {
    Nothing,
    Node(usize),
    /// Where its record begins.
    Found(usize),
}

/// The file in which these networks, none of them within another, are at these places.
pub(crate) fn cities(networks: &[(&str, u8, Value)]) -> Vec<u8> {
    let (mut nodes, mut data) = (vec![[Branch::Nothing; 2]], Vec::new());
    for (address, prefix, record) in networks {
        let (bits, length) = match address.parse().unwrap() {
            IpAddr::V4(address) => (u128::from(u32::from(address)), 96 + u32::from(*prefix)),
            IpAddr::V6(address) => (address.to_bits(), u32::from(*prefix)),
        };
        let mut node = 0;
        for depth in 0..length {
            let side = usize::from((bits >> (127 - depth)) & 1 == 1);
            if depth + 1 == length {
                nodes[node][side] = Branch::Found(data.len());
            } else if let Branch::Node(next) = nodes[node][side] {
                node = next;
            } else {
                nodes.push([Branch::Nothing; 2]);
                nodes[node][side] = Branch::Node(nodes.len() - 1);
                node = nodes.len() - 1;
            }
        }
        write(&mut data, record);
    }
    let count = nodes.len();
    let pointer = |branch| match branch {
        Branch::Nothing => count,
        Branch::Node(node) => node,
        Branch::Found(at) => count + NO_DATA.len() + at,
    };
    let mut file: Vec<u8> =
        nodes.into_iter().flatten().flat_map(|branch| u32::try_from(pointer(branch)).unwrap().to_be_bytes()).collect();
    file.extend(NO_DATA);
    file.extend(data);
    file.extend(METADATA_BEGINS);
    let metadata = json!({
        "binary_format_major_version": 2, "binary_format_minor_version": 0, "build_epoch": 1_750_000_000,
        "database_type": "Test-City", "description": {}, "ip_version": 6, "languages": ["en"],
        "node_count": count, "record_size": 32,
    });
    write(&mut file, &metadata);
    file
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::String(text) => {
            begin(out, 2, text.len());
            out.extend(text.bytes());
        }
        Value::Number(number) => {
            begin(out, 3, 8);
            out.extend(number.as_f64().unwrap().to_be_bytes());
        }
        Value::Object(map) => {
            begin(out, 7, map.len());
            for (key, value) in map {
                write(out, &json!(key));
                match value.as_u64() {
                    Some(number) => write_whole(out, key, number),
                    None => write(out, value),
                }
            }
        }
        Value::Array(items) => {
            begin(out, 11, items.len());
            for item in items {
                write(out, item);
            }
        }
        Value::Null | Value::Bool(_) => panic!("no record of a city holds {value}"),
    }
}

/// How wide a whole number is, is told by what it is of.
fn write_whole(out: &mut Vec<u8>, key: &str, number: u64) {
    let (kind, width) = match key {
        "build_epoch" => (9, 8),
        "node_count" => (6, 4),
        _ => (5, 2),
    };
    begin(out, kind, width);
    out.extend(&number.to_be_bytes()[8 - width..]);
}

/// A field's type and size; types above 7 have a byte of their own, sizes of 29 and more another.
fn begin(out: &mut Vec<u8>, kind: u8, size: usize) {
    let (short, long) = if size < 29 { (size, None) } else { (29, Some(size - 29)) };
    let short = u8::try_from(short).unwrap();
    if kind > 7 {
        out.extend([short, kind - 7]);
    } else {
        out.push((kind << 5) | short);
    }
    out.extend(long.map(|size| u8::try_from(size).unwrap()));
}
