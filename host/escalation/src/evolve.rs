//! How a fact changes an account. Total: every fact is taken, in any order; what makes no sense changes nothing.

mod cash;
mod contact;
mod effects;
mod placements;
mod promises;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::account::{Account, CreditHold, DunningBlock};
use crate::approval;
use crate::assignment;
use crate::dispute::{Dispute, Resolution};
use crate::event::{Event, Fact};
use crate::id::{DisputeId, InvoiceNumber};
use crate::invoice::{Invoice, OpenItem, Step};
use crate::promise::PromiseState;

/// Folds one event into the account.
pub fn evolve(account: &mut Account, event: &Event) {
    let on = event.on;
    match &event.fact {
        Fact::DebtorSynced { debtor } => contact::debtor_synced(account, debtor),
        Fact::InvoiceIssued { invoice } => issued(account, invoice, event.source()),
        Fact::InvoiceRestated { number, open } => cash::restated(account, number, *open),
        Fact::InvoiceMissing { number } => listed(account, number, Some(on)),
        Fact::InvoiceFound { number } => listed(account, number, None),
        Fact::CreditMemoIssued { memo } => cash::credited(account, memo),
        Fact::PaymentReceived { payment } => cash::received(account, payment),
        Fact::PaymentAnnounced { payment } => cash::announced(account, payment),
        Fact::PaymentReversed { payment } => cash::reversed(account, payment),
        Fact::CashApplied { payment, allocations } | Fact::CashAssigned { payment, allocations } => {
            cash::allocated(account, payment, allocations);
        }
        Fact::PaymentMoved { payment, .. } => cash::moved(account, payment),

        Fact::CallEnded(call) => contact::call_ended(account, call),
        Fact::StopRequested { medium, .. } => {
            account.stopped.insert(medium.clone());
        }
        Fact::StopLifted { medium, .. } => {
            account.stopped.remove(medium);
        }
        Fact::ProtectionBegan { protection } => contact::protected(account, protection),
        Fact::ProtectionEnded { kind, .. } => account.protections.retain(|known| known.kind != *kind),
        Fact::MessageTracked { message, status, .. } => contact::tracked(account, message, *status),

        Fact::PromiseMade { promise } => promises::made(account, promise),
        Fact::PromiseKept { promise } => promises::end(account, promise, PromiseState::Kept),
        Fact::PromisePartlyKept { promise } => promises::end(account, promise, PromiseState::PartlyKept),
        Fact::PromiseBroken { promise } => promises::end(account, promise, PromiseState::Broken),
        Fact::PromiseRefused { promise, .. } => promises::end(account, promise, PromiseState::Cancelled),

        Fact::DisputeOpened { dispute } => dispute_opened(account, dispute),
        Fact::DisputeResolved { dispute, outcome, text } => {
            let resolution = Resolution { on, outcome: outcome.clone(), text: text.clone() };
            dispute_resolved(account, dispute, resolution);
        }
        Fact::DunningBlocked { reason, until } => {
            account.blocked = Some(DunningBlock { reason: reason.clone(), until: *until });
        }
        Fact::DunningUnblocked { .. } => account.blocked = None,

        Fact::LevelReached { invoice, level } => {
            step(account, invoice, Step { level: level.clone(), on, passed: None })
        }
        Fact::LevelPassed { invoice, level, because } => {
            step(account, invoice, Step { level: level.clone(), on, passed: Some(because.clone()) });
        }
        Fact::PolicyAssigned { .. } | Fact::SegmentAssigned { .. } => assignment::assigned(account, &event.fact, on),
        Fact::CreditHeld { reason } => {
            account.hold.get_or_insert_with(|| CreditHold { since: on, reason: reason.clone() });
        }
        Fact::CreditReleased { .. } => account.hold = None,

        Fact::PlacementAcknowledged { placement, status, agency_reference, reason } => {
            placements::acknowledged(account, placement, status, agency_reference, reason, on);
        }
        Fact::AgencyCollected { placement, collection } => placements::collected(account, placement, collection),
        Fact::PlacementReturned { placement, reason } => placements::returned(account, placement, reason, on),

        Fact::EffectPlanned { effect } => effects::planned(account, effect),
        Fact::EffectCancelled { key, .. } | Fact::EffectExpired { key } => effects::taken_back(account, key),
        Fact::EffectDone { key, .. } => effects::done(account, key, on),
        Fact::EffectRejected { key, code, reason } => effects::rejected(account, key, code, reason, on),
        Fact::EffectUnknown { key, .. } => effects::unknown(account, key),
        Fact::EffectApproved { key } => approval::given(account, key, event),
        Fact::EffectSettled { key, happened, .. } => effects::settled(account, key, *happened),
        // For the record: it changes nothing.
        Fact::LaneRetried { .. } => {}
    }
}

/// The first word on an invoice counts.
fn issued(account: &mut Account, invoice: &Invoice, source: &str) {
    let item = || OpenItem::new(invoice.clone(), source);
    account.items.entry(invoice.number.clone()).or_insert_with(item);
    cash::use_credit(account);
}

/// The source does not list the item since a day; none: it does.
fn listed(account: &mut Account, number: &InvoiceNumber, missing_since: Option<Date>) {
    if let Some(item) = account.items.get_mut(number) {
        item.missing_since = missing_since.map(|day| item.missing_since.unwrap_or(day));
    }
}

fn dispute_opened(account: &mut Account, dispute: &Dispute) {
    if account.disputes.iter().all(|known| known.id != dispute.id) {
        account.disputes.push(dispute.clone());
        promises::cancel_for(account, &dispute.invoice);
    }
}

fn dispute_resolved(account: &mut Account, dispute: &DisputeId, resolution: Resolution) {
    if let Some(known) = account.disputes.iter_mut().find(|known| &known.id == dispute && known.is_open()) {
        known.resolution = Some(resolution);
    }
}

/// Each level once. One that was passed over can still be taken: another ladder may ask for it.
fn step(account: &mut Account, invoice: &InvoiceNumber, step: Step) {
    let Some(item) = account.items.get_mut(invoice) else { return };
    if step.passed.is_none() {
        item.steps.retain(|known| known.level != step.level || known.passed.is_none());
    }
    if item.steps.iter().all(|known| known.level != step.level) {
        item.steps.push(step);
    }
}
