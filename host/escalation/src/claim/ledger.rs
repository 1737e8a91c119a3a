//! A claim day by day: notices and payments in their order, and what each does to principal, interest and costs.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::costs::{self, Sent};
use super::segments::{self, Segment};
use super::{AgreedRate, Claim, Line, Notice, Order, PartPayment, Refusal};
use crate::fraction::Fraction;
use crate::money::Money;
use crate::pack::{Certainty, Compensation, Cost, InterestMode, InterestRule, NoticeKind, Pack, Rule, Tradeoff};

/// Where a payment went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allocated {
    pub on: Date,
    pub amount: Money,
    pub costs: Money,
    pub interest: Money,
    pub principal: Money,
    /// More than was owed.
    pub unapplied: Money,
}

/// What a claim has become by the day asked about. Amounts in minor units.
pub(super) struct Ledger<'a> {
    claim: &'a Claim,
    pack: &'a Pack,
    rule: Option<&'a InterestRule>,
    fixed: Option<&'a Compensation>,
    /// What the fixed compensation came to, before fees are held against it.
    fixed_minor: i64,
    fees_minor: i64,
    costs_paid: i64,
    interest_paid: i64,
    exact: Fraction,
    accrued_to: Date,
    sent: BTreeMap<NoticeKind, Sent>,
    pub principal: i64,
    /// Rounded once; none where it is too large.
    pub interest: Option<i64>,
    pub segments: Vec<Segment>,
    pub payments: Vec<Allocated>,
    pub notices: Vec<Line>,
    pub interest_rule: Option<Line>,
    pub compensation_rule: Option<Line>,
    pub lines: Vec<Line>,
}

enum Happened<'a> {
    Paid(&'a PartPayment),
    Sent(&'a Notice),
}

impl<'a> Ledger<'a> {
    /// Without a rule no interest is computed.
    pub fn of(claim: &'a Claim, pack: &'a Pack, rule: Option<&'a InterestRule>) -> Result<Self, Refusal> {
        let mut ledger = Self {
            claim,
            pack,
            rule,
            fixed: None,
            fixed_minor: 0,
            fees_minor: 0,
            costs_paid: 0,
            interest_paid: 0,
            exact: Fraction::ZERO,
            accrued_to: claim.due,
            sent: BTreeMap::new(),
            principal: claim.principal.minor,
            interest: Some(0),
            segments: Vec::new(),
            payments: Vec::new(),
            notices: Vec::new(),
            interest_rule: None,
            compensation_rule: None,
            lines: Vec::new(),
        };
        let mut late = false;
        for (day, happened) in happened(claim) {
            if day > claim.due && !late {
                late = true;
                ledger.become_late()?;
            }
            match happened {
                Happened::Paid(payment) => ledger.pay(payment)?,
                Happened::Sent(notice) => ledger.charge(notice)?,
            }
        }
        if claim.as_of > claim.due && !late {
            ledger.become_late()?;
        }
        ledger.accrue(claim.as_of)?;
        ledger.tell();
        ledger.lines.extend(not_yet(claim));
        ledger.lines.extend(not_claimed(claim, rule));
        Ok(ledger)
    }

    /// The fixed compensation arises once, with the first late day, if anything is owed by then.
    fn become_late(&mut self) -> Result<(), Refusal> {
        let claim = self.claim;
        let Some(rule) = self.pack.compensation_for(claim.debtor, claim.due).filter(|_| self.principal > 0) else {
            return Ok(());
        };
        let owed = Money::new(self.principal, claim.principal.currency);
        let Some(amount) = rule.amount_for(owed) else {
            let (stated, claimed) = (self.pack.currency, owed.currency);
            return Err(Refusal::Currency { rule: rule.id.clone(), stated, claimed });
        };
        self.fixed = Some(rule);
        self.fixed_minor = amount.minor;
        Ok(())
    }

    fn charge(&mut self, notice: &Notice) -> Result<(), Refusal> {
        let before = self.sent.get(&notice.kind).copied().unwrap_or_default();
        let (fee, line) = costs::fee(self.claim, self.pack, notice, before, (self.principal, self.fixed))?;
        self.fees_minor = self.fees_minor.checked_add(fee).ok_or(Refusal::TooLarge)?;
        self.notices.push(line.clone());
        self.lines.push(line);
        if notice.sent > self.claim.due {
            let charged = before.charged.saturating_add(u16::from(fee > 0));
            let sent = Sent { count: before.count.saturating_add(1), charged, last: Some(notice.sent) };
            self.sent.insert(notice.kind, sent);
        }
        Ok(())
    }

    fn pay(&mut self, payment: &PartPayment) -> Result<(), Refusal> {
        self.accrue(payment.on)?;
        let costs = (self.costs() - self.costs_paid).max(0);
        let interest = self.interest_open().ok_or(Refusal::TooLarge)?;
        let order = self.order(payment, costs > 0 || interest > 0)?;
        let mut left = payment.amount.minor;
        let (mut to_costs, mut to_interest, mut to_principal) = (0, 0, 0);
        for part in order {
            let (owed, taken) = match part {
                Cost::Costs => (costs, &mut to_costs),
                Cost::Interest => (interest, &mut to_interest),
                Cost::Principal => (self.principal, &mut to_principal),
            };
            *taken = left.min(owed);
            left -= *taken;
        }
        self.costs_paid += to_costs;
        self.interest_paid += to_interest;
        self.principal -= to_principal;
        let money = |minor| Money::new(minor, payment.amount.currency);
        self.payments.push(Allocated {
            on: payment.on,
            amount: payment.amount,
            costs: money(to_costs),
            interest: money(to_interest),
            principal: money(to_principal),
            unapplied: money(left),
        });
        Ok(())
    }

    /// Which part is paid off first; where only the principal is owed, no order is asked for.
    fn order(&mut self, payment: &PartPayment, matters: bool) -> Result<[Cost; 3], Refusal> {
        const PRINCIPAL_FIRST: [Cost; 3] = [Cost::Principal, Cost::Costs, Cost::Interest];
        if self.claim.allocation == Order::PrincipalFirst || !matters {
            return Ok(PRINCIPAL_FIRST);
        }
        let no_order = || Refusal::NoOrder { country: self.pack.country.clone(), on: payment.on };
        let rule = self.pack.allocation_for(self.claim.debtor, payment.on).ok_or_else(no_order)?;
        let order = <[Cost; 3]>::try_from(rule.order.as_slice()).map_err(|_| no_order())?;
        let line = Line::of(rule.head(), format!("payment of {}: {}", payment.on, rule.title), Some(payment.amount));
        self.lines.push(line);
        Ok(order)
    }

    /// Interest up to and including a day.
    fn accrue(&mut self, to: Date) -> Result<(), Refusal> {
        let Ok(first) = self.accrued_to.tomorrow() else { return Err(Refusal::TooLarge) };
        if to < first {
            return Ok(());
        }
        self.accrued_to = to;
        let Some(rule) = self.rule.filter(|_| self.principal > 0) else { return Ok(()) };
        let principal = Money::new(self.principal, self.claim.principal.currency);
        let made = match agreed(self.claim, rule) {
            Some(agreed) => segments::accrue_agreed(rule, agreed, principal, (first, to))?,
            None => segments::accrue(self.claim, self.pack, rule, principal, (first, to))?,
        };
        for segment in made {
            self.exact = self.exact.plus(segment.exact).ok_or(Refusal::TooLarge)?;
            self.segments.push(segment);
        }
        self.interest = self.exact.rounded();
        Ok(())
    }

    /// The lines of interest and compensation, before those of notices and payments.
    fn tell(&mut self) {
        let money = |minor| Some(Money::new(minor, self.claim.principal.currency));
        let mut told = Vec::new();
        if let Some(rule) = self.rule {
            let worst = self.segments.iter().map(|segment| segment.certainty).max();
            let by_contract = agreed(self.claim, rule);
            let zero = rule.mode == InterestMode::None && by_contract.is_none() || self.segments.is_empty();
            let amount = if zero { money(0) } else { self.interest.and_then(money) };
            let title = match by_contract {
                Some(agreed) => format!("{} % a year, agreed on {}", agreed.percent, agreed.on),
                None => rule.title.clone(),
            };
            let mut line = Line::of(rule.head(), title, amount);
            if let Some(agreed) = by_contract {
                line.source = format!("{}; {}", agreed.proof, line.source);
            }
            line.certainty = worst.map_or(line.certainty, |worst| worst.max(line.certainty));
            self.interest_rule = Some(line);
        }
        self.compensation_rule =
            self.fixed.map(|rule| Line::of(rule.head(), rule.title.clone(), money(self.compensation())));
        told.extend(self.interest_rule.iter().chain(&self.compensation_rule).cloned());
        told.append(&mut self.lines);
        self.lines = told;
    }

    /// Fees that arose.
    pub fn fees(&self) -> i64 {
        self.fees_minor
    }

    /// The compensation that is owed beside the fees.
    pub fn compensation(&self) -> i64 {
        match self.fixed.map(|rule| rule.with_fees) {
            Some(Tradeoff::Offsets) => (self.fixed_minor - self.fees_minor).max(0),
            _ => self.fixed_minor,
        }
    }

    fn costs(&self) -> i64 {
        self.fees().saturating_add(self.compensation())
    }

    pub fn fees_open(&self) -> i64 {
        (self.fees() - self.costs_paid).max(0)
    }

    /// What was paid for costs went to the fees first.
    pub fn compensation_open(&self) -> i64 {
        let beyond = (self.costs_paid - self.fees()).max(0);
        (self.compensation() - beyond).max(0)
    }

    pub fn interest_open(&self) -> Option<i64> {
        self.interest.and_then(|interest| interest.checked_sub(self.interest_paid))
    }
}

/// The rate that stands in the place of the law's.
fn agreed<'a>(claim: &'a Claim, rule: &InterestRule) -> Option<&'a AgreedRate> {
    claim.agreed.as_ref().filter(|_| rule.contract_may_differ)
}

/// What happened until the day asked about, in its order; on one day payments come before notices.
fn happened(claim: &Claim) -> Vec<(Date, Happened<'_>)> {
    let paid = claim.payments.iter().map(|payment| (payment.on, Happened::Paid(payment)));
    let sent = claim.notices.iter().map(|notice| (notice.sent, Happened::Sent(notice)));
    let mut all: Vec<_> = paid.chain(sent).filter(|(day, _)| *day <= claim.as_of).collect();
    // Stable: payments stand before notices.
    all.sort_by_key(|(day, _)| *day);
    all
}

/// An agreed rate that is not used, and it is said.
fn not_claimed(claim: &Claim, rule: Option<&InterestRule>) -> Option<Line> {
    let (agreed, rule) = claim.agreed.as_ref().zip(rule).filter(|(_, rule)| !rule.contract_may_differ)?;
    let text = format!(
        "{} % a year, agreed on {}, is not claimed: `{}` does not say that a contract may differ",
        agreed.percent, agreed.on, rule.id
    );
    Some(Line { rule: "agreed-rate".to_owned(), text, ..Line::of(rule.head(), String::new(), None) })
}

/// What lies after the day asked about does not count, and it is said.
fn not_yet(claim: &Claim) -> impl Iterator<Item = Line> {
    let paid = claim.payments.iter().map(|payment| (payment.on, "payment", Some(payment.amount)));
    let sent = claim.notices.iter().map(|notice| (notice.sent, notice.kind.as_str(), None));
    paid.chain(sent).filter(|(day, ..)| *day > claim.as_of).map(|(day, what, amount)| Line {
        rule: "not-yet".to_owned(),
        text: format!("{what} of {day}: after {}, it does not count", claim.as_of),
        source: "the day asked about".to_owned(),
        certainty: Certainty::Verified,
        amount,
    })
}
