//! Twilio's objects as its API gives them, as far as they are looked at.

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;
use serde::Deserialize;
use serde_json::Value;

/// A page; its elements are read one by one, so that one that cannot be read spoils no other.
#[derive(Debug, Deserialize)]
pub struct Page {
    pub calls: Vec<Value>,
    /// Below the address of the API, with its query; none on the last page.
    pub next_page_uri: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    pub sid: String,
    pub to: Option<String>,
    pub from: Option<String>,
    pub direction: Option<String>,
    pub status: String,
    /// RFC 2822, as all times here.
    pub date_created: Option<String>,
    pub start_time: Option<String>,
    /// Seconds in digits; empty where nobody answered.
    pub duration: Option<String>,
    /// Empty without machine detection.
    pub answered_by: Option<String>,
}

/// Why something was not done.
#[derive(Debug, Deserialize)]
pub struct Problem {
    pub code: Option<u32>,
    #[serde(default)]
    pub message: String,
}

impl Call {
    /// Err: what is wrong with this one.
    pub fn read(value: &Value) -> Result<Call, String> {
        Call::deserialize(value).map_err(|error| format!("the call cannot be read: {error}"))
    }

    pub fn created(&self) -> Result<Timestamp, String> {
        self.date_created.as_deref().map(instant).unwrap_or(Err("it has no `date_created`".to_owned()))
    }

    /// When it was dialled; where it never was, when it was asked for.
    pub fn began(&self) -> Result<Timestamp, String> {
        match self.start_time.as_deref().filter(|time| !time.is_empty()) {
            Some(time) => instant(time),
            None => self.created(),
        }
    }

    pub fn seconds(&self) -> Result<u32, String> {
        match self.duration.as_deref().unwrap_or_default() {
            "" => Ok(0),
            text => text.parse().map_err(|_| format!("`duration` is `{text}`, which is no number of seconds")),
        }
    }
}

/// `Fri, 18 Oct 2019 17:00:00 +0000`
fn instant(text: &str) -> Result<Timestamp, String> {
    let parser = DateTimeParser::new();
    parser
        .parse_timestamp(text)
        .map_err(|_| format!("`{text}` is not a time such as `Fri, 18 Oct 2019 17:00:00 +0000`"))
}
