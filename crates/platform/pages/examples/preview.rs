//! Writes every page with its sample into a folder, to be looked at: `cargo run -p pages --example preview -- target/preview`.
#![expect(clippy::unwrap_used, reason = "a preview that can't be written has failed")]

use std::{env, fs, path::Path};

use pages::{Colour, Frame, Locale, Look, Theme, ThemeMode, assets, render, stylesheet};
use serde_json::{Map, Value};

fn main() {
    let target = env::args().nth(1).unwrap_or_else(|| "target/preview".to_owned());
    let target = Path::new(&target);
    fs::create_dir_all(target.join("ui")).unwrap();
    for asset in assets() {
        fs::write(target.join(asset.path.trim_start_matches('/')), asset.content).unwrap();
    }
    let accent = env::args().nth(2).and_then(|text| Colour::parse(&text));
    fs::write(target.join("ui/theme.css"), stylesheet(&Theme { accent, ..Theme::default() })).unwrap();
    let samples: Map<String, Value> = serde_json::from_str(include_str!("../samples.json")).unwrap();
    for locale in Locale::ALL {
        let look = Look {
            terms_url: Some("https://example.com/terms".to_owned()),
            privacy_url: Some("https://example.com/privacy".to_owned()),
            support_email: Some("help@example.com".to_owned()),
            ..Look::named("Analytical Engines")
        };
        let frame = Frame::new(look, ThemeMode::Auto, "1", locale).csrf("token".to_owned());
        for (name, page) in &samples {
            let here = |locale: Locale| format!("{name}.{}.html", locale.code());
            let frame = frame.clone().offering(&Locale::ALL, here);
            let html = render(name.split('.').next().unwrap(), &frame, page).unwrap();
            fs::write(target.join(here(locale)), html).unwrap();
        }
    }
}
