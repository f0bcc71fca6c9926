//! Just enough SQL to tell words and placeholders from literals and comments.

/// One piece of a statement. Joined again, the pieces are the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Token<'a> {
    /// White space or a comment.
    Blank(&'a str),
    /// A keyword, a name or a number.
    Word(&'a str),
    /// `$n`.
    Placeholder(usize, &'a str),
    /// A string literal or a quoted name, quotes included.
    Quoted(&'a str),
    /// Any other single character.
    Mark(&'a str),
}

impl<'a> Token<'a> {
    pub(crate) const fn text(self) -> &'a str {
        match self {
            Self::Blank(text)
            | Self::Word(text)
            | Self::Placeholder(_, text)
            | Self::Quoted(text)
            | Self::Mark(text) => text,
        }
    }

    pub(crate) fn is_word(self, word: &str) -> bool {
        matches!(self, Self::Word(text) if text.eq_ignore_ascii_case(word))
    }

    pub(crate) fn is_mark(self, mark: &str) -> bool {
        matches!(self, Self::Mark(text) if text == mark)
    }
}

pub(crate) fn tokens(sql: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = sql;
    std::iter::from_fn(move || {
        let (token, length) = next(rest)?;
        rest = &rest[length..];
        Some(token)
    })
}

/// The tokens that mean something.
pub(crate) fn words(sql: &str) -> Vec<Token<'_>> {
    tokens(sql).filter(|token| !matches!(token, Token::Blank(_))).collect()
}

/// Rebuild the text, with some tokens written otherwise.
pub(crate) fn rewrite(sql: &str, mut other: impl FnMut(Token<'_>) -> Option<String>) -> String {
    tokens(sql).fold(String::with_capacity(sql.len()), |mut text, token| {
        match other(token) {
            Some(replacement) => text.push_str(&replacement),
            None => text.push_str(token.text()),
        }
        text
    })
}

fn next(rest: &str) -> Option<(Token<'_>, usize)> {
    let first = rest.chars().next()?;
    let length = match first {
        '\'' | '"' => quoted(rest, first),
        '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
        '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
        '$' => 1 + span(&rest[1..], |c| c.is_ascii_digit()),
        c if c.is_whitespace() => span(rest, char::is_whitespace),
        c if is_name(c) => span(rest, is_name),
        c => c.len_utf8(),
    };
    let text = &rest[..length];
    let token = match first {
        '\'' | '"' => Token::Quoted(text),
        '$' if length > 1 => Token::Placeholder(text[1..].parse().unwrap_or(usize::MAX), text),
        c if c.is_whitespace() || text.starts_with("--") || text.starts_with("/*") => Token::Blank(text),
        c if is_name(c) => Token::Word(text),
        _ => Token::Mark(text),
    };
    Some((token, length))
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn span(text: &str, belongs: impl Fn(char) -> bool) -> usize {
    text.find(|c| !belongs(c)).unwrap_or(text.len())
}

/// Up to the closing quote; a doubled quote inside reads as two neighbouring literals, which is as good here.
fn quoted(rest: &str, quote: char) -> usize {
    rest[1..].find(quote).map_or(rest.len(), |end| end + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pieces_join_to_the_text() {
        let sql = "select 'it''s $1', \"a b\" -- $2\n from t /* $3 */ where x = $12 and y <> '' ";
        assert_eq!(rewrite(sql, |_| None), sql);
    }

    #[test]
    fn placeholders_in_literals_and_comments_are_none() {
        let found: Vec<usize> = tokens("select '$1', $2 -- $3\n, \"$4\" /* $5 */ where a=$11")
            .filter_map(|token| if let Token::Placeholder(number, _) = token { Some(number) } else { None })
            .collect();
        assert_eq!(found, [2, 11]);
    }
}
