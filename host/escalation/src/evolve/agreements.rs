//! What was agreed with the debtor beside a promise: plans, settlements, write-offs, goods that come back.

use jiff::civil::Date;

use crate::account::Account;
use crate::allowance::{Allowance, AllowanceKind, ItemAmount};
use crate::goods::{GoodsReturn, ReturnState};
use crate::id::{InvoiceNumber, PlanId, ReturnId, SettlementId, WriteOffId};
use crate::money::Money;
use crate::plan::{PaymentPlan, PlanState};
use crate::settlement::{Settlement, SettlementState, came_in};
use crate::write_off::{self, WriteOff, WriteOffState};

use super::{allowances, promises};

/// Instalments of one plan; beyond this it is no plan.
const INSTALMENTS_MAX: usize = 120;

/// A new plan takes the place of running ones, and of promises, about the same invoices.
pub(super) fn plan_agreed(account: &mut Account, plan: &PaymentPlan) {
    let currency = plan.currency();
    let rising = plan.instalments.is_sorted_by(|one, next| one.due_on < next.due_on);
    let plain = |one: &crate::plan::Instalment| one.amount.is_positive() && Some(one.amount.currency) == currency;
    let known = account.plans.iter().any(|known| known.id == plan.id);
    let balance = plan.open(account);
    if known
        || balance <= 0
        || !rising
        || !plan.instalments.iter().all(plain)
        || plan.instalments.len() > INSTALMENTS_MAX
    {
        return;
    }
    for number in &plan.invoices {
        promises::supersede_for(account, number);
        for other in account.plans.iter_mut().filter(|other| other.is_running() && other.invoices.contains(number)) {
            other.state = PlanState::Cancelled;
        }
    }
    account.plans.push(PaymentPlan { balance, state: PlanState::Running, missed: Vec::new(), ..plan.clone() });
}

pub(super) fn plan_ended(account: &mut Account, id: &PlanId, state: PlanState) {
    for plan in account.plans.iter_mut().filter(|plan| &plan.id == id && plan.is_running()) {
        plan.state = state;
    }
}

pub(super) fn instalment_missed(account: &mut Account, id: &PlanId, due_on: Date) {
    for plan in account.plans.iter_mut().filter(|plan| &plan.id == id && !plan.missed.contains(&due_on)) {
        plan.missed.push(due_on);
    }
}

/// What is open counts at this moment: less than that is offered, or it is no settlement.
pub(super) fn settlement_offered(account: &mut Account, settlement: &Settlement, who: &str) {
    let known = account.settlements.iter().any(|known| known.id == settlement.id);
    let items: Vec<ItemAmount> = settlement
        .items
        .iter()
        .filter_map(|one| account.items.get(&one.invoice))
        .filter(|item| item.is_open() && item.open.currency == settlement.amount.currency)
        .map(|item| ItemAmount { invoice: item.invoice.number.clone(), amount: item.open })
        .collect();
    let taken =
        items.iter().any(|one| account.settlements.iter().any(|old| old.is_live() && old.is_about(&one.invoice)));
    let came_in_before = came_in(account, &items);
    let offered = Settlement {
        items,
        came_in_before,
        state: SettlementState::Offered,
        offered_by: who.to_owned(),
        approved_by: None,
        ..settlement.clone()
    };
    if known || taken || !settlement.amount.is_positive() || !offered.waived().is_positive() {
        return;
    }
    for one in offered.items.clone() {
        promises::supersede_for(account, &one.invoice);
    }
    account.settlements.push(offered);
}

pub(super) fn settlement_accepted(account: &mut Account, id: &SettlementId) {
    if let Some(settlement) = offer(account, id) {
        settlement.state = SettlementState::Agreed;
    }
}

/// Only another person can approve.
pub(super) fn settlement_approved(account: &mut Account, id: &SettlementId, who: Option<&str>) {
    let Some(settlement) = offer(account, id) else { return };
    if let Some(who) = who.filter(|who| write_off::may_approve(&settlement.offered_by, who)) {
        settlement.state = SettlementState::Agreed;
        settlement.approved_by = Some(who.to_owned());
    }
}

pub(super) fn settlement_ended(account: &mut Account, id: &SettlementId, state: SettlementState) {
    for settlement in account.settlements.iter_mut().filter(|known| &known.id == id && known.is_live()) {
        settlement.state = state;
    }
}

/// Paid: the rest is let off, never more than was agreed.
pub(super) fn settlement_kept(account: &mut Account, id: &SettlementId, on: Date) {
    let known = account.settlements.iter().find(|known| &known.id == id && known.state == SettlementState::Agreed);
    let Some(settlement) = known.filter(|known| known.paid(account).minor >= known.amount.minor).cloned() else {
        return;
    };
    settlement_ended(account, id, SettlementState::Kept);
    let mut left = settlement.waived();
    for one in &settlement.items {
        let allowance = Allowance {
            kind: AllowanceKind::Settlement,
            amount: left,
            on,
            reference: id.to_string(),
            payments: Vec::new(),
            because: format!("settled for {}: {}", settlement.amount, settlement.because),
        };
        left.minor -= allowances::allow(account, &one.invoice, &allowance);
    }
}

pub(super) fn write_off_proposed(account: &mut Account, proposed: &WriteOff, who: &str) {
    let known = account.write_offs.iter().any(|known| known.id == proposed.id);
    let open = |one: &ItemAmount| account.items.get(&one.invoice).is_some_and(|item| item.is_open());
    if known || proposed.items.is_empty() || !proposed.items.iter().all(open) {
        return;
    }
    account.write_offs.push(WriteOff {
        proposed_by: who.to_owned(),
        state: WriteOffState::Proposed,
        decided_by: None,
        decided_on: None,
        ..proposed.clone()
    });
}

/// Four eyes: nothing is written off by the one who proposed it, nor by the policy alone.
pub(super) fn write_off_approved(account: &mut Account, id: &WriteOffId, who: Option<&str>, on: Date) {
    let Some(known) = proposal(account, id) else { return };
    let Some(who) = who.filter(|who| write_off::may_approve(&known.proposed_by, who)) else { return };
    known.state = WriteOffState::Approved;
    (known.decided_by, known.decided_on) = (Some(who.to_owned()), Some(on));
    let approved = known.clone();
    for one in &approved.items {
        let allowance = Allowance {
            kind: AllowanceKind::WriteOff,
            amount: one.amount,
            on,
            reference: id.to_string(),
            payments: Vec::new(),
            because: approved.because.clone(),
        };
        allowances::allow(account, &one.invoice, &allowance);
    }
}

pub(super) fn write_off_declined(account: &mut Account, id: &WriteOffId, who: &str, on: Date) {
    if let Some(known) = proposal(account, id) {
        known.state = WriteOffState::Declined;
        (known.decided_by, known.decided_on) = (Some(who.to_owned()), Some(on));
    }
}

pub(super) fn return_offered(account: &mut Account, offer: &GoodsReturn) {
    let known = account.returns.iter().any(|known| known.id == offer.id);
    let item = account.items.get(&offer.invoice).filter(|item| item.is_open());
    let fits = item.is_some_and(|item| item.open.currency == offer.value.currency && offer.value.is_positive());
    if fits && !known {
        account.returns.push(GoodsReturn { state: ReturnState::Offered, ..offer.clone() });
    }
}

/// Late goods are goods too.
pub(super) fn goods_received(account: &mut Account, id: &ReturnId, value: Option<Money>) {
    let Some(known) = account.returns.iter_mut().find(|known| &known.id == id) else { return };
    if known.state == ReturnState::Received {
        return;
    }
    let value = value.filter(|value| value.currency == known.value.currency && value.is_positive());
    known.value = value.unwrap_or(known.value);
    known.state = ReturnState::Received;
    known.credited_before = account.items.get(&known.invoice).map_or(0, |item| item.credited.minor);
}

pub(super) fn return_lapsed(account: &mut Account, id: &ReturnId) {
    for known in account.returns.iter_mut().filter(|known| &known.id == id && known.state == ReturnState::Offered) {
        known.state = ReturnState::Lapsed;
    }
}

/// Money was given back: what it had fulfilled is not fulfilled any more, and is judged anew.
pub(super) fn reopen(account: &mut Account, on: Date) {
    let kept = account.settlements.iter().filter(|known| known.state == SettlementState::Kept);
    let unpaid: Vec<SettlementId> =
        kept.filter(|known| known.paid(account).minor < known.amount.minor).map(|known| known.id.clone()).collect();
    for settlement in account.settlements.iter_mut().filter(|known| unpaid.contains(&known.id)) {
        settlement.state = SettlementState::Agreed;
        for one in &settlement.items {
            if let Some(item) = account.items.get_mut(&one.invoice) {
                allowances::take_back(item, AllowanceKind::Settlement, settlement.id.as_str(), on);
            }
        }
    }
    let kept = account.plans.iter().filter(|plan| plan.state == PlanState::Kept && plan.open(account) > 0);
    let unkept: Vec<PlanId> = kept.map(|plan| plan.id.clone()).collect();
    for plan in account.plans.iter_mut().filter(|plan| unkept.contains(&plan.id)) {
        plan.state = PlanState::Running;
    }
}

/// A dispute ends the plans and settlements about the invoice: nobody pays by instalments what he disputes.
pub(super) fn cancel_for(account: &mut Account, invoice: &InvoiceNumber) {
    for plan in account.plans.iter_mut().filter(|plan| plan.is_running() && plan.invoices.contains(invoice)) {
        plan.state = PlanState::Cancelled;
    }
    for settlement in account.settlements.iter_mut().filter(|known| known.is_live() && known.is_about(invoice)) {
        settlement.state = SettlementState::Declined;
    }
}

fn offer<'a>(account: &'a mut Account, id: &SettlementId) -> Option<&'a mut Settlement> {
    let mut known = account.settlements.iter_mut();
    known.find(|known| &known.id == id && known.state == SettlementState::Offered)
}

fn proposal<'a>(account: &'a mut Account, id: &WriteOffId) -> Option<&'a mut WriteOff> {
    account.write_offs.iter_mut().find(|known| &known.id == id && known.state == WriteOffState::Proposed)
}
