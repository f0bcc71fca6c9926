//! Where messages go in development: a bounded ring in memory, read at `/dev/mailbox`.

use std::{collections::VecDeque, sync::Arc};

use parking_lot::Mutex;

use crate::Letter;

/// Older letters make room for newer ones.
const MOST: usize = 500;

/// The messages of this process. Cloning shares it.
#[derive(Clone, Default)]
pub struct Mailbox(Arc<Mutex<Ring>>);

#[derive(Default)]
struct Ring {
    letters: VecDeque<Letter>,
    last_number: u64,
}

impl Mailbox {
    /// Numbers the letter and keeps it.
    pub fn put(&self, letter: Letter) {
        let mut ring = self.0.lock();
        ring.last_number += 1;
        let number = ring.last_number;
        if ring.letters.len() == MOST {
            ring.letters.pop_front();
        }
        ring.letters.push_back(Letter { number, ..letter });
    }

    /// Newest first.
    pub fn all(&self) -> Vec<Letter> {
        self.0.lock().letters.iter().rev().cloned().collect()
    }

    /// Newest first, those to one address or number.
    pub fn to(&self, address: &str) -> Vec<Letter> {
        self.0.lock().letters.iter().rev().filter(|letter| letter.to == address).cloned().collect()
    }

    pub fn find(&self, number: u64) -> Option<Letter> {
        self.0.lock().letters.iter().find(|letter| letter.number == number).cloned()
    }

    pub fn clear(&self) {
        self.0.lock().letters.clear();
    }
}

#[cfg(test)]
mod tests {
    use kernel::Timestamp;

    use super::*;

    fn letter(to: &str) -> Letter {
        Letter {
            number: 0,
            at: Timestamp::from_seconds(0),
            channel: "email",
            template: "test_message",
            application: "acme".to_owned(),
            locale: "en".to_owned(),
            from: "a@example.com".to_owned(),
            to: to.to_owned(),
            subject: None,
            text: String::new(),
            html: None,
            link: None,
            code: None,
        }
    }

    #[test]
    fn the_newest_come_first_and_the_oldest_go() {
        let mailbox = Mailbox::default();
        for number in 0..=MOST {
            mailbox.put(letter(if number % 2 == 0 { "even@example.com" } else { "odd@example.com" }));
        }
        let all = mailbox.all();
        assert_eq!((all.len(), all[0].number), (MOST, MOST as u64 + 1));
        assert!(mailbox.find(1).is_none(), "the first made room");
        assert_eq!(mailbox.to("odd@example.com").len(), MOST / 2);
        mailbox.clear();
        assert!(mailbox.all().is_empty());
    }
}
