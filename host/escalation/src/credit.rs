//! Credit before the deal: an application, the evidence for it, what a bureau reports, and what was agreed.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::id::ApplicationId;
use crate::invoice::plus_days;
use crate::money::Money;
use crate::pack::Percent;

/// Somebody wants to buy on credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditApplication {
    pub id: ApplicationId,
    /// The size of the deal: the credit that is applied for.
    pub amount: Money,
    pub applied_on: Date,
    #[serde(default)]
    pub text: String,
}

/// An application with what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditFile {
    pub application: CreditApplication,
    /// None: open.
    #[serde(default)]
    pub verdict: Option<CreditVerdict>,
    #[serde(default)]
    pub expired: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditVerdict {
    pub granted: bool,
    pub on: Date,
    /// The last day on which the credit may be used; none for a refusal.
    #[serde(default)]
    pub until: Option<Date>,
    pub because: String,
}

/// What a bureau said. It stays on record with its price: that is a cost of this customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditReport {
    /// The bureau's own number.
    pub report: String,
    pub bureau: String,
    /// As the bureau writes it. Scales differ: nothing is computed with it.
    #[serde(default)]
    pub score: String,
    pub advice: Advice,
    /// The credit that the bureau would give at most.
    #[serde(default)]
    pub limit: Option<Money>,
    #[serde(default)]
    pub price: Option<Money>,
    pub reported_on: Date,
    /// The last day on which it may be relied upon; none: as long as the policy says.
    #[serde(default)]
    pub valid_until: Option<Date>,
    #[serde(default)]
    pub text: String,
}

/// What a report comes to. A bureau's word that is not known here is taken as `review`: a person looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Advice {
    Approve,
    Review,
    Decline,
}

/// What an application has to be founded on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EvidenceKind {
    CreditReport,
    /// Of other suppliers and of the bank.
    References,
    FinancialStatements,
    SignedContract,
}

/// A piece of evidence that people put on record; credit reports and contracts have records of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    pub kind: EvidenceKind,
    /// Where it can be found: a file number, a letter's date.
    pub proof: String,
    pub recorded_on: Date,
    /// The last day on which it counts; none: no end.
    #[serde(default)]
    pub until: Option<Date>,
}

/// Terms on record. A fee or contractual interest may be charged only where this says that it was agreed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedTerms {
    pub agreed_on: Date,
    /// Where the agreement can be found. Without it nothing is on record.
    pub proof: String,
    /// Days from the invoice to its due date.
    pub net_days: u16,
    /// Signed by the customer; otherwise confirmed in another way.
    pub signed: bool,
    #[serde(default)]
    pub fee_agreed: bool,
    /// Interest that was agreed for late money, a year.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interest: Option<Percent>,
    /// The last day of the agreement; none: until another takes its place.
    #[serde(default)]
    pub until: Option<Date>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedTerms {
    pub net_days: u16,
    pub because: String,
}

impl CreditReport {
    /// It may be relied upon on this day. `days` is how long the policy trusts a report that states no end.
    pub fn is_valid(&self, today: Date, days: u16) -> bool {
        today <= self.last_day(days)
    }

    pub fn last_day(&self, days: u16) -> Date {
        self.valid_until.unwrap_or_else(|| plus_days(self.reported_on, i32::from(days)))
    }
}

impl CreditFile {
    pub fn is_open(&self) -> bool {
        self.verdict.is_none()
    }
}

impl Advice {
    pub fn of_word(word: &str) -> Self {
        match word {
            "approve" => Self::Approve,
            "decline" => Self::Decline,
            _ => Self::Review,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Review => "review",
            Self::Decline => "decline",
        }
    }
}

impl EvidenceKind {
    pub const ALL: [Self; 4] = [Self::CreditReport, Self::References, Self::FinancialStatements, Self::SignedContract];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreditReport => "credit-report",
            Self::References => "references",
            Self::FinancialStatements => "financial-statements",
            Self::SignedContract => "signed-contract",
        }
    }
}
