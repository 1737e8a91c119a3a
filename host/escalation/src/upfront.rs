//! What is known of a customer before a debt exists: credit, terms, and what waits for its day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::account::{Account, sum};
use crate::claim::AgreedRate;
use crate::credit::{AgreedTerms, CreditFile, CreditReport, Evidence, EvidenceKind, ProposedTerms};
use crate::engagement::{Engagement, Waiting};
use crate::id::{ApplicationId, EngagementId};
use crate::invoice::plus_days;
use crate::money::{Currency, Money};
use crate::policy::Policy;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Upfront {
    pub customer_since: Option<Date>,
    pub applications: BTreeMap<ApplicationId, CreditFile>,
    /// Newest last, at most [`KEPT_MAX`]; older ones are in the journal.
    pub reports: Vec<CreditReport>,
    /// What all reports cost so far, in minor units.
    pub report_costs: BTreeMap<Currency, i64>,
    pub evidence: Vec<Evidence>,
    /// Newest last.
    pub terms: Vec<AgreedTerms>,
    pub proposed: Option<ProposedTerms>,
    pub waiting: BTreeMap<EngagementId, Waiting>,
}

/// Of applications, reports, pieces of evidence, terms and engagements each.
pub const KEPT_MAX: usize = 200;

/// An engagement that has to be paid before its day, and how much of it is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prepayment<'a> {
    pub engagement: &'a Engagement,
    /// What has to be there before.
    pub due: Money,
    /// What still has to come; zero: all is there.
    pub lacking: Money,
    /// The last day on which it is in time.
    pub until: Date,
}

impl Upfront {
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// The agreement that holds on this day.
    pub fn terms_on(&self, day: Date) -> Option<&AgreedTerms> {
        let holds = |terms: &&AgreedTerms| terms.agreed_on <= day && terms.until.is_none_or(|until| day <= until);
        self.terms.iter().filter(holds).max_by_key(|terms| terms.agreed_on)
    }

    /// A lump sum for being late was agreed.
    pub fn fee_agreed(&self, day: Date) -> bool {
        self.terms_on(day).is_some_and(|terms| terms.fee_agreed)
    }

    /// The interest that was agreed for a debt that arose on this day.
    pub fn interest_agreed(&self, day: Date) -> Option<AgreedRate> {
        let terms = self.terms_on(day)?;
        Some(AgreedRate { percent: terms.interest?, on: terms.agreed_on, proof: terms.proof.clone() })
    }

    /// The newest report that may still be relied upon.
    pub fn report_on(&self, day: Date, days: u16) -> Option<&CreditReport> {
        self.reports.iter().rev().find(|report| report.is_valid(day, days))
    }

    /// Evidence of this kind counts on this day.
    pub fn has(&self, kind: EvidenceKind, day: Date, report_days: u16) -> bool {
        match kind {
            EvidenceKind::CreditReport => self.report_on(day, report_days).is_some(),
            EvidenceKind::SignedContract => self.terms_on(day).is_some_and(|terms| terms.signed),
            kind => {
                self.evidence.iter().any(|known| known.kind == kind && known.until.is_none_or(|until| day <= until))
            }
        }
    }

    /// What the credit reports cost, a sum for each currency.
    pub fn costs(&self) -> Vec<Money> {
        sum(self.report_costs.iter().map(|(currency, minor)| Money::new(*minor, *currency)))
    }
}

/// The first day of the customer: as it was told, else the first invoice. None: nobody has said, and nothing was invoiced.
pub fn customer_since(account: &Account) -> Option<Date> {
    let first = account.items.values().map(|item| item.invoice.issued_on).min();
    account.upfront.customer_since.into_iter().chain(first).min()
}

/// The last day on which a customer counts as new; none: no first day is known, and then it is new.
pub fn new_until(account: &Account, policy: &Policy) -> Option<Date> {
    customer_since(account).map(|since| plus_days(since, i32::from(policy.credit.new_days)))
}

pub fn is_new(account: &Account, policy: &Policy, today: Date) -> bool {
    new_until(account, policy).is_none_or(|last| today <= last)
}

/// Who still has to pay before the day: each engagement that the policy wants paid before, the nearest first. Money on the
/// account that no invoice took counts for them in this order.
pub fn prepayments<'a>(account: &'a Account, policy: &Policy, today: Date) -> Vec<Prepayment<'a>> {
    let rules = &policy.prepayment;
    if rules.share_percent == 0 || (rules.new_customers_only && !is_new(account, policy, today)) {
        return Vec::new();
    }
    let mut there: BTreeMap<Currency, i64> =
        account.unapplied().into_iter().map(|money| (money.currency, money.minor)).collect();
    let mut waiting: Vec<&Engagement> = account.upfront.waiting.values().map(|known| &known.engagement).collect();
    waiting.retain(|engagement| engagement.on >= today);
    waiting.sort_by_key(|engagement| (engagement.on, &engagement.id));
    let mut found = Vec::new();
    for engagement in waiting {
        let Some(due) = rules.due(engagement.amount) else { continue };
        let rest = there.entry(due.currency).or_default();
        let paid = due.minor.min((*rest).max(0));
        *rest -= paid;
        let until = plus_days(engagement.on, -i32::from(rules.paid_days_before));
        let lacking = Money { minor: due.minor - paid, ..due };
        found.push(Prepayment { engagement, due, lacking, until });
    }
    found
}
