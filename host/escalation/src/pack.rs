//! A jurisdiction pack: what a country's law says about interest, fees, contact and letters, as dated data with its sources.
//!
//! A pack is TOML (config/packs). Nothing in it is extrapolated: past the last known rate a lookup answers with a refusal.

mod calendar;
mod catalogue;
mod check;
mod contact;
mod costs;
mod interest;
mod letter;
mod parse;
mod percent;
mod read;
mod rule;
mod series;

pub use calendar::{Calendar, Holiday, NoCalendar, Observed, When};
pub use catalogue::{NoPack, Packs, RunsOut, SHIPPED};
pub use contact::{Budget, ContactRule, Per, Window, Zones};
pub use costs::{AllocationRule, Basis, Compensation, Cost, FeeRule, NoticeKind, Tier, Tradeoff};
pub use interest::{Clock, DayCount, InterestMode, InterestRule, Limitation, Rounding, Told, WithoutDueDate};
pub use letter::{CountedFrom, Field, LetterKind, LetterRule, NoticePeriod};
pub use parse::PackError;
pub use percent::Percent;
pub use rule::{ActorRole, Certainty, ContactChannel, Head, Rule};
pub use series::{NoRate, Rate, Rhythm, Series};

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::money::Currency;
use crate::party::PartyKind;

/// What one country's law says. Sections are lists of rules; which of them apply is asked with the methods below.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    /// ISO 3166-1 alpha-2; `EU` stands for Directive 2011/7/EU alone.
    pub country: String,
    /// Other codes by which the country goes, such as `GB` and `EL`.
    #[serde(default)]
    pub also: Vec<String>,
    pub name: String,
    /// Changes whenever the text does; answers name it.
    pub version: String,
    /// In which the law states its amounts.
    pub currency: Currency,
    /// Letters to a debtor whose language is not known are written in this one; BCP 47 primary tag.
    pub language: String,
    pub zones: Option<Zones>,
    /// By name: the reference rates.
    #[serde(default)]
    pub series: BTreeMap<String, Series>,
    #[serde(default)]
    pub interest: Vec<InterestRule>,
    #[serde(default)]
    pub compensation: Vec<Compensation>,
    #[serde(default, rename = "fee")]
    pub fees: Vec<FeeRule>,
    #[serde(default)]
    pub allocation: Vec<AllocationRule>,
    #[serde(default)]
    pub notice_period: Vec<NoticePeriod>,
    #[serde(default, rename = "letter")]
    pub letters: Vec<LetterRule>,
    #[serde(default)]
    pub contact: Vec<ContactRule>,
    #[serde(default)]
    pub limitation: Vec<Limitation>,
    pub calendar: Option<Calendar>,
}

impl Pack {
    /// The rate of a series on a day, or why there is none; never the last known one carried on.
    pub fn rate(&self, series: &str, day: Date) -> Result<&Rate, NoRate> {
        match self.series.get(series) {
            Some(known) => known.on(series, day),
            None => Err(NoRate::Unknown { series: series.to_owned(), day }),
        }
    }

    /// The interest rule for a debt that fell due on a day.
    pub fn interest_for(&self, debtor: PartyKind, due: Date) -> Option<&InterestRule> {
        self.interest.iter().find(|rule| rule.head().covers(debtor, due))
    }

    /// The fixed compensation for a debt that fell due on a day.
    pub fn compensation_for(&self, debtor: PartyKind, due: Date) -> Option<&Compensation> {
        self.compensation.iter().find(|rule| rule.head().covers(debtor, due))
    }

    /// What a notice of a kind, sent on a day, may cost.
    pub fn fee_for(&self, debtor: PartyKind, actor: ActorRole, notice: NoticeKind, sent: Date) -> Option<&FeeRule> {
        self.fees.iter().find(|rule| rule.notice == notice && rule.head().covers_actor(debtor, actor, sent))
    }

    /// The order in which a payment pays off what is owed.
    pub fn allocation_for(&self, debtor: PartyKind, day: Date) -> Option<&AllocationRule> {
        self.allocation.iter().find(|rule| rule.head().covers(debtor, day))
    }

    /// How long a letter of a kind must leave the debtor; the longest counts.
    pub fn notice_periods_for(
        &self,
        debtor: PartyKind,
        actor: ActorRole,
        letter: LetterKind,
        sent: Date,
    ) -> impl Iterator<Item = &NoticePeriod> {
        let fits = move |rule: &&NoticePeriod| rule.letter == letter && rule.head().covers_actor(debtor, actor, sent);
        self.notice_period.iter().filter(fits)
    }

    /// The period that the last letter before others act must leave, if the law states one. A debtor of unknown kind has the longest
    /// of all kinds.
    pub fn last_notice_period(&self, debtor: PartyKind, sent: Date) -> Option<&NoticePeriod> {
        let of = |(kind, letter): (&PartyKind, LetterKind)| {
            self.notice_periods_for(*kind, ActorRole::FirstPartyCreditor, letter, sent).collect::<Vec<_>>()
        };
        let asked = debtor.possible().iter().flat_map(|kind| LetterKind::LAST.map(|letter| (kind, letter)));
        asked.flat_map(of).max_by_key(|rule| rule.days)
    }

    /// Whether the last letter before others act must say something.
    pub fn last_letter_says(&self, debtor: PartyKind, field: Field, sent: Date) -> bool {
        let of = |(kind, letter): (&PartyKind, LetterKind)| {
            self.letter_for(*kind, ActorRole::FirstPartyCreditor, letter, sent).any(|rule| rule.fields.contains(&field))
        };
        debtor.possible().iter().flat_map(|kind| LetterKind::LAST.map(|letter| (kind, letter))).any(of)
    }

    /// The fields that a letter of a kind must carry, all of them together.
    pub fn letter_for(
        &self,
        debtor: PartyKind,
        actor: ActorRole,
        letter: LetterKind,
        sent: Date,
    ) -> impl Iterator<Item = &LetterRule> {
        let fits = move |rule: &&LetterRule| rule.letter == letter && rule.head().covers_actor(debtor, actor, sent);
        self.letters.iter().filter(fits)
    }

    /// Every contact rule that holds; all of them must be kept.
    pub fn contact_for(
        &self,
        debtor: PartyKind,
        actor: ActorRole,
        channel: ContactChannel,
        day: Date,
    ) -> impl Iterator<Item = &ContactRule> {
        let fits = move |rule: &&ContactRule| rule.head().covers_channel(debtor, actor, channel, day);
        self.contact.iter().filter(fits)
    }

    /// How long a debt that fell due on a day can be sued for.
    pub fn limitation_for(&self, debtor: PartyKind, due: Date) -> Option<&Limitation> {
        self.limitation.iter().find(|rule| rule.head().covers(debtor, due))
    }
}
