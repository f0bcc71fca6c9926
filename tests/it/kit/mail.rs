//! What people were sent, as the development mailbox keeps it.

use deliver::Letter;

use super::Server;

impl Server {
    /// Everything that was sent to an address, oldest first, once all jobs are done.
    pub(crate) async fn letters(&self, address: &str) -> Vec<Letter> {
        self.run_jobs().await;
        let mut letters = self.mailbox().to(address);
        letters.sort_by_key(|letter| letter.number);
        letters
    }

    /// The newest of them.
    pub(crate) async fn letter(&self, address: &str) -> Letter {
        self.letters(address).await.pop().unwrap_or_else(|| panic!("nothing was sent to {address}"))
    }

    /// The token of the link in the newest message to an address.
    pub(crate) async fn mailed_token(&self, address: &str) -> String {
        let letter = self.letter(address).await;
        let link = letter.link.unwrap_or_else(|| panic!("no link in {}", letter.text));
        link.split_once("token=").unwrap().1.to_owned()
    }

    /// The code of the newest message to an address.
    pub(crate) async fn mailed_code(&self, address: &str) -> String {
        let letter = self.letter(address).await;
        letter.code.unwrap_or_else(|| panic!("no code in {}", letter.text))
    }
}
