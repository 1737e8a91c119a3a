//! An answer as it comes in. E-mails as such are the SDK's.

use dunlin_plugin_sdk::mail::Incoming;

/// An e-mail of somebody who can be named.
pub struct Answer {
    pub mail: Incoming,
    /// The address that it comes from.
    pub from: String,
}

impl Answer {
    /// Err: why this is no e-mail that can be taken.
    pub fn parse(bytes: &[u8]) -> Result<Answer, String> {
        let mut mail = Incoming::parse(bytes)?;
        let from = mail.from.take().ok_or("no `From` header that can be read")?;
        Ok(Answer { mail, from })
    }

    /// Its own words, without the lines that it quotes.
    pub fn own_text(&self) -> String {
        let own: Vec<&str> = self.mail.text.lines().map(str::trim).filter(|line| !line.starts_with('>')).collect();
        own.join("\n").trim().to_owned()
    }
}
