//! Twilio's objects as its API gives them, as far as they are looked at.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde::Deserialize;
use serde_json::Value;

/// A page; its elements are read one by one, so that one that cannot be read spoils no other.
#[derive(Debug, Deserialize)]
pub struct Page {
    pub messages: Vec<Value>,
    /// Below the address of the API, with its query; none on the last page.
    pub next_page_uri: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Message {
    pub sid: String,
    pub to: Option<String>,
    pub from: Option<String>,
    pub messaging_service_sid: Option<String>,
    pub direction: String,
    pub status: String,
    pub body: Option<String>,
    /// RFC 2822, as all times here.
    pub date_created: Option<String>,
    pub date_updated: Option<String>,
    /// In digits; `0` until a messaging service has chosen a sender.
    pub num_segments: Option<String>,
    pub error_code: Option<u32>,
    pub error_message: Option<String>,
}

/// Why something was not done.
#[derive(Debug, Deserialize)]
pub struct Problem {
    pub code: Option<u32>,
    #[serde(default)]
    pub message: String,
}

impl Message {
    /// Err: what is wrong with this one.
    pub fn read(value: &Value) -> Result<Message, String> {
        Message::deserialize(value).map_err(|error| format!("the message cannot be read: {error}"))
    }

    pub fn created(&self) -> Result<Timestamp, String> {
        self.date_created.as_deref().map(instant).unwrap_or(Err("it has no `date_created`".to_owned()))
    }

    /// When it became what it is.
    pub fn updated(&self) -> Result<Timestamp, String> {
        self.date_updated.as_deref().map(instant).unwrap_or_else(|| self.created())
    }
}

/// `Fri, 18 Oct 2019 17:00:00 +0000`
fn instant(text: &str) -> Result<Timestamp, String> {
    let parser = DateTimeParser::new();
    parser
        .parse_timestamp(text)
        .map_err(|_| format!("`{text}` is not a time such as `Fri, 18 Oct 2019 17:00:00 +0000`"))
}
