//! Plans, settlements and goods that come back are judged; who broke his word pays in advance until nothing is owed.

use super::Work;
use crate::event::Fact;
use crate::goods::{GoodsReturn, ReturnState};
use crate::invoice::{days_between, plus_days};
use crate::money::Money;
use crate::plan::{PaymentPlan, judged_on};
use crate::policy::limit;
use crate::promise::PromiseState;
use crate::settlement::{Settlement, SettlementState};

pub(super) fn judge(work: &mut Work<'_>) {
    let plans: Vec<PaymentPlan> = work.account.plans.iter().filter(|plan| plan.is_running()).cloned().collect();
    plans.into_iter().for_each(|plan| judge_plan(work, &plan));
    let settlements: Vec<Settlement> = work.account.settlements.iter().filter(|one| one.is_live()).cloned().collect();
    settlements.into_iter().for_each(|settlement| judge_settlement(work, &settlement));
    let offers = work.account.returns.iter().filter(|offer| offer.state == ReturnState::Offered);
    let offers: Vec<GoodsReturn> = offers.cloned().collect();
    offers.into_iter().for_each(|offer| judge_return(work, &offer));
    cash_in_advance(work);
}

fn judge_plan(work: &mut Work<'_>, plan: &PaymentPlan) {
    let rules = work.policy.plan.clone();
    if let Some(because) = not_a_plan(work, plan) {
        work.says("plan-refused", because.clone());
        return work.happens(Fact::PlanRefused { plan: plan.id.clone(), because });
    }
    let today = work.today();
    let standing = plan.standing(&work.account, today, rules.grace_days);
    if standing.behind.is_none() && standing.next.is_none() {
        work.says("plan-kept", "every instalment of the payment plan was paid");
        return work.happens(Fact::PlanKept { plan: plan.id.clone() });
    }
    let mut missed = plan.missed.len();
    if let Some((_, missing)) = standing.behind {
        let over = plan.instalments.iter().filter(|one| today > judged_on(one.due_on, rules.grace_days));
        // Of those whose grace is over the last ones are not covered: once known as missed, each stays on record.
        let uncovered = over.filter(|one| !plan.missed.contains(&one.due_on) && is_uncovered(work, plan, one.due_on));
        for due_on in uncovered.map(|one| one.due_on).collect::<Vec<_>>() {
            missed += 1;
            work.says("instalment-missed", format!("instalment of {due_on} missed: {missing} is not here"));
            work.happens(Fact::InstalmentMissed { plan: plan.id.clone(), due_on, missing });
        }
        if missed > usize::from(rules.missed_max) {
            let because =
                format!("{missed} instalments were missed, {} may be: what is left is due at once", rules.missed_max);
            work.says("plan-broken", format!("payment plan broken: {because}"));
            return work.happens(Fact::PlanBroken { plan: plan.id.clone(), because });
        }
    }
    let ends = plan.instalments.iter().map(|one| plus_days(judged_on(one.due_on, rules.grace_days), 1));
    if let Some(day) = ends.filter(|day| *day > today).min() {
        work.wakes(day);
    }
}

/// More is open than may be after the instalment of that day.
fn is_uncovered(work: &Work<'_>, plan: &PaymentPlan, due_on: jiff::civil::Date) -> bool {
    let until = plan.instalments.iter().filter(|one| one.due_on <= due_on);
    let paid_by_then = until.fold(0i64, |sum, one| sum.saturating_add(one.amount.minor));
    plan.open(&work.account) > plan.balance.saturating_sub(paid_by_then).max(0)
}

fn not_a_plan(work: &Work<'_>, plan: &PaymentPlan) -> Option<String> {
    let rules = &work.policy.plan;
    let (count, most) = (plan.instalments.len(), usize::from(rules.instalments_max));
    if count > most {
        return Some(format!("a plan of {count} instalments is not accepted: at most {most}"));
    }
    let last = plan.instalments.last()?.due_on;
    let days = i32::from(rules.days_max);
    (days_between(plan.agreed_on, last) > days)
        .then(|| format!("a plan until {last} is not accepted: at most {days} days"))
}

fn judge_settlement(work: &mut Work<'_>, settlement: &Settlement) {
    let id = settlement.id.clone();
    let ends = plus_days(settlement.pay_by, i32::from(work.policy.settlement.grace_days) + 1);
    let paid = settlement.paid(&work.account);
    let mut agreed = settlement.state == SettlementState::Agreed;
    if !agreed && let Some(because) = authority(work, settlement) {
        work.says("settlement-accepted", because.clone());
        work.happens(Fact::SettlementAccepted { settlement: id.clone(), because });
        agreed = true;
    }
    if agreed && paid.minor >= settlement.amount.minor {
        work.says("settlement-kept", format!("settled: {paid} paid, {} is let off", settlement.waived()));
        work.happens(Fact::SettlementKept { settlement: id });
    } else if work.today() >= ends {
        let because = format!("{paid} of {} came by {}", settlement.amount, settlement.pay_by);
        work.says("settlement-failed", format!("settlement failed: {because}; the whole balance is owed"));
        work.happens(Fact::SettlementFailed { settlement: id, because });
    } else {
        work.wakes(ends);
    }
}

/// What one person may let off by the policy; none: a second person has to approve.
fn authority(work: &Work<'_>, settlement: &Settlement) -> Option<String> {
    let rules = &work.policy.settlement;
    let (waived, balance) = (settlement.waived(), settlement.balance());
    let most = limit(&rules.waive_max, waived.currency)?;
    let share = balance.share(i128::from(rules.waive_percent_max), 100)?;
    let most = Money { minor: most.minor.min(share.minor), ..most };
    let text = format!("{waived} may be let off by one person: up to {most}");
    (waived.minor <= most.minor).then_some(text)
}

fn judge_return(work: &mut Work<'_>, offer: &GoodsReturn) {
    if work.today() > offer.until {
        let because = format!("`{}` did not come by {}", offer.goods, offer.until);
        work.says("return-lapsed", because.clone()).invoice = Some(offer.invoice.clone());
        return work.happens(Fact::ReturnLapsed { offer: offer.id.clone(), because });
    }
    work.wakes(plus_days(offer.until, 1));
}

/// Whoever broke a promise or a plan gets no more credit while anything is owed.
fn cash_in_advance(work: &mut Work<'_>) {
    let owes = !work.account.open().is_empty();
    match &work.account.cash_in_advance {
        Some(_) if !owes => {
            let reason = "nothing is owed any more".to_owned();
            work.says("cash-in-advance-lifted", format!("credit terms are back: {reason}"));
            work.happens(Fact::CashInAdvanceLifted { reason });
        }
        None if owes && work.policy.promise.cash_in_advance => {
            if let Some(reason) = broken_now(work) {
                work.says("cash-in-advance", format!("orders against cash in advance only: {reason}"));
                work.happens(Fact::CashInAdvanceRequired { reason });
            }
        }
        _ => {}
    }
}

/// What was broken in this very decision: an old sin, paid for since, is not held against anybody.
fn broken_now(work: &Work<'_>) -> Option<String> {
    work.events.iter().find_map(|fact| match fact {
        Fact::PromiseBroken { promise } | Fact::PromisePartlyKept { promise } => {
            let known = work.account.promises.iter().find(|known| &known.id == promise)?;
            let how = if known.state == PromiseState::Broken { "broken" } else { "partly kept" };
            Some(format!("promise of {} by {} {how}", known.amount, known.due_on))
        }
        Fact::PlanBroken { .. } => Some("payment plan broken".to_owned()),
        _ => None,
    })
}
