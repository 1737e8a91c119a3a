//! What protects a debtor: an attorney, insolvency, death, a moratorium. Nobody is contacted and nothing is handed on meanwhile.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::invoice::plus_days;

/// On record since a day, with what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    pub kind: ProtectionKind,
    pub since: Date,
    /// The last day; none: until a person says that it has ended.
    #[serde(default)]
    pub until: Option<Date>,
    /// The attorney's name, the court's file number, who told us.
    #[serde(default)]
    pub text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtectionKind {
    /// An attorney speaks for the debtor: he is written to, by people (US: 12 CFR 1006.6(b)(2)).
    Attorney,
    /// Proceedings are open: the claim is filed there, and nowhere else.
    Insolvency,
    /// The estate is responsible, and its representative not known yet.
    Deceased,
    /// A stay by law or court, such as the breathing space of England and Wales.
    Moratorium,
}

impl ProtectionKind {
    pub const ALL: [Self; 4] = [Self::Attorney, Self::Insolvency, Self::Deceased, Self::Moratorium];

    /// Also the code of the guard.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attorney => "attorney",
            Self::Insolvency => "insolvency",
            Self::Deceased => "deceased",
            Self::Moratorium => "moratorium",
        }
    }

    /// By the word of a form or a story.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// What is the case, as the start of a sentence.
    fn told(self) -> &'static str {
        match self {
            Self::Attorney => "an attorney speaks for the debtor",
            Self::Insolvency => "insolvency proceedings are open",
            Self::Deceased => "the debtor has died",
            Self::Moratorium => "a moratorium protects the debtor",
        }
    }
}

impl Protection {
    pub fn holds_on(&self, day: Date) -> bool {
        self.until.is_none_or(|last| day <= last)
    }

    /// The first day without it, where one is known.
    pub fn ends_on(&self) -> Option<Date> {
        self.until.map(|last| plus_days(last, 1))
    }

    /// As a person reads it.
    pub fn in_words(&self) -> String {
        let until = self.until.map(|last| format!(" until {last}")).unwrap_or_default();
        let text = if self.text.is_empty() { String::new() } else { format!(" ({})", self.text) };
        format!("{}{until}{text}", self.kind.told())
    }
}
