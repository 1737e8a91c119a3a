//! Where reading goes on: rounds from the newest message down to a floor, and the messages that are on their way.

use dunlin_plugin_sdk::{Error, Result};
use serde::{Deserialize, Serialize};

/// Seconds that every round reads again, for a message that Twilio lists late.
const OVERLAP_SECONDS: i64 = 900;
/// Messages on their way; a thousand ids take some 40 KiB of the 64 that a cursor may have.
const WAITING_MAX: usize = 1_000;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cursor {
    /// A round ends here: everything older was read. Seconds since 1970 in UTC.
    pub floor: Option<i64>,
    /// Within a round: the newest second that it saw.
    pub top: Option<i64>,
    /// Within a round: the page that follows.
    pub next: Option<String>,
    /// The one to look at next first.
    pub waiting: Vec<String>,
    /// Of those who refused messages, the number of the last that was told.
    pub refused: u64,
}

impl Cursor {
    pub fn read(text: Option<&str>) -> Result<Cursor> {
        match text.unwrap_or_default() {
            "" => Ok(Cursor::default()),
            text => serde_json::from_str(text).map_err(|error| {
                Error::broken(format!("the cursor `{text}` cannot be read: {error}"))
                    .hint("it is not one of this plugin; let it start anew")
            }),
        }
    }

    pub fn write(&self) -> Result<String> {
        serde_json::to_string(self).map_err(|error| Error::broken(format!("the cursor cannot be written: {error}")))
    }

    /// Another page may not find room.
    pub fn is_full(&self, page: usize) -> bool {
        self.waiting.len() + page > WAITING_MAX
    }

    /// A page was read that had messages of these seconds: on to the next one, or the end of the round.
    ///
    /// A page all of whose messages are older than the floor ends the round. That a single one is does not: the order of messages within
    /// a page is not relied upon.
    pub fn turn(&mut self, seconds: &[i64], next: Option<String>) {
        self.top = self.top.max(seconds.iter().copied().max());
        let is_below = |second: &i64| self.floor.is_some_and(|floor| *second < floor);
        self.next = next.filter(|_| !seconds.iter().all(is_below));
        if self.next.is_none() {
            self.floor = self.floor.max(self.top.map(|top| top.saturating_sub(OVERLAP_SECONDS)));
            self.top = None;
        }
    }

    pub fn next_waiting(&mut self, count: usize) -> Vec<String> {
        self.waiting.drain(..count.min(self.waiting.len())).collect()
    }

    pub fn wait_for(&mut self, sid: &str) {
        if !self.waiting.iter().any(|known| known == sid) {
            self.waiting.push(sid.to_owned());
        }
    }
}
