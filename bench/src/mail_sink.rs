//! A mail server that takes everything and counts it by recipient: as much of SMTP (RFC 5321) as one sender needs, on loopback.
//!
//! An own one, as the product's tests have: for these commands `mailin-embedded` would bring a parser and a pool of threads.

use std::{
    collections::HashMap,
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use anyhow::{Result, ensure};
use rustix::net::sockopt::set_tcp_quickack;

use crate::stopwatch;

/// For a message that is missing: longer than the two waits after which the server tries again, 5 and 10 s.
const PATIENCE: Duration = Duration::from_secs(20);
/// For one too many, once all that were expected are there.
const QUIET: Duration = Duration::from_secs(2);
/// For all of them. Where mail still comes then, the count would be that of a moment.
const WHOLE_PATIENCE: Duration = Duration::from_mins(10);

/// Messages by the address that they went to.
pub(crate) type Counts = HashMap<String, u32>;

/// Its threads end with the driver.
pub(crate) struct MailSink {
    address: SocketAddr,
    recipients: Receiver<String>,
}

impl MailSink {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let address = listener.local_addr()?;
        let (heard, recipients) = channel();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = heard.clone();
                // A sender that goes in the middle of a message has sent none.
                thread::spawn(move || drop(talk(stream, &heard)));
            }
        });
        Ok(Self { address, recipients })
    }

    /// What the server is told of it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}?tls=none", self.address)
    }

    /// What came since the last call. Waits until `expected` messages are there and no other follows, or until no more come.
    pub(crate) fn take(&self, expected: usize) -> Result<Counts> {
        self.take_within(expected, PATIENCE, QUIET)
    }

    fn take_within(&self, expected: usize, patience: Duration, quiet: Duration) -> Result<Counts> {
        let (mut counts, mut count) = (Counts::new(), 0);
        let began = stopwatch::now();
        while let Ok(recipient) = self.recipients.recv_timeout(if count < expected { patience } else { quiet }) {
            *counts.entry(recipient).or_default() += 1;
            count += 1;
            ensure!(began.elapsed() < WHOLE_PATIENCE, "mail still comes after {WHOLE_PATIENCE:?}");
        }
        Ok(counts)
    }
}

fn talk(stream: TcpStream, heard: &Sender<String>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut answer = stream.try_clone()?;
    let mut lines = BufReader::new(stream).split(b'\n');
    let mut recipients = Vec::new();
    answer.write_all(b"220 bench.example ESMTP\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let command = String::from_utf8_lossy(&line);
        let verb = command.get(..4).unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "MAIL" | "RSET" => recipients.clear(),
            "RCPT" => recipients.extend(address(&command)),
            "DATA" => {
                answer.write_all(b"354 go on\r\n")?;
                // A sender that writes the dot by itself waits for the acknowledgement of what is before it, which would come after 40 ms.
                set_tcp_quickack(&answer, true)?;
                // Section 4.5.2: no line of the message is a dot alone.
                if !lines.any(|line| line.is_ok_and(|line| line == b".\r")) {
                    return Ok(());
                }
                for recipient in recipients.drain(..) {
                    // Fails where nobody counts any more.
                    let _ = heard.send(recipient);
                }
            }
            "QUIT" => return answer.write_all(b"221 bye\r\n"),
            _ => {}
        }
        answer.write_all(b"250 ok\r\n")?;
    }
    Ok(())
}

/// `RCPT TO:<ada@example.com>`
fn address(command: &str) -> Option<String> {
    let (_, path) = command.split_once('<')?;
    path.split_once('>').map(|(address, _)| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_millis(200);

    fn say(sink: &MailSink, lines: &str) {
        let mut stream = TcpStream::connect(sink.address).unwrap();
        stream.write_all(lines.replace('\n', "\r\n").as_bytes()).unwrap();
        let mut answers = String::new();
        io::Read::read_to_string(&mut stream, &mut answers).unwrap();
        assert!(answers.ends_with("221 bye\r\n"), "{answers}");
    }

    #[test]
    fn messages_are_counted_by_recipient_and_once() {
        let sink = MailSink::start().unwrap();
        let ada =
            "MAIL FROM:<a@b.example>\nrcpt to:<ada@example.com>\nDATA\nSubject: x\n\n..\nRCPT TO:<c@d.example>\n.\n";
        say(&sink, &format!("EHLO bench\n{ada}{ada}QUIT\n"));
        assert_eq!(sink.take_within(2, SHORT, SHORT).unwrap(), Counts::from([("ada@example.com".to_owned(), 2)]));
        assert_eq!(sink.take_within(0, SHORT, SHORT).unwrap(), Counts::new());
    }

    #[test]
    fn what_was_not_sent_to_its_end_is_no_message() {
        let sink = MailSink::start().unwrap();
        say(
            &sink,
            "MAIL FROM:<a@b.example>\nRCPT TO:<ada@example.com>\nRSET\nDATA\n.\nRCPT TO:<ada@example.com>\nQUIT\n",
        );
        assert_eq!(sink.take_within(1, SHORT, SHORT).unwrap(), Counts::new());
    }
}
