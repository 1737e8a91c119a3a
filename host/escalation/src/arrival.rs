//! Whether an invoice reached the debtor: asked by a notice, answered by its delivery, a person, a promise or money.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::EffectKey;
use crate::invoice::OpenItem;
use crate::report::Tracking;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Arrival {
    /// The notice that asks.
    pub message: EffectKey,
    /// The last day on which an answer is awaited.
    pub until: Date,
    #[serde(default)]
    pub answer: Option<ArrivalAnswer>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ArrivalAnswer {
    Arrived,
    /// The notice came back: the address is wrong, and so the invoice may be nowhere.
    Bounced,
    /// A person does not ask any further.
    GivenUp,
}

impl Arrival {
    /// A message that was delivered, opened or answered reached the debtor. A later bounce of the same one does not take back
    /// that it did.
    pub(crate) fn tracked(&mut self, status: Tracking) {
        match (status, self.answer) {
            (Tracking::Bounced, None) => self.answer = Some(ArrivalAnswer::Bounced),
            (Tracking::Delivered | Tracking::Opened | Tracking::Replied, None | Some(ArrivalAnswer::Bounced)) => {
                self.answer = Some(ArrivalAnswer::Arrived);
            }
            _ => {}
        }
    }
}

impl OpenItem {
    /// Somebody has to ask on the phone from this day on; none: it was not asked, or it is known. Whoever pays a part of an
    /// invoice has it.
    pub fn unconfirmed_from(&self) -> Option<Date> {
        let arrival = self.arrival.as_ref().filter(|_| self.is_open() && self.came_in() == 0)?;
        match arrival.answer {
            None => Some(crate::invoice::plus_days(arrival.until, 1)),
            Some(ArrivalAnswer::Bounced) => Some(Date::MIN),
            Some(ArrivalAnswer::Arrived | ArrivalAnswer::GivenUp) => None,
        }
    }
}
