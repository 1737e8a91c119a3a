//! A person or a firm: the debtor, or the creditor itself.

use serde::{Deserialize, Serialize};

/// Who somebody is and how to reach them, as the accounting package told it last. Empty text means unknown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub kind: PartyKind,
    /// ISO 3166-1 alpha-2.
    #[serde(default)]
    pub country: String,
    /// BCP 47 primary tag.
    #[serde(default)]
    pub language: String,
    #[serde(default)]
    pub address: Vec<String>,
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub phone: Option<String>,
    #[serde(default)]
    pub vat_id: Option<String>,
    /// The time zone where the party is, a name of the IANA database. None: it may be in any of its country's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// Which law and which manners apply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    Business,
    Consumer,
    SoleTrader,
    PublicAuthority,
    #[default]
    Unknown,
}

impl PartyKind {
    /// The kinds whose rules are kept: who is of no known kind is treated with the care owed to all.
    pub fn possible(&self) -> &[Self] {
        match self {
            Self::Unknown => &[Self::Consumer, Self::Business],
            known => std::slice::from_ref(known),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Business => "business",
            Self::Consumer => "consumer",
            Self::SoleTrader => "sole-trader",
            Self::PublicAuthority => "public-authority",
            Self::Unknown => "unknown",
        }
    }
}
