//! One debtor's receivables at one creditor: a value that is rebuilt from its facts at any time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::approval::Approved;
use crate::assignment::{PolicyRef, Segmented};
use crate::cash::{Payment, PostedPayment};
use crate::charge::Charge;
use crate::dispute::Dispute;
use crate::effect::Effect;
use crate::goods::GoodsReturn;
use crate::id::{AccountId, EffectKey, InvoiceNumber, LevelId, PaymentId};
use crate::invoice::{OpenItem, Step};
use crate::mandate::Mandate;
use crate::money::{Currency, Money};
use crate::party::Party;
use crate::placement::Placement;
use crate::plan::PaymentPlan;
use crate::promise::Promise;
use crate::proposal::Proposal;
use crate::protection::Protection;
use crate::settlement::Settlement;
use crate::suit::Suit;
use crate::task::{Datum, Task};
use crate::upfront::Upfront;
use crate::write_off::WriteOff;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub debtor: Party,
    /// By number.
    pub items: BTreeMap<InvoiceNumber, OpenItem>,
    /// Credit that no invoice could take yet, by currency, in minor units.
    pub credit: BTreeMap<Currency, i64>,
    pub payments: BTreeMap<PaymentId, PostedPayment>,
    /// Announced, not yet booked.
    pub pending: BTreeMap<PaymentId, Payment>,
    /// Reversals whose payment is not known (yet); a person looks at them.
    pub stray_reversals: Vec<Payment>,
    /// What notices claimed beside the principal, oldest first: a fee for each notice, interest and compensation of the newest that is
    /// out and of those that are on their way; [`crate::charge::standing`] says what counts.
    #[serde(default)]
    pub charges: Vec<Charge>,
    pub promises: Vec<Promise>,
    pub disputes: Vec<Dispute>,
    pub placements: Vec<Placement>,
    pub blocked: Option<DunningBlock>,
    pub hold: Option<CreditHold>,
    /// Set: orders against cash only, until nothing is owed.
    #[serde(default)]
    pub cash_in_advance: Option<CashInAdvance>,
    #[serde(default)]
    pub plans: Vec<PaymentPlan>,
    #[serde(default)]
    pub settlements: Vec<Settlement>,
    #[serde(default)]
    pub write_offs: Vec<WriteOff>,
    #[serde(default)]
    pub returns: Vec<GoodsReturn>,
    /// Media that the debtor asked not to be used; `all` for none at all.
    pub stopped: BTreeSet<String>,
    /// One of a kind at most.
    #[serde(default)]
    pub protections: Vec<Protection>,
    /// Levels that people are asked to agree to.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub proposals: BTreeMap<LevelId, Proposal>,
    /// The law firm that may write for the creditor.
    #[serde(default)]
    pub mandate: Option<Mandate>,
    /// The day on which the debtor said to have paid already. It holds the ladder once: until money comes, a second word holds nothing.
    #[serde(default)]
    pub claims_paid_since: Option<Date>,
    /// Phone numbers and addresses that turned out wrong, by medium.
    pub unreachable: BTreeSet<String>,
    /// Contacts made, newest last, at most [`CONTACTS_KEPT_MAX`].
    pub contacts: Vec<Contact>,
    /// Effects that have not ended, and unknown ones.
    pub effects: BTreeMap<EffectKey, PlannedEffect>,
    /// Effects that a person agreed to.
    #[serde(default)]
    pub approved: BTreeSet<EffectKey>,
    /// Who agreed to them, each person once.
    #[serde(default)]
    pub approvals: BTreeMap<EffectKey, Vec<Approved>>,
    /// The policy under which the last ladder began, or to which a person moved it.
    #[serde(default)]
    pub policy: Option<PolicyRef>,
    /// A deadline that the policy before had set: no level before this day.
    #[serde(default)]
    pub not_before: Option<Date>,
    #[serde(default)]
    pub segment: Option<Segmented>,
    /// Who is in charge, where a person said so; otherwise the policy names somebody, or nobody.
    #[serde(default)]
    pub collector: Option<Collector>,
    /// Open ones, oldest first, at most [`crate::task::TASKS_OPEN_MAX`]. Those that ended are in the journal.
    #[serde(default)]
    pub tasks: Vec<Task>,
    /// A person looked for these in vain: nobody looks again before the accounting package tells something new.
    #[serde(default)]
    pub not_found: BTreeSet<Datum>,
    /// By reason, the day on which somebody was last asked to mend the cause: disputes until then have been counted.
    #[serde(default)]
    pub alarms: BTreeMap<String, Date>,
    /// Those that run, at most [`crate::suit::SUITS_MAX`].
    #[serde(default)]
    pub suits: Vec<Suit>,
    /// Keys of everything ever planned that must not be planned twice.
    pub spent: BTreeSet<EffectKey>,
    /// Cancelled lately, newest last, at most [`CANCELLED_KEPT_MAX`]: one of them may have been going out at that very
    /// moment. If it turns out that it went, it counts.
    #[serde(default)]
    pub cancelled: Vec<TakenBack>,
    /// Before the debt exists; most accounts have nothing here.
    #[serde(default, skip_serializing_if = "Upfront::is_empty")]
    pub upfront: Upfront,
}

/// Set by people: leave this account alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DunningBlock {
    pub reason: String,
    pub until: Option<Date>,
}

/// The one person in charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collector {
    pub who: String,
    pub since: Date,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CreditHold {
    pub since: Date,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CashInAdvance {
    pub since: Date,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    pub on: Date,
    /// `email`, `letter`, `call`, ...
    pub medium: String,
    pub key: EffectKey,
    /// The debtor in person was spoken to.
    #[serde(default)]
    pub conversation: bool,
    /// It is known to have arrived, or to have come back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tracked: bool,
}

impl Contact {
    /// Sent by post, and nobody knows that it is there.
    pub fn is_in_the_post(&self) -> bool {
        matches!(self.medium.as_str(), "letter" | "registered-letter") && !self.tracked
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedEffect {
    pub effect: Effect,
    pub state: EffectState,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EffectState {
    Planned,
    /// The other side has it and it can still be taken back (a queued call).
    Handed,
    /// It may or may not have happened: nothing of the same purpose until a person says.
    Unknown,
}

/// A cancelled effect, with the steps of the ladder that were taken back because it never happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenBack {
    pub effect: Effect,
    pub steps: Vec<TakenStep>,
    /// What it claimed.
    #[serde(default)]
    pub charges: Vec<Charge>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenStep {
    pub invoice: InvoiceNumber,
    pub cycle: u32,
    pub step: Step,
}

/// Older contacts are in the journal.
pub const CONTACTS_KEPT_MAX: usize = 50;
/// Effects are cancelled seconds before they would have gone out; more than this many at once is not seen.
pub const CANCELLED_KEPT_MAX: usize = 20;
/// Reversals without a payment; beyond this the oldest are in the journal only.
pub const STRAY_REVERSALS_MAX: usize = 100;

impl Account {
    pub fn new(id: AccountId) -> Self {
        let debtor = Party { id: id.as_str().to_owned(), ..Party::default() };
        Self {
            id,
            debtor,
            items: BTreeMap::new(),
            credit: BTreeMap::new(),
            payments: BTreeMap::new(),
            pending: BTreeMap::new(),
            stray_reversals: Vec::new(),
            charges: Vec::new(),
            promises: Vec::new(),
            disputes: Vec::new(),
            placements: Vec::new(),
            blocked: None,
            hold: None,
            cash_in_advance: None,
            plans: Vec::new(),
            settlements: Vec::new(),
            write_offs: Vec::new(),
            returns: Vec::new(),
            stopped: BTreeSet::new(),
            protections: Vec::new(),
            proposals: BTreeMap::new(),
            mandate: None,
            claims_paid_since: None,
            unreachable: BTreeSet::new(),
            contacts: Vec::new(),
            effects: BTreeMap::new(),
            approved: BTreeSet::new(),
            approvals: BTreeMap::new(),
            policy: None,
            not_before: None,
            segment: None,
            collector: None,
            tasks: Vec::new(),
            not_found: BTreeSet::new(),
            alarms: BTreeMap::new(),
            suits: Vec::new(),
            spent: BTreeSet::new(),
            cancelled: Vec::new(),
            upfront: Upfront::default(),
        }
    }

    /// Open items, oldest due first.
    pub fn open_items(&self) -> Vec<&OpenItem> {
        let mut items: Vec<_> = self.items.values().filter(|item| item.is_open()).collect();
        items.sort_by(|a, b| (a.invoice.due_on, &a.invoice.number).cmp(&(b.invoice.due_on, &b.invoice.number)));
        items
    }

    /// What is open, a sum for each currency.
    pub fn open(&self) -> Vec<Money> {
        sum(self.items.values().filter(|item| item.is_open()).map(|item| item.open))
    }

    /// What is open and past due, a sum for each currency.
    pub fn overdue(&self, today: Date) -> Vec<Money> {
        sum(self.items.values().filter(|item| item.is_open() && item.invoice.due_on < today).map(|item| item.open))
    }

    /// Money on the account that no invoice took, a sum for each currency.
    pub fn unapplied(&self) -> Vec<Money> {
        sum(self.payments.values().map(|posted| posted.unapplied))
    }

    /// Days past due of the oldest open item.
    pub fn days_past_due(&self, today: Date) -> i32 {
        self.items.values().filter(|item| item.is_open()).map(|item| item.days_past_due(today)).max().unwrap_or(0)
    }

    pub fn running_promises(&self) -> impl Iterator<Item = &Promise> {
        self.promises.iter().filter(|promise| promise.state == crate::promise::PromiseState::Running)
    }

    pub fn open_disputes(&self) -> impl Iterator<Item = &Dispute> {
        self.disputes.iter().filter(|dispute| dispute.is_open())
    }

    /// Something that nobody disputes is past due: the reason for which credit is held.
    pub fn owes_undisputed(&self, today: Date) -> bool {
        let disputed = |number| self.open_disputes().any(|dispute| &dispute.invoice == number);
        let mut items = self.items.values();
        items.any(|item| item.is_open() && item.invoice.due_on < today && !disputed(&item.invoice.number))
    }

    /// The placement that has this item in its hands.
    pub fn placement_of(&self, invoice: &InvoiceNumber) -> Option<&Placement> {
        self.placements.iter().rev().find(|placement| placement.state.is_live() && placement.holds(invoice))
    }

    /// The people who agreed to an effect.
    pub fn approvers(&self, key: &EffectKey) -> &[Approved] {
        self.approvals.get(key).map_or(&[], Vec::as_slice)
    }

    pub fn live_placement(&self) -> Option<&Placement> {
        self.placements.iter().rev().find(|placement| placement.state.is_live())
    }
}

/// Sums by currency, in the order of their codes; zero sums are left out.
pub fn sum(amounts: impl Iterator<Item = Money>) -> Vec<Money> {
    let mut sums: BTreeMap<Currency, i64> = BTreeMap::new();
    for amount in amounts {
        let total = sums.entry(amount.currency).or_default();
        *total = total.saturating_add(amount.minor);
    }
    sums.into_iter().filter(|(_, minor)| *minor != 0).map(|(currency, minor)| Money { minor, currency }).collect()
}
