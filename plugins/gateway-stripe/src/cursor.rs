//! Where reading goes on: rounds from the newest transaction down to a floor, and the payments that are on their way.

use crate::wire::List;
use dunlin_plugin_sdk::{Error, Result};
use serde::{Deserialize, Serialize};

/// Seconds that every round reads again, for a transaction that Stripe shows late; the same keys come again.
const OVERLAP_SECONDS: i64 = 600;

/// Bytes of the ids that wait; with them the cursor stays within the host's 64 KiB.
const WAITING_BYTES_MAX: usize = 60 * 1024;
/// Bytes of one id with its quotation marks and comma; Stripe's have 28 and 3.
const ID_BYTES: usize = 40;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cursor {
    /// A round ends here: everything older was read. Unix seconds.
    pub floor: Option<i64>,
    /// Within a round: the newest second that it saw. What comes after it belongs to the next round.
    pub top: Option<i64>,
    /// Within a round: the last transaction of the last page.
    pub after: Option<String>,
    /// Transactions whose payment is on its way, the one to look at next first.
    pub waiting: Vec<String>,
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

    pub fn is_within_a_round(&self) -> bool {
        self.after.is_some()
    }

    /// Another page may not find room if all of it is on its way.
    pub fn is_full(&self, page: usize) -> bool {
        let bytes: usize = self.waiting.iter().map(|id| id.len() + 3).sum();
        bytes + page * ID_BYTES > WAITING_BYTES_MAX
    }

    /// The page was read: on to the next one, or the end of the round.
    pub fn turn(&mut self, page: &List) -> Result<()> {
        let newest = page.data.iter().filter_map(|transaction| transaction.get("created")?.as_i64()).max();
        let top = if self.is_within_a_round() { self.top } else { newest };
        if page.has_more {
            let last = page.data.last().and_then(|transaction| transaction.get("id")?.as_str());
            match last {
                Some(last) if self.after.as_deref() != Some(last) => self.after = Some(last.to_owned()),
                _ => return Err(Error::broken("a page says that there are more, and not after which `id`")),
            }
            self.top = top;
        } else {
            self.floor = self.floor.max(top.map(|top| top.saturating_sub(OVERLAP_SECONDS)));
            self.top = None;
            self.after = None;
        }
        Ok(())
    }

    /// Takes the next ones out; whoever is still on its way is put at the end again.
    pub fn next_waiting(&mut self, count: usize) -> Vec<String> {
        self.waiting.drain(..count.min(self.waiting.len())).collect()
    }

    pub fn wait_for(&mut self, id: &str) {
        if !self.waiting.iter().any(|known| known == id) {
            self.waiting.push(id.to_owned());
        }
    }
}
