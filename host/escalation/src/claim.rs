//! What is owed for one late invoice on a day, by the law of a pack: a calculator whose every step can be checked by hand.
//!
//! Interest is simple. It runs for the days after the due date up to and including the day asked about; a payment's value date
//! still bears interest on what was paid that day, so that asking on a payment's day and going on from there adds up. The exact
//! sum of all segments is rounded once, half away from zero. Costs are fees and the fixed compensation. What cannot be known
//! is refused with its reason, and then no total is given.

mod costs;
mod ledger;
mod segments;

pub use ledger::Allocated;
pub use segments::Segment;

use jiff::civil::Date;
use thiserror::Error;

use crate::money::{Currency, Money};
use crate::pack::{ActorRole, Certainty, Head, NoRate, NoticeKind, Pack, Percent};
use crate::party::PartyKind;
use ledger::Ledger;

/// A late invoice, and what happened since.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    pub debtor: PartyKind,
    /// Who claims.
    pub actor: ActorRole,
    pub principal: Money,
    /// Agreed; interest runs from the day after.
    pub due: Date,
    pub as_of: Date,
    pub payments: Vec<PartPayment>,
    pub notices: Vec<Notice>,
    pub allocation: Order,
    pub agreed: Option<AgreedRate>,
}

/// A rate of interest that both sides agreed. It is claimed where the pack says that a contract may differ from the law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgreedRate {
    /// A year.
    pub percent: Percent,
    pub on: Date,
    /// Where the agreement can be found.
    pub proof: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartPayment {
    pub amount: Money,
    /// Its value date.
    pub on: Date,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    pub sent: Date,
    pub kind: NoticeKind,
    /// A fee is asked for it, as far as the law allows one; without it the notice still counts as one that was sent.
    pub with_fee: bool,
    /// A fee for it was agreed when the debt arose.
    pub fee_agreed: bool,
    /// What it cost in fact, where that is known.
    pub cost: Option<Money>,
}

/// What payments pay off first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the pack says.
    #[default]
    Legal,
    /// The principal, then costs, then interest: the debtor designated it, or it was agreed. What is left stays owed.
    PrincipalFirst,
}

/// What is owed. An amount that cannot be known is missing; then `refused` says why, and there is no total.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub country: String,
    pub pack_version: String,
    pub principal_open: Option<Money>,
    /// Still open, like fees and compensation: what payments took is taken off.
    pub interest: Option<Money>,
    pub fees: Option<Money>,
    pub compensation: Option<Money>,
    /// The sum of the four.
    pub total: Option<Money>,
    /// What arose until the day, before payments took from it.
    pub arisen: Option<Arisen>,
    pub segments: Vec<Segment>,
    pub payments: Vec<Allocated>,
    /// The rules by which interest and compensation arose; none: there is none.
    pub interest_rule: Option<Line>,
    pub compensation_rule: Option<Line>,
    /// What each notice costs, in the order in which they were sent.
    pub notices: Vec<Line>,
    pub rules: Vec<Line>,
    pub refused: Vec<Refusal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Arisen {
    pub interest: Money,
    pub fees: Money,
    pub compensation: Money,
}

/// A rule that was used, and what it came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub rule: String,
    pub text: String,
    pub source: String,
    pub certainty: Certainty,
    pub amount: Option<Money>,
}

/// Why something is not computed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    #[error(
        "what kind of debtor it is is not known, and the law differs: business, consumer, sole-trader or public-authority"
    )]
    DebtorUnknown,
    #[error("the pack `{country}` states no interest for {} on a debt due {due}: the law that governs it is not in there", .debtor.as_str())]
    NoInterest { country: String, debtor: PartyKind, due: Date },
    #[error(transparent)]
    Rate(#[from] NoRate),
    #[error(
        "the pack `{country}` does not say what the payment of {on} pays off first; choose the order `principal-first` if that was agreed"
    )]
    NoOrder { country: String, on: Date },
    #[error("`{rule}` states {stated}, and the claim is in {claimed}: the law does not say how to convert")]
    Currency { rule: String, stated: Currency, claimed: Currency },
    #[error("an amount is too large to be computed exactly")]
    TooLarge,
}

/// What is wrong with a claim itself.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WrongClaim {
    #[error("the amount of {0} is not above zero")]
    NotPositive(Money),
    #[error("{0} is not in {1}, the currency of the claim")]
    Mixed(Money, Currency),
    #[error("{0} % of interest cannot be agreed")]
    NoRate(Percent),
    #[error("interest was agreed on {0}, after the debt was due on {1}")]
    AgreedLate(Date, Date),
    #[error("{0} to {1} is more than a hundred years")]
    TooLong(Date, Date),
    #[error("{0} payments or notices; {MANY_MAX} are allowed")]
    TooMany(usize),
}

/// Payments, and notices, of one claim.
const MANY_MAX: usize = 1_000;
const DAYS_MAX: i32 = 36_525;

impl Claim {
    /// What is owed by the law of a pack.
    pub fn compute(&self, pack: &Pack) -> Result<Answer, WrongClaim> {
        self.check()?;
        let mut answer = Answer {
            country: pack.country.clone(),
            pack_version: pack.version.clone(),
            principal_open: None,
            interest: None,
            fees: None,
            compensation: None,
            total: None,
            arisen: None,
            segments: Vec::new(),
            payments: Vec::new(),
            interest_rule: None,
            compensation_rule: None,
            notices: Vec::new(),
            rules: Vec::new(),
            refused: Vec::new(),
        };
        let rule = match self.debtor {
            PartyKind::Unknown => Err(Refusal::DebtorUnknown),
            debtor => pack.interest_for(debtor, self.due).ok_or_else(|| Refusal::NoInterest {
                country: pack.country.clone(),
                debtor,
                due: self.due,
            }),
        };
        match rule.and_then(|rule| Ledger::of(self, pack, Some(rule))) {
            Ok(ledger) => self.settled(&ledger, &mut answer),
            Err(refusal) => {
                // What does not hang on the interest is told all the same.
                let independent = self.debtor != PartyKind::Unknown && !self.interest_takes_part();
                let rest = independent.then(|| Ledger::of(self, pack, None)).and_then(Result::ok);
                answer.refused.push(refusal);
                if let Some(ledger) = rest {
                    answer.principal_open = Some(self.money(ledger.principal));
                    answer.fees = Some(self.money(ledger.fees_open()));
                    answer.compensation = Some(self.money(ledger.compensation_open()));
                    answer.payments = ledger.payments;
                    answer.notices = ledger.notices;
                    answer.compensation_rule = ledger.compensation_rule;
                    answer.rules = ledger.lines;
                }
            }
        }
        Ok(answer)
    }

    fn settled(&self, ledger: &Ledger<'_>, answer: &mut Answer) {
        let open = ledger.interest_open();
        let parts = ledger.interest.zip(open).map(|(arisen, open)| {
            let all = [ledger.principal, open, ledger.fees_open(), ledger.compensation_open()];
            (arisen, open, all.into_iter().try_fold(0i64, i64::checked_add))
        });
        let Some((arisen, open, Some(total))) = parts else {
            answer.refused.push(Refusal::TooLarge);
            return;
        };
        answer.principal_open = Some(self.money(ledger.principal));
        answer.interest = Some(self.money(open));
        answer.fees = Some(self.money(ledger.fees_open()));
        answer.compensation = Some(self.money(ledger.compensation_open()));
        answer.total = Some(self.money(total));
        answer.arisen = Some(Arisen {
            interest: self.money(arisen),
            fees: self.money(ledger.fees()),
            compensation: self.money(ledger.compensation()),
        });
        answer.segments = ledger.segments.clone();
        answer.payments = ledger.payments.clone();
        answer.notices = ledger.notices.clone();
        answer.interest_rule = ledger.interest_rule.clone();
        answer.compensation_rule = ledger.compensation_rule.clone();
        answer.rules = ledger.lines.clone();
    }

    /// A payment after the due date that interest may have a share in.
    fn interest_takes_part(&self) -> bool {
        let late = |payment: &PartPayment| payment.on > self.due && payment.on <= self.as_of;
        self.allocation == Order::Legal && self.payments.iter().any(late)
    }

    fn check(&self) -> Result<(), WrongClaim> {
        let many = self.payments.len().max(self.notices.len());
        if many > MANY_MAX {
            return Err(WrongClaim::TooMany(many));
        }
        if let Some(agreed) = &self.agreed {
            if agreed.percent.is_negative() {
                return Err(WrongClaim::NoRate(agreed.percent));
            }
            if agreed.on > self.due {
                return Err(WrongClaim::AgreedLate(agreed.on, self.due));
            }
        }
        let (first, last) = (self.due.min(self.as_of), self.due.max(self.as_of));
        if first.until(last).map_or(i32::MAX, |span| span.get_days()) > DAYS_MAX {
            return Err(WrongClaim::TooLong(first, last));
        }
        let costs = self.notices.iter().filter_map(|notice| notice.cost);
        let amounts = self.payments.iter().map(|payment| payment.amount).chain(costs);
        for amount in std::iter::once(self.principal).chain(amounts) {
            if amount.currency != self.principal.currency {
                return Err(WrongClaim::Mixed(amount, self.principal.currency));
            }
            if !amount.is_positive() {
                return Err(WrongClaim::NotPositive(amount));
            }
        }
        Ok(())
    }

    fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.principal.currency)
    }
}

impl Line {
    fn of(head: Head<'_>, text: String, amount: Option<Money>) -> Self {
        Self { rule: head.id.to_owned(), text, source: head.source.to_owned(), certainty: head.certainty, amount }
    }
}

#[cfg(test)]
mod tests;
