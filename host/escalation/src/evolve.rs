//! How a fact changes an account. Total: every fact is taken, in any order; what makes no sense changes nothing.

mod agreements;
mod allowances;
mod cash;
mod charges;
mod contact;
mod effects;
mod placements;
mod promises;
mod upfront;
mod tasks;
#[cfg(test)]
mod tests;

use jiff::civil::Date;

use crate::account::{Account, CashInAdvance, CreditHold, DunningBlock};
use crate::approval;
use crate::assignment;
use crate::dispute::{Dispute, Resolution};
use crate::event::{Event, Fact};
use crate::id::{DisputeId, InvoiceNumber, LevelId};
use crate::invoice::{Invoice, OpenItem, Step};
use crate::plan::PlanState;
use crate::promise::PromiseState;
use crate::proposal;
use crate::settlement::SettlementState;
use crate::write_off;

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

        Fact::CallEnded(_)
        | Fact::StopRequested { .. }
        | Fact::StopLifted { .. }
        | Fact::ProtectionBegan { .. }
        | Fact::ProtectionEnded { .. }
        | Fact::MessageTracked { .. } => contact::heard(account, &event.fact),

        Fact::PromiseMade { promise } => promises::made(account, promise),
        Fact::PromiseKept { promise } => promises::end(account, promise, PromiseState::Kept),
        Fact::PromisePartlyKept { promise } => promises::end(account, promise, PromiseState::PartlyKept),
        Fact::PromiseBroken { promise } => promises::end(account, promise, PromiseState::Broken),
        Fact::PromiseRefused { promise, .. } => promises::end(account, promise, PromiseState::Cancelled),

        Fact::DisputeOpened { dispute } => dispute_opened(account, dispute),
        Fact::DisputeResolved { dispute, outcome, text } => dispute_resolved(account, dispute, outcome, text, on),
        Fact::DunningBlocked { reason, until } => blocked(account, reason, *until),
        Fact::DunningUnblocked { .. } => account.blocked = None,

        Fact::LevelReached { invoice, level } => step(account, invoice, level, on, None),
        Fact::LevelPassed { invoice, level, because } => step(account, invoice, level, on, Some(because.clone())),
        Fact::PolicyAssigned { .. } | Fact::SegmentAssigned { .. } => assignment::assigned(account, &event.fact, on),
        Fact::CreditHeld { reason } => held(account, reason, on),
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
        Fact::LaneRetried { .. } | Fact::NotificationAcknowledged { .. } => {}

        // Each takes what is its own.
        other => {
            upfront::took_place(account, other, on);
            agreed(account, other, event);
        }
    }
}

/// What was agreed beside a promise, and what came of it.
fn agreed(account: &mut Account, fact: &Fact, event: &Event) {
    let (on, who) = (event.on, write_off::person(&event.origin));
    let anybody = who.unwrap_or(write_off::POLICY);
    match fact {
        Fact::AmountAllowed { invoice, allowance } => {
            allowances::allow(account, invoice, allowance);
        }
        Fact::MandateGiven { mandate } => account.mandate = Some(mandate.clone()),
        Fact::MandateEnded { .. } => account.mandate = None,
        Fact::LevelProposed { level, invoices, approval } => {
            proposal::proposed(account, level, invoices, *approval, on);
        }
        Fact::LevelApproved { level } => proposal::approved(account, level, event),
        Fact::LevelDeclined { level, because } => declined(account, level, on, because),
        Fact::ProposalEnded { level, .. } => drop(account.proposals.remove(level)),
        Fact::Charged { charge } => charges::charged(account, charge),
        Fact::OverpaymentKept { payment } => cash::kept(account, payment),
        Fact::WriteOffRecovered { payment, invoice, amount } => {
            allowances::recovered(account, payment, invoice, *amount, on);
        }

        Fact::PlanAgreed { plan } => agreements::plan_agreed(account, plan),
        Fact::PlanRefused { plan, .. } | Fact::PlanCancelled { plan, .. } => {
            agreements::plan_ended(account, plan, PlanState::Cancelled);
        }
        Fact::InstalmentMissed { plan, due_on, .. } => agreements::instalment_missed(account, plan, *due_on),
        Fact::PlanKept { plan } => agreements::plan_ended(account, plan, PlanState::Kept),
        Fact::PlanBroken { plan, .. } => agreements::plan_ended(account, plan, PlanState::Broken),

        Fact::SettlementOffered { settlement } => agreements::settlement_offered(account, settlement, anybody),
        Fact::SettlementAccepted { settlement, .. } => agreements::settlement_accepted(account, settlement),
        Fact::SettlementApproved { settlement } => agreements::settlement_approved(account, settlement, who),
        Fact::SettlementKept { settlement } => agreements::settlement_kept(account, settlement, on),
        Fact::SettlementFailed { settlement, .. } => {
            agreements::settlement_ended(account, settlement, SettlementState::Failed);
        }
        Fact::SettlementDeclined { settlement, .. } => {
            agreements::settlement_ended(account, settlement, SettlementState::Declined);
        }

        Fact::WriteOffProposed { write_off } => agreements::write_off_proposed(account, write_off, anybody),
        Fact::WriteOffApproved { write_off } => agreements::write_off_approved(account, write_off, who, on),
        Fact::WriteOffDeclined { write_off, .. } => agreements::write_off_declined(account, write_off, anybody, on),

        Fact::ReturnOffered { offer } => agreements::return_offered(account, offer),
        Fact::GoodsReceived { offer, value } => agreements::goods_received(account, offer, *value),
        Fact::ReturnLapsed { offer, .. } => agreements::return_lapsed(account, offer),

        Fact::CashInAdvanceRequired { reason } => {
            let required = || CashInAdvance { since: on, reason: reason.clone() };
            account.cash_in_advance.get_or_insert_with(required);
        }
        Fact::CashInAdvanceLifted { .. } => account.cash_in_advance = None,
        _ => tasks::heard(account, event),
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
        agreements::cancel_for(account, &dispute.invoice);
    }
}

fn dispute_resolved(account: &mut Account, dispute: &DisputeId, outcome: &str, text: &str, on: Date) {
    if let Some(known) = account.disputes.iter_mut().find(|known| &known.id == dispute && known.is_open()) {
        known.resolution = Some(Resolution { on, outcome: outcome.to_owned(), text: text.to_owned() });
    }
}

fn blocked(account: &mut Account, reason: &str, until: Option<Date>) {
    account.blocked = Some(DunningBlock { reason: reason.to_owned(), until });
}

fn held(account: &mut Account, reason: &str, on: Date) {
    account.hold.get_or_insert_with(|| CreditHold { since: on, reason: reason.to_owned() });
}

fn declined(account: &mut Account, level: &LevelId, on: Date, because: &str) {
    let Some(proposal) = account.proposals.remove(level) else { return };
    for invoice in &proposal.invoices {
        step(account, invoice, level, on, Some(because.to_owned()));
    }
}

/// Each level once. One that was passed over can still be taken: another ladder may ask for it.
fn step(account: &mut Account, invoice: &InvoiceNumber, level: &LevelId, on: Date, passed: Option<String>) {
    let Some(item) = account.items.get_mut(invoice) else { return };
    if passed.is_none() {
        item.steps.retain(|known| &known.level != level || known.passed.is_none());
    }
    if item.steps.iter().all(|known| &known.level != level) {
        item.steps.push(Step { level: level.clone(), on, passed });
    }
}
