//! An appointment or an order that waits for its day: what has to be paid before it, and who else pays.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::EngagementId;
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Engagement {
    pub id: EngagementId,
    pub kind: EngagementKind,
    /// The day of the service or delivery.
    pub on: Date,
    /// What the customer has to pay for it, as far as it is known before.
    pub amount: Money,
    /// Somebody else pays too; then the cover is enquired.
    #[serde(default)]
    pub insured: Option<Insured>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EngagementKind {
    Appointment,
    Order,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Insured {
    /// Who pays.
    pub payer: String,
    pub member: String,
    /// What is going to be done, as the payer calls it.
    #[serde(default)]
    pub service: String,
}

/// What a payer said about the cover on the day of an appointment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cover {
    pub active: bool,
    pub checked_on: Date,
    #[serde(default)]
    pub from: Option<Date>,
    /// The last day of the cover; none: no end is known.
    #[serde(default)]
    pub until: Option<Date>,
    #[serde(default)]
    pub payer: String,
    #[serde(default)]
    pub member: String,
    #[serde(default)]
    pub text: String,
}

/// An engagement with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    pub engagement: Engagement,
    /// The last word of the payer.
    #[serde(default)]
    pub cover: Option<Cover>,
    /// The cover was found lapsed, and that was said.
    #[serde(default)]
    pub lapsed: bool,
    /// The day on which the customer was asked to pay before.
    #[serde(default)]
    pub asked: Option<Date>,
}

impl EngagementKind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Appointment => "appointment",
            Self::Order => "order",
        }
    }
}

impl Cover {
    /// Why there is no cover on this day; none: there is.
    pub fn gap(&self, on: Date) -> Option<String> {
        let payer = if self.payer.is_empty() { "the payer" } else { &self.payer };
        if !self.active {
            let since = self.until.map(|until| format!(" since {until}")).unwrap_or_default();
            return Some(format!("{payer} says that the cover lapsed{since}"));
        }
        if let Some(from) = self.from.filter(|from| *from > on) {
            return Some(format!("the cover of {payer} begins on {from}"));
        }
        let until = self.until.filter(|until| *until < on)?;
        Some(format!("the cover of {payer} ends on {until}"))
    }
}
