//! What every rule of a pack says about itself: its name, its days, whom it covers, and where it stands written.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::party::PartyKind;

/// How sure a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Read at the authority or in the law, or in several independent places that agree.
    Verified,
    /// Read at one place that tells of it.
    Secondary,
    /// Remembered or concluded. Look it up before you rely on it.
    Unverified,
}

/// In which part somebody collects; the law binds them differently.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorRole {
    #[default]
    FirstPartyCreditor,
    ThirdPartyAgency,
    DebtBuyer,
    LawFirm,
}

/// How somebody is reached, as the law tells ways apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ContactChannel {
    Letter,
    Email,
    Sms,
    CallLive,
    /// Prerecorded, artificial or generated voice.
    CallArtificialVoice,
    Portal,
    InPerson,
}

/// What rules have in common.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// Versions of one rule share it.
    pub id: &'a str,
    /// What the rule says, in a sentence.
    pub title: &'a str,
    /// The first and the last day on which it holds, both inclusive; which day is asked about stands at the kind of rule.
    pub from: Date,
    pub until: Option<Date>,
    pub debtors: &'a [PartyKind],
    /// Empty: all.
    pub actors: &'a [ActorRole],
    /// Empty: all.
    pub channels: &'a [ContactChannel],
    pub source: &'a str,
    pub certainty: Certainty,
}

/// Something that a pack states.
pub trait Rule {
    fn head(&self) -> Head<'_>;
}

impl Certainty {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Verified => "verified",
            Self::Secondary => "secondary",
            Self::Unverified => "unverified",
        }
    }
}

impl ActorRole {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstPartyCreditor => "first-party-creditor",
            Self::ThirdPartyAgency => "third-party-agency",
            Self::DebtBuyer => "debt-buyer",
            Self::LawFirm => "law-firm",
        }
    }
}

impl Head<'_> {
    pub fn covers(&self, debtor: PartyKind, day: Date) -> bool {
        self.debtors.contains(&debtor) && self.from <= day && self.until.is_none_or(|until| day <= until)
    }

    pub fn covers_actor(&self, debtor: PartyKind, actor: ActorRole, day: Date) -> bool {
        self.covers(debtor, day) && (self.actors.is_empty() || self.actors.contains(&actor))
    }

    pub fn covers_channel(&self, debtor: PartyKind, actor: ActorRole, channel: ContactChannel, day: Date) -> bool {
        self.covers_actor(debtor, actor, day) && (self.channels.is_empty() || self.channels.contains(&channel))
    }
}

/// Gives rules their head. `actors` and `channels` are named where a rule has them.
macro_rules! headed {
    ($($rule:ty { $($scope:ident),* }),* $(,)?) => { $(
        impl Rule for $rule {
            fn head(&self) -> Head<'_> {
                let (actors, channels): (&[ActorRole], &[ContactChannel]) = (&[], &[]);
                let plain = Head {
                    id: &self.id,
                    title: &self.title,
                    from: self.from,
                    until: self.until,
                    debtors: &self.debtors,
                    actors,
                    channels,
                    source: &self.source,
                    certainty: self.certainty,
                };
                Head { $($scope: &self.$scope,)* ..plain }
            }
        }
    )* };
}

headed! {
    super::InterestRule {},
    super::Compensation {},
    super::AllocationRule {},
    super::Limitation {},
    super::FeeRule { actors },
    super::NoticePeriod { actors },
    super::LetterRule { actors },
    super::ContactRule { actors, channels },
}
