//! A dunning policy: what is done when, in which tone, and what must hold for it. Written in TOML, versioned.

mod agency;
mod calendar;
mod catalogue;
mod check;
mod examine;
mod ladder;
mod check_agency;
mod check_money;
mod check_people;
mod money;
mod parse;
mod people;
mod segment;
mod upfront;

pub use agency::{AgencyChoice, AgencyRules, Expected, Tier};
pub use calendar::{Calendar, Day};
pub use catalogue::{Catalogue, NotPublished};
pub use examine::Finding;
pub use ladder::{Ladder, STANDARD};
pub use money::{ChargeRules, DiscountRules, PlanRules, SettlementRules, ToleranceRules, WriteOffRules, limit};
pub use parse::PolicyError;
pub use people::{Complaint, RepeatRules, TaskRules};
pub use segment::{Chosen, Segment, SegmentCondition};
pub use upfront::{CoverageRules, CreditRules, PrepaymentRules};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::approval::Approval;
use crate::id::LevelId;
use crate::money::Currency;
use crate::pack::NoticeKind;
use crate::party::PartyKind;
use crate::score::ScoreRules;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub struct Policy {
    pub name: String,
    /// Changes whenever the text does; an account in flight keeps the one it has until it is migrated.
    pub version: String,
    #[serde(default)]
    pub terms: Terms,
    #[serde(default)]
    pub promise: PromiseRules,
    #[serde(default)]
    pub contact: ContactRules,
    #[serde(default)]
    pub cash: CashRules,
    #[serde(default)]
    pub agency: AgencyRules,
    #[serde(default)]
    pub calendar: Calendar,
    #[serde(default)]
    pub score: ScoreRules,
    /// The first that applies counts, and the last has no condition; none: every account climbs the standard ladder.
    #[serde(default, rename = "segment")]
    pub segments: Vec<Segment>,
    /// Ladders beside the standard one.
    #[serde(default, rename = "ladder")]
    pub ladders: Vec<Ladder>,
    #[serde(default)]
    pub charges: ChargeRules,
    #[serde(default)]
    pub discount: DiscountRules,
    #[serde(default)]
    pub tolerance: ToleranceRules,
    #[serde(default)]
    pub plan: PlanRules,
    #[serde(default)]
    pub settlement: SettlementRules,
    #[serde(default)]
    pub write_off: WriteOffRules,
    #[serde(default)]
    pub credit: CreditRules,
    #[serde(default)]
    pub coverage: CoverageRules,
    #[serde(default)]
    pub prepayment: PrepaymentRules,
    #[serde(default)]
    pub tasks: TaskRules,
    /// Who settles which complaint; a reason that is not named has no owner.
    #[serde(default, rename = "complaint")]
    pub complaints: Vec<Complaint>,
    #[serde(default)]
    pub repeat: RepeatRules,
    /// The standard ladder, from the first to the last.
    #[serde(rename = "level")]
    pub levels: Vec<Level>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// For invoices that state no due date: days after the issue date.
    pub default_days: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PromiseRules {
    /// Days after the promised day before a promise counts as broken: money takes time to arrive.
    pub grace_days: u16,
    /// A promise further away than this is not accepted as one.
    pub days_ahead_max: u16,
    /// Kept when at least this share of it arrived, in percent.
    pub tolerance_percent: u8,
    /// Whoever breaks a promise or a plan orders against cash in advance only, until nothing is owed.
    pub cash_in_advance: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ContactRules {
    /// Contact people on the working days of the calendar only.
    pub weekdays_only: bool,
    /// Days between two contacts of one account, whatever the channel.
    pub gap_days: u16,
    /// Calls to one account within seven days.
    pub calls_per_week_max: u16,
    /// Days that a letter is in the post: nothing of the ladder happens before it is there.
    pub mail_days: u16,
    /// Below this the account is left in peace, in major units by currency; a currency not named has no minimum.
    pub balance_min: BTreeMap<Currency, String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CashRules {
    /// Nobody is chased when the newest bank statement is older than this many days; 0 switches the rule off.
    pub feed_age_days_max: u16,
    /// An announced payment holds the ladder for so many days after its day; then it is not waited for any more.
    pub pending_days_max: u16,
    /// When the debtor says that it is paid, the bank is waited for so many days; once, until money comes. 0: not at all.
    pub claimed_days: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    pub id: LevelId,
    /// For people: `second e-mail`.
    pub title: String,
    pub action: LevelAction,
    /// What `days` counts from.
    #[serde(default)]
    pub after: Anchor,
    /// Days after the anchor; negative: before it.
    pub days: i16,
    /// Past this day (same anchor) the level is passed over instead of being late.
    #[serde(default)]
    pub until_days: Option<i16>,
    /// Days since the level before.
    #[serde(default)]
    pub gap_days: u16,
    /// For notices: the first that reaches this debtor is used.
    #[serde(default)]
    pub channels: Vec<Channel>,
    #[serde(default)]
    pub tone: Tone,
    /// For notices and colleagues: the template's name.
    #[serde(default)]
    pub template: String,
    /// For `tell-colleague`: whom, by the role that the configuration names. For `task`: a role, or a person's name.
    #[serde(default)]
    pub to: String,
    /// For `task`: what is to be done.
    #[serde(default)]
    pub task: String,
    /// For notices: asks for payment within so many days of sending.
    #[serde(default)]
    pub deadline_days: Option<u16>,
    /// For notices that ask whether the invoice arrived: somebody asks on the phone when so many days after sending nobody
    /// has answered.
    #[serde(default)]
    pub confirm_days: Option<u16>,
    /// For notices from `charges.from` on: the fee that the law allows for a notice of this kind.
    #[serde(default)]
    pub fee: Option<NoticeKind>,
    /// Applies only if all of it holds; otherwise the level is passed over.
    #[serde(default)]
    pub when: Condition,
    /// Never passed over; whoever comes to this ladder later takes it next.
    #[serde(default)]
    pub mandatory: bool,
    /// Who has to agree before it is done.
    #[serde(default)]
    pub approval: Approval,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// The item's open amount, in major units by currency; a currency not named has no minimum.
    pub open_min: BTreeMap<Currency, String>,
    /// Empty: any.
    pub debtor_kinds: Vec<PartyKind>,
    /// Empty: any. ISO 3166-1 alpha-2.
    pub countries: Vec<String>,
    /// Only accounts that broke a promise.
    pub broke_promise: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LevelAction {
    Notice,
    Call,
    TellColleague,
    /// A person has to do something, by the desk.
    Task,
    HoldCredit,
    Place,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Anchor {
    Issue,
    #[default]
    Due,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    Email,
    Letter,
    Sms,
    RegisteredLetter,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    #[default]
    Friendly,
    Neutral,
    Firm,
    Final,
}

impl Channel {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Letter => "letter",
            Self::Sms => "sms",
            Self::RegisteredLetter => "registered-letter",
        }
    }
}

impl Tone {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Friendly => "friendly",
            Self::Neutral => "neutral",
            Self::Firm => "firm",
            Self::Final => "final",
        }
    }
}

impl Default for Terms {
    fn default() -> Self {
        Self { default_days: 30 }
    }
}

impl Default for PromiseRules {
    fn default() -> Self {
        Self { grace_days: 2, days_ahead_max: 30, tolerance_percent: 95, cash_in_advance: true }
    }
}

impl Default for ContactRules {
    fn default() -> Self {
        Self { weekdays_only: true, gap_days: 2, calls_per_week_max: 3, mail_days: 0, balance_min: BTreeMap::new() }
    }
}

impl Default for CashRules {
    fn default() -> Self {
        Self { feed_age_days_max: 5, pending_days_max: 7, claimed_days: 5 }
    }
}
