//! What letters must say, and how long they must leave the debtor.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::{Calendar, NoCalendar};
use super::read;
use super::rule::{ActorRole, Certainty};
use crate::invoice::plus_days;
use crate::party::PartyKind;

/// The fields that a letter must carry. Its days are days of sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterRule {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    /// Empty: all.
    #[serde(default)]
    pub actors: Vec<ActorRole>,
    pub letter: LetterKind,
    pub fields: Vec<Field>,
    pub source: String,
    pub certainty: Certainty,
}

/// The least time between a letter and the next step. Its days are days of sending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticePeriod {
    pub id: String,
    pub title: String,
    #[serde(deserialize_with = "read::day")]
    pub from: Date,
    #[serde(default, deserialize_with = "read::day_or_none")]
    pub until: Option<Date>,
    pub debtors: Vec<PartyKind>,
    /// Empty: all.
    #[serde(default)]
    pub actors: Vec<ActorRole>,
    pub letter: LetterKind,
    /// Calendar days.
    pub days: u16,
    pub counted_from: CountedFrom,
    /// Where receipt counts: it may be taken to be so many working days after sending. Receipt itself is not known here.
    #[serde(default)]
    pub receipt_assumed_working_days: Option<u16>,
    pub source: String,
    pub certainty: Certainty,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CountedFrom {
    Sending,
    Receipt,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LetterKind {
    Reminder,
    SuspensionWarning,
    FinalDemand,
    /// Says that collection follows: Inkassoandrohung, inkassovarsel.
    CollectionWarning,
    /// The statutory demand, such as the Swedish inkassokrav.
    CollectionDemand,
    /// The American validation notice.
    ValidationNotice,
    /// Says that a suit follows.
    BeforeAction,
    LawFirmLetter,
    PaymentPlan,
    ElectronicMessage,
}

impl LetterKind {
    /// The last letter before others act, by the names that laws give it.
    pub const LAST: [Self; 3] = [Self::FinalDemand, Self::CollectionWarning, Self::CollectionDemand];
}

impl NoticePeriod {
    /// The last day of the time that a letter of a day leaves; where receipt counts, from the day for which it may be assumed.
    pub fn last_day(&self, sent: Date, calendar: Option<&Calendar>) -> Result<Date, NoCalendar> {
        let received = match (self.counted_from, self.receipt_assumed_working_days, calendar) {
            (CountedFrom::Receipt, Some(days), Some(calendar)) => calendar.working_days_after(sent, days, None)?,
            _ => sent,
        };
        Ok(plus_days(received, i32::from(self.days)))
    }
}

/// Something that a letter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Field {
    Creditor,
    CreditorAddress,
    Debtor,
    InvoiceNumber,
    IssueDate,
    DueDate,
    OriginalAmount,
    OpenPrincipal,
    /// Rate, first and last day, amount.
    InterestDetail,
    /// Each fee with its name.
    FeesNamed,
    Payments,
    Total,
    /// The day itself, not a number of days.
    DeadlineDate,
    PaymentDetails,
    Contact,
    DisputeRoute,
    DataProtection,
    NextStep,
    FurtherCostsWarning,
    /// The law on which interest is claimed.
    LawReference,
    /// Under which number the agency is registered.
    AgencyRegistration,
    /// For whom the agency collects.
    AgencyClient,
    AccountNumber,
    ItemizationDate,
    ValidationPeriodEnd,
    CollectorDisclosure,
    OptOut,
}
