//! Reading one reply out of a buffer.

use anyhow::{Context, Result, bail, ensure};

/// A larger one is a fault of the server.
const MAX_HEAD: usize = 64 * 1_024;

/// A whole reply, lent from the buffer it was read into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reply<'a> {
    pub(crate) status: u16,
    /// The status line and the headers.
    head: &'a [u8],
    pub(crate) body: &'a [u8],
}

impl<'a> Reply<'a> {
    /// The reply and how many bytes it took; `None` until all of it is there.
    pub(crate) fn parse(buffer: &'a [u8]) -> Result<Option<(Self, usize)>> {
        let Some(head) = buffer.windows(4).position(|end| end == b"\r\n\r\n") else {
            ensure!(buffer.len() <= MAX_HEAD, "a reply whose headers don't end");
            return Ok(None);
        };
        let mut lines = buffer[..head].split(|byte| *byte == b'\n');
        let status = lines.next().and_then(status_code).context("not a status line")?;
        let length = body_length(status, lines)?;
        let end = head + 4 + length;
        let whole = buffer.get(head + 4..end).map(|body| (Self { status, head: &buffer[..head], body }, end));
        Ok(whole)
    }

    /// The values of a header, in order.
    pub(crate) fn headers(&self, name: &str) -> impl Iterator<Item = &'a str> {
        self.head.split(|byte| *byte == b'\n').skip(1).filter_map(move |line| {
            let (key, value) = str::from_utf8(line).ok()?.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }

    /// Where a redirect leads.
    pub(crate) fn location(&self) -> Result<&'a str> {
        if !matches!(self.status, 302 | 303) {
            self.expect(303)?;
        }
        self.headers("location").next().context("a redirect that leads nowhere")
    }

    #[cfg(test)]
    pub(crate) fn bare(status: u16, body: &'a [u8]) -> Self {
        Self { status, head: b"", body }
    }

    /// Fails with the body's beginning where the status is another.
    pub(crate) fn expect(&self, status: u16) -> Result<()> {
        if self.status == status {
            return Ok(());
        }
        let body = String::from_utf8_lossy(&self.body[..self.body.len().min(400)]).into_owned();
        bail!("{} instead of {status}: {body}", self.status)
    }
}

/// `HTTP/1.1 200 OK`
fn status_code(line: &[u8]) -> Option<u16> {
    let code = line.strip_prefix(b"HTTP/1.1 ")?.get(..3)?;
    str::from_utf8(code).ok()?.parse().ok()
}

fn body_length<'a>(status: u16, headers: impl Iterator<Item = &'a [u8]>) -> Result<usize> {
    const NAME: &[u8] = b"content-length:";
    for line in headers {
        if let Some((name, value)) = line.split_at_checked(NAME.len())
            && name.eq_ignore_ascii_case(NAME)
        {
            return str::from_utf8(value)?.trim().parse().context("a content-length that is no number");
        }
    }
    // RFC 9112, section 6.3: these never have a body.
    ensure!(status == 204 || status == 304, "a reply of status {status} without content-length");
    Ok(0)
}

/// The text of `"name":"text"` wherever it first stands, for values without escapes such as tokens and ids. Cheaper than
/// parsing, and the driver's time is the server's.
pub(crate) fn text_field<'a>(body: &'a [u8], name: &str) -> Result<&'a str> {
    let body = str::from_utf8(body)?;
    let pattern = format!("\"{name}\":\"");
    let start = body.find(&pattern).with_context(|| format!("no {name} in the reply"))? + pattern.len();
    let length = body[start..].find('"').with_context(|| format!("{name} does not end"))?;
    Ok(&body[start..start + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: &[u8] = b"HTTP/1.1 200 OK\r\nA: b\r\nContent-Length: 5\r\n\r\nhello";

    #[test]
    fn a_reply_is_read_once_all_of_it_is_there() {
        for length in 0..WHOLE.len() {
            assert_eq!(Reply::parse(&WHOLE[..length]).unwrap(), None, "{length}");
        }
        let more = [WHOLE, b"HTTP/1.1"].concat();
        let (reply, length) = Reply::parse(&more).unwrap().unwrap();
        assert_eq!((reply.status, reply.body, length), (200, &b"hello"[..], WHOLE.len()));
        assert_eq!(reply.headers("a").collect::<Vec<_>>(), ["b"]);
    }

    #[test]
    fn replies_without_a_body_need_no_length() {
        let empty = b"HTTP/1.1 204 No Content\r\ndate: x\r\n\r\n";
        let (reply, length) = Reply::parse(empty).unwrap().unwrap();
        assert_eq!((reply.status, reply.body, length), (204, &b""[..], empty.len()));
    }

    #[test]
    fn a_redirect_says_where() {
        let there = b"HTTP/1.1 303 See Other\r\nLocation: /a?code=b\r\nset-cookie: c\r\nSet-Cookie: d\r\ncontent-length: 0\r\n\r\n";
        let (reply, _) = Reply::parse(there).unwrap().unwrap();
        assert_eq!(reply.location().unwrap(), "/a?code=b");
        assert_eq!(reply.headers("set-cookie").collect::<Vec<_>>(), ["c", "d"]);
        assert!(Reply { status: 200, ..reply }.location().is_err());
    }

    #[test]
    fn what_the_driver_does_not_speak_is_an_error() {
        for text in
            ["HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", "HTTP/1.0 200 OK\r\n\r\n", "nonsense\r\n\r\n"]
        {
            assert!(Reply::parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn fields_are_found_by_name() {
        let body = br#"{"data":{"refresh_token":"pc_rt_x","id":"7"},"meta":{"id":"8"}}"#;
        assert_eq!(text_field(body, "refresh_token").unwrap(), "pc_rt_x");
        assert_eq!(text_field(body, "id").unwrap(), "7");
        assert!(text_field(body, "access_token").is_err());
    }

    #[test]
    fn an_unexpected_status_shows_the_body() {
        let reply = Reply::bare(429, b"too many");
        assert!(reply.expect(429).is_ok());
        assert_eq!(reply.expect(200).unwrap_err().to_string(), "429 instead of 200: too many");
    }
}
