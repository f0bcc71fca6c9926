//! Text logs that can't be forged: a line break inside an event is shown, not obeyed.

use std::io::{self, Write};

/// Writes one event a line. The formatter hands over each event whole, with a line break at its end; every other control
/// character came from data. (JSON escapes them by itself.)
pub(super) struct OneLine<W>(pub(super) W);

impl<W: Write> Write for OneLine<W> {
    fn write(&mut self, event: &[u8]) -> io::Result<usize> {
        let body = event.strip_suffix(b"\n").unwrap_or(event);
        if body.iter().any(u8::is_ascii_control) {
            let mut line = Vec::with_capacity(event.len() + 16);
            for byte in body {
                if byte.is_ascii_control() {
                    line.extend(byte.escape_ascii());
                } else {
                    line.push(*byte);
                }
            }
            line.extend_from_slice(&event[body.len()..]);
            self.0.write_all(&line)?;
        } else {
            self.0.write_all(event)?;
        }
        Ok(event.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_break_in_data_starts_no_line() {
        let mut lines = OneLine(Vec::new());
        lines.write_all(b"name=\"a\n2026-01-01 ERROR forged\x1b[2K\r\"\n").unwrap();
        assert_eq!(lines.0, b"name=\"a\\n2026-01-01 ERROR forged\\x1b[2K\\r\"\n");
    }
}
