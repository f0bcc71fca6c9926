//! Names that people chose for themselves, made fit for a message to somebody else.

/// Longer names are cut.
const LONGEST: usize = 60;

/// A name that can't carry a link, a second line or a lure: `None` where nothing of it is left.
///
/// Mail programs make links of whatever looks like a host, without being asked. So the characters that hold an address
/// together go (`/`, `:`, `@`, `\`), and a dot stays only where no letter or digit follows it at once.
pub fn plain_name(name: &str) -> Option<String> {
    let characters: Vec<char> = name.chars().filter(|c| !is_invisible(*c)).collect();
    let mut plain = String::new();
    for (index, &character) in characters.iter().enumerate() {
        let next = characters.get(index + 1).copied();
        let is_kept = match character {
            '.' | '\u{2024}' | '\u{3002}' | '\u{ff0e}' | '\u{ff61}' => !next.is_some_and(char::is_alphanumeric),
            '<' | '>' | '/' | '\\' | ':' | '@' | '[' | ']' | '(' | ')' | '{' | '}' | '|' | '=' | '?' | '#' | '%'
            | '"' | '`' | '\u{ff1a}' | '\u{ff0f}' | '\u{ff20}' | '\u{2215}' | '\u{2044}' => false,
            _ => true,
        };
        plain.push(if is_kept && !character.is_control() && !character.is_whitespace() { character } else { ' ' });
    }
    let words: Vec<&str> = plain.split_whitespace().filter(|word| !is_lure(word)).collect();
    let short: String = words.join(" ").chars().take(LONGEST).collect();
    let short = short.trim();
    (!short.is_empty()).then(|| short.to_owned())
}

/// What remains of an address once its signs are gone.
fn is_lure(word: &str) -> bool {
    ["http", "https", "www", "mailto", "ftp", "javascript"].iter().any(|lure| word.eq_ignore_ascii_case(lure))
}

/// Characters that turn the direction of writing or hide what stands between them.
const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_names() {
        for name in
            ["Ada Lovelace", "J. R. R. Tolkien", "Conan O'Brien", "Jean-Luc Picard", "山田 太郎", "Müller, Jr.", "आदा"]
        {
            assert_eq!(plain_name(name).as_deref(), Some(name), "{name}");
        }
    }

    #[test]
    fn nothing_is_left_that_a_mail_program_would_link() {
        for (name, plain) in [
            ("Ada https://evil.example/x", "Ada evil example x"),
            ("visit evil.example now", "visit evil example now"),
            ("www.evil.example", "evil example"),
            ("evil。example", "evil example"),
            ("ada@evil.example", "ada evil example"),
            ("<a href=\"https://evil.example\">Ada</a>", "a href evil example Ada a"),
            ("Ada\r\nBcc: eve@evil.example", "Ada Bcc eve evil example"),
            ("Ada\u{2028}Lovelace", "AdaLovelace"),
            ("\u{202e}elpmaxe.live", "elpmaxe live"),
            ("ev\u{200b}il.example", "evil example"),
            ("http://127.0.0.1:8080", "127 0 0 1 8080"),
            ("{{ code }}", "code"),
        ] {
            assert_eq!(plain_name(name).as_deref(), Some(plain), "{name:?}");
        }
        for name in ["", " ", "https://", "\u{200b}", "<>"] {
            assert_eq!(plain_name(name), None, "{name:?}");
        }
        assert_eq!(plain_name(&"a".repeat(500)).map(|name| name.len()), Some(LONGEST));
    }
}
