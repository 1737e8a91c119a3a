//! The law of the debtor's country inside the ladder: what a notice claims beside the principal, and what money pays of it.
//!
//! A claim is computed invoice by invoice, by the pack and as of the day of the notice: the principal is what is open now and what
//! was paid in cash since; what was credited, let off or collected elsewhere counts as never owed, which suits the debtor. Only
//! what the law itself gives is claimed, and what was agreed before the debt arose as far as the law lets it count: a fee, another
//! rate. What cannot be known makes the level wait.

use jiff::civil::Date;

use super::Work;
use super::ladder::Due;
use crate::account::Account;
use crate::cash::{Allocation, Evidence, Target, named_invoices};
use crate::charge::{Bearing, Charge, ChargeKind, open_of, standing};
use crate::claim::{Answer, Claim, Line, Notice, Order, PartPayment, Refusal, Segment};
use crate::event::Fact;
use crate::fraction::Fraction;
use crate::guard::{self, Guard};
use crate::id::{EffectKey, InvoiceNumber, PaymentId};
use crate::invoice::{OpenItem, plus_days};
use crate::money::Money;
use crate::pack::{ActorRole, Cost, NoticeKind, Pack};
use crate::policy::{Level, LevelAction, Policy};

/// What the notice of a level claims for the invoices that it is about; the fee is the one of the invoice that it is named after.
pub(super) fn of_notice(
    work: &Work<'_>,
    group: &[Due<'_>],
    speaker: &Level,
    (key, named): (&EffectKey, &InvoiceNumber),
) -> Result<Vec<Charge>, Guard> {
    let mut charges = Vec::new();
    if !work.policy.claims_at(work.policy.levels_of(&work.account), speaker) {
        return Ok(charges);
    }
    let pack = guard::pack_of(work.scene())?;
    for one in group {
        let Some(item) = work.account.items.get(&one.invoice) else { continue };
        let fee = speaker.fee.filter(|_| &one.invoice == named);
        let wants = Wants { kind: fee.unwrap_or_default(), with_fee: fee.is_some(), as_of: work.today() };
        let computed = compute(work, pack, item, Some(wants)).map_err(|guard| waits(&one.invoice, guard))?;
        charges.extend(lines(work, item, &computed, key, fee.is_some()));
    }
    Ok(charges)
}

pub(super) fn record(work: &mut Work<'_>, charges: Vec<Charge>) {
    for charge in charges {
        let text = format!("{} of {}: {} ({})", charge.kind.as_str(), charge.amount, charge.title, charge.source);
        work.says("charged", text).invoice = Some(charge.invoice.clone());
        work.happens(Fact::Charged { charge });
    }
}

/// A notice that is being planned.
#[derive(Clone, Copy)]
struct Wants {
    kind: NoticeKind,
    with_fee: bool,
    as_of: Date,
}

/// The claim by law on a day; with the notice of that day, if one is planned.
fn compute(work: &Work<'_>, pack: &Pack, item: &OpenItem, wants: Option<Wants>) -> Result<Answer, Guard> {
    let today = work.today();
    // What is agreed after the debt arose does not count.
    let fee_agreed = work.account.upfront.fee_agreed(item.invoice.issued_on);
    let mut notices = sent(&work.account, work.policy, item);
    notices.iter_mut().for_each(|known| known.fee_agreed = fee_agreed);
    if let Some(wants) = wants {
        notices.retain(|known| known.sent != wants.as_of);
        let (kind, with_fee) = (wants.kind, wants.with_fee);
        notices.push(Notice { sent: wants.as_of, kind, with_fee, fee_agreed, cost: None });
    }
    let payments = paid(&work.account, item);
    let principal = payments.iter().fold(item.open.minor, |sum, paid| sum.saturating_add(paid.amount.minor));
    let claim = Claim {
        debtor: work.account.debtor.kind,
        actor: ActorRole::FirstPartyCreditor,
        principal: Money { minor: principal, ..item.open },
        due: item.invoice.due_on,
        as_of: wants.map_or(today, |wants| wants.as_of),
        payments,
        notices,
        allocation: Order::PrincipalFirst,
        agreed: work.account.upfront.interest_agreed(item.invoice.issued_on),
    };
    let answer = claim.compute(pack).map_err(|wrong| Guard::new(UNKNOWN, wrong.to_string(), None))?;
    let needed = work.policy.charges.interest || answer.compensation.is_none();
    match answer.refused.first().filter(|_| needed) {
        None => Ok(answer),
        // Who the debtor is comes as an event; a rate or a rule comes with a pack, which is none.
        Some(Refusal::DebtorUnknown) => Err(Guard::new(UNKNOWN, Refusal::DebtorUnknown.to_string(), None)),
        Some(refusal) => Err(Guard::new(UNKNOWN, refusal.to_string(), Some(plus_days(today, 1)))),
    }
}

const UNKNOWN: &str = "claim-unknown";

fn waits(invoice: &InvoiceNumber, guard: Guard) -> Guard {
    let text = format!("what {invoice} costs by law is not known: {}", guard.text);
    Guard { text, ..guard }
}

/// Notices about the item so far: those that cost a fee, whichever walk up the ladder they belong to, and those that did not.
fn sent(account: &Account, policy: &Policy, item: &OpenItem) -> Vec<Notice> {
    let notice = |sent, kind, with_fee| Notice { sent, kind, with_fee, fee_agreed: false, cost: None };
    let kind_of = |level: &Level| level.fee.unwrap_or_default();
    let charged = account.charges.iter().filter(|line| line.kind == ChargeKind::Fee);
    let charged = charged.filter(|line| line.invoice == item.invoice.number);
    let mut notices: Vec<Notice> = charged
        .map(|line| {
            // A fee is claimed under the id of its level: `notice:second-notice:INV-7:cycle-1`.
            let level = line.notice.as_str().split(':').nth(1).and_then(|id| policy.level(&id.into()));
            notice(line.on, level.map(kind_of).unwrap_or_default(), true)
        })
        .collect();
    for step in item.steps.iter().filter(|step| step.passed.is_none()) {
        let level = policy.level(&step.level).filter(|level| level.action == LevelAction::Notice);
        if let Some(level) = level.filter(|_| notices.iter().all(|known| known.sent != step.on)) {
            notices.push(notice(step.on, kind_of(level), false));
        }
    }
    notices
}

/// Cash that paid the item's principal, by value dates.
fn paid(account: &Account, item: &OpenItem) -> Vec<PartPayment> {
    let pays = |to: &Target| matches!(to, Target::Invoice(number) if number == &item.invoice.number);
    let posted = account.payments.values();
    let parts = posted.flat_map(|posted| posted.allocations.iter().map(move |part| (part, posted.payment.value_on)));
    parts.filter(|(part, _)| pays(&part.to)).map(|(part, on)| PartPayment { amount: part.amount, on }).collect()
}

/// What the policy claims of what the law gives. A thing that costs nothing is no line, unless it takes one back.
fn lines(work: &Work<'_>, item: &OpenItem, answer: &Answer, key: &EffectKey, with_fee: bool) -> Vec<Charge> {
    let number = &item.invoice.number;
    let wanted = &work.policy.charges;
    let line = |kind, amount: Money, rule: &Line, bears| Charge {
        invoice: number.clone(),
        kind,
        amount,
        on: work.today(),
        notice: key.clone(),
        rule: rule.rule.clone(),
        title: rule.text.clone(),
        source: rule.source.clone(),
        certainty: rule.certainty,
        billed: item.billed(),
        bears,
    };
    let known = |kind| work.account.charges.iter().any(|line| &line.invoice == number && line.kind == kind);
    let mut made = Vec::new();
    if let Some((arisen, rule)) = answer.arisen.zip(answer.interest_rule.as_ref()).filter(|_| wanted.interest)
        && (arisen.interest.is_positive() || known(ChargeKind::Interest))
    {
        let bears = bearings(&answer.segments, arisen.interest);
        made.push(line(ChargeKind::Interest, arisen.interest, rule, bears));
    }
    if let Some(rule) = answer.notices.last().filter(|_| with_fee)
        && let Some(amount) = rule.amount.filter(|amount| amount.is_positive())
    {
        made.push(line(ChargeKind::Fee, amount, rule, Vec::new()));
    }
    if let Some((amount, rule)) = answer.compensation.zip(answer.compensation_rule.as_ref())
        && wanted.compensation
        && (amount.is_positive() || known(ChargeKind::Compensation))
    {
        made.push(line(ChargeKind::Compensation, amount, rule, Vec::new()));
    }
    made
}

/// The parts of a sum that is rounded once: each is what the rounded sum grows by with it.
fn bearings(segments: &[Segment], interest: Money) -> Vec<Bearing> {
    let mut exact = Fraction::ZERO;
    let mut before = 0;
    let mut bears = Vec::new();
    for segment in segments {
        exact = exact.plus(segment.exact).unwrap_or(exact);
        let so_far = exact.rounded().unwrap_or(before).min(interest.minor);
        let amount = Money { minor: so_far - before, ..interest };
        before = so_far;
        let Segment { from, to, principal, rate, .. } = *segment;
        bears.push(Bearing { from, to, principal, rate, amount });
    }
    bears
}

/// A credit memo or a correction says that less was owed from the beginning: what was claimed for more is computed anew.
pub(super) fn restate(work: &mut Work<'_>) {
    let stale = standing(&work.account).into_iter().map(|one| one.charge);
    let billed = |charge: &Charge| work.account.items.get(&charge.invoice).map(OpenItem::billed);
    let stale: Vec<Charge> =
        stale.filter(|charge| billed(charge).is_some_and(|now| now.minor < charge.billed.minor)).cloned().collect();
    for charge in stale {
        let Some(item) = work.account.items.get(&charge.invoice).cloned() else { continue };
        let (amount, bears) = match smaller(work, &item, &charge) {
            Ok(found) => found,
            Err(guard) => {
                let guard = waits(&charge.invoice, guard);
                work.is_silent(guard, &charge.invoice, None);
                continue;
            }
        };
        let text = format!("{} of {}: {amount} instead of {}", charge.kind.as_str(), charge.invoice, charge.amount);
        work.says("charge-restated", text).invoice = Some(charge.invoice.clone());
        work.happens(Fact::Charged { charge: Charge { amount, bears, billed: item.billed(), ..charge } });
    }
}

/// What is left of a charge when less is billed; never more than it was.
fn smaller(work: &Work<'_>, item: &OpenItem, charge: &Charge) -> Result<(Money, Vec<Bearing>), Guard> {
    let zero = Money::zero(charge.amount.currency);
    let owed = item.open.minor.saturating_add(item.came_in());
    if owed <= 0 || !item.billed().is_positive() {
        return Ok((zero, Vec::new()));
    }
    let wants = Wants { kind: NoticeKind::default(), with_fee: false, as_of: charge.on };
    let answer = || compute(work, guard::pack_of(work.scene())?, item, Some(wants));
    Ok(match charge.kind {
        ChargeKind::Fee => (charge.amount, Vec::new()),
        ChargeKind::Compensation => {
            let amount = answer()?.compensation.unwrap_or(zero);
            (amount.at_most(charge.amount), Vec::new())
        }
        ChargeKind::Interest => {
            let answer = answer()?;
            let amount = answer.arisen.map_or(zero, |arisen| arisen.interest).at_most(charge.amount);
            (amount, bearings(&answer.segments, amount))
        }
    })
}

/// What a payment has beyond the principal pays the charges of the invoices that it names, in the order of the law. Where it does
/// not pay them all and the law states no order, a person assigns it.
pub(super) fn pay(work: &mut Work<'_>) {
    let waiting = work.account.payments.values();
    let waiting = waiting.filter(|posted| posted.unapplied.is_positive() && !posted.kept);
    let waiting: Vec<PaymentId> = waiting.map(|posted| posted.payment.id.clone()).collect();
    for payment in waiting {
        let allocations = beyond(work, &payment);
        if allocations.is_empty() {
            continue;
        }
        for part in &allocations {
            if let Target::Charge { invoice, kind } = &part.to {
                let text = format!("{} of payment `{payment}` for the {}", part.amount, kind.as_str());
                work.says("cash-applied", text).invoice = Some(invoice.clone());
            }
        }
        work.happens(Fact::CashApplied { payment, allocations });
    }
}

fn beyond(work: &Work<'_>, payment: &PaymentId) -> Vec<Allocation> {
    let Some(posted) = work.account.payments.get(payment) else { return Vec::new() };
    let mut invoices = named_invoices(&work.account, &posted.payment);
    for part in &posted.allocations {
        if let Target::Invoice(number) = &part.to
            && !invoices.contains(number)
        {
            invoices.push(number.clone());
        }
    }
    let stands = standing(&work.account);
    let mut left = posted.unapplied;
    let mut allocations = Vec::new();
    for invoice in invoices {
        let settled =
            work.account.items.get(&invoice).is_some_and(|item| !item.is_open() && item.open.currency == left.currency);
        let owed = |kind| open_of(&stands, &invoice, kind);
        let all = [ChargeKind::Fee, ChargeKind::Compensation, ChargeKind::Interest];
        let whole = all.into_iter().fold(0i64, |sum, kind| sum.saturating_add(owed(kind)));
        let Some(order) = order(work, posted.payment.value_on, left.minor >= whole).filter(|_| settled) else {
            continue;
        };
        for kind in order {
            let amount = left.at_most(Money { minor: owed(kind), ..left });
            if amount.is_positive() {
                left.minor -= amount.minor;
                let to = Target::Charge { invoice: invoice.clone(), kind };
                allocations.push(Allocation { to, amount, by: Evidence::BeyondPrincipal });
            }
        }
    }
    allocations
}

/// Fees before the compensation, as the calculator has it; none: the order matters and is not known.
fn order(work: &Work<'_>, on: Date, pays_all: bool) -> Option<Vec<ChargeKind>> {
    let costs = [ChargeKind::Fee, ChargeKind::Compensation];
    if pays_all {
        return Some([&costs[..], &[ChargeKind::Interest]].concat());
    }
    let pack = guard::pack_of(work.scene()).ok()?;
    let rule = pack.allocation_for(work.account.debtor.kind, on)?;
    let kinds = rule.order.iter().flat_map(|part| match part {
        Cost::Costs => costs.to_vec(),
        Cost::Interest => vec![ChargeKind::Interest],
        Cost::Principal => Vec::new(),
    });
    Some(kinds.collect())
}
