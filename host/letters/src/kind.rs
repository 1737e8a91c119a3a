//! What a letter is for: it decides what the letter must contain.

use std::fmt;

/// The kinds of letters. A template's name says its kind; one of another name says it with a line `Kind: ...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Before an appointment or a delivery: nothing is owed yet.
    Prepayment,
    /// Hands an invoice over: its figures and how to pay. The tax document is the accounting package's.
    Invoice,
    ReceiptConfirmation,
    CourtesyReminder,
    FirstNotice,
    SecondNotice,
    FirmNotice,
    SuspensionWarning,
    FinalDemand,
    LawFirmLetter,
    StatementOfAccount,
    PaymentPlan,
    ThankYou,
    CaseFile,
    /// To a colleague, not to the debtor.
    Internal,
}

impl Kind {
    pub const ALL: [Kind; 15] = [
        Kind::Prepayment,
        Kind::Invoice,
        Kind::ReceiptConfirmation,
        Kind::CourtesyReminder,
        Kind::FirstNotice,
        Kind::SecondNotice,
        Kind::FirmNotice,
        Kind::SuspensionWarning,
        Kind::FinalDemand,
        Kind::LawFirmLetter,
        Kind::StatementOfAccount,
        Kind::PaymentPlan,
        Kind::ThankYou,
        Kind::CaseFile,
        Kind::Internal,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prepayment => "prepayment",
            Self::Invoice => "invoice",
            Self::ReceiptConfirmation => "receipt-confirmation",
            Self::CourtesyReminder => "courtesy-reminder",
            Self::FirstNotice => "first-notice",
            Self::SecondNotice => "second-notice",
            Self::FirmNotice => "firm-notice",
            Self::SuspensionWarning => "suspension-warning",
            Self::FinalDemand => "final-demand",
            Self::LawFirmLetter => "law-firm-letter",
            Self::StatementOfAccount => "statement-of-account",
            Self::PaymentPlan => "payment-plan",
            Self::ThankYou => "thank-you",
            Self::CaseFile => "case-file",
            Self::Internal => "internal",
        }
    }

    /// The kind by its name.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "sales-rep" => Some(Self::Internal),
            _ => Self::ALL.into_iter().find(|kind| kind.as_str() == name),
        }
    }

    /// Asks for money that is overdue.
    pub fn is_demand(self) -> bool {
        matches!(
            self,
            Self::FirstNotice
                | Self::SecondNotice
                | Self::FirmNotice
                | Self::SuspensionWarning
                | Self::FinalDemand
                | Self::LawFirmLetter
        )
    }

    /// Says that somebody else will act after a day: the agency, the firm, the court.
    pub fn is_last(self) -> bool {
        matches!(self, Self::FinalDemand | Self::LawFirmLetter)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
