//! Where reading goes on: rounds over the events since a floor, one for payments and one for refunds.

use crate::wire::Page;
use dunlin_plugin_sdk::{Error, Result};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What every round reads again, for an event that shows late; the same keys come again.
const OVERLAP: SignedDuration = SignedDuration::from_mins(10);

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cursor {
    pub payments: Stream,
    pub refunds: Stream,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Stream {
    /// A round begins here: everything older was read.
    pub floor: Option<Timestamp>,
    /// Within a round: the newest event that it saw.
    pub top: Option<Timestamp>,
    /// Within a round: where the next page begins.
    pub after: Option<String>,
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
        self.payments.after.is_some() || self.refunds.after.is_some()
    }
}

impl Stream {
    /// The page was read: on to the next one, or the end of the round. In whatever order pages come, the newest event of the
    /// round is the next floor.
    pub fn turn(&mut self, page: &Page) -> Result<()> {
        let created = |event: &serde_json::Value| event.get("created_at")?.as_str()?.parse::<Timestamp>().ok();
        self.top = self.top.max(page.events.iter().filter_map(created).max());
        match &page.meta.cursors.after {
            Some(after) if self.after.as_ref() == Some(after) => {
                return Err(Error::broken(format!("the page after `{after}` names itself as the next one")));
            }
            Some(after) => self.after = Some(after.clone()),
            None => {
                let floor = self.top.and_then(|top| top.checked_sub(OVERLAP).ok());
                *self = Stream { floor: self.floor.max(floor), top: None, after: None };
            }
        }
        Ok(())
    }

    /// Begins the round anew; everything since the floor comes again.
    pub fn begin_again(&mut self) {
        self.top = None;
        self.after = None;
    }
}
