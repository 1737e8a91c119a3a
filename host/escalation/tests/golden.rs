//! What is persisted keeps its form: one of every fact as JSON, and accounts that come back as they went.

#![allow(clippy::unwrap_used)] // a test may

use escalation::Account;
use escalation::event::{Event, Fact};
use serde_json::Value;

const GOLDEN: &str = include_str!("../fixtures/events.golden.json");

fn golden() -> Vec<Value> {
    serde_json::from_str(GOLDEN).unwrap()
}

/// The name of every fact in the journal.
const FACTS: &[&str] = &[
    "debtor-synced",
    "invoice-issued",
    "invoice-restated",
    "invoice-missing",
    "invoice-found",
    "credit-memo-issued",
    "payment-received",
    "payment-announced",
    "payment-reversed",
    "call-ended",
    "promise-made",
    "dispute-opened",
    "stop-requested",
    "message-tracked",
    "placement-acknowledged",
    "agency-collected",
    "placement-returned",
    "dispute-resolved",
    "dunning-blocked",
    "dunning-unblocked",
    "protection-began",
    "protection-ended",
    "stop-lifted",
    "cash-assigned",
    "payment-moved",
    "effect-approved",
    "effect-settled",
    "lane-retried",
    "cash-applied",
    "promise-kept",
    "promise-partly-kept",
    "promise-broken",
    "promise-refused",
    "level-reached",
    "level-passed",
    "policy-assigned",
    "segment-assigned",
    "credit-held",
    "credit-released",
    "effect-planned",
    "effect-cancelled",
    "effect-done",
    "effect-rejected",
    "effect-unknown",
    "effect-expired",
    "amount-allowed",
    "overpayment-kept",
    "write-off-recovered",
    "plan-agreed",
    "instalment-missed",
    "plan-broken",
    "plan-kept",
    "plan-refused",
    "plan-cancelled",
    "settlement-offered",
    "settlement-accepted",
    "settlement-approved",
    "settlement-kept",
    "settlement-failed",
    "settlement-declined",
    "write-off-proposed",
    "write-off-approved",
    "write-off-declined",
    "return-offered",
    "goods-received",
    "return-lapsed",
    "cash-in-advance-required",
    "cash-in-advance-lifted",
];

#[test]
fn every_fact_keeps_its_form() {
    for value in golden() {
        let event: Event = serde_json::from_value(value.clone()).unwrap_or_else(|wrong| panic!("{wrong}: {value}"));
        assert_eq!(serde_json::to_value(&event).unwrap(), value);
    }
}

/// Every variant is in the golden file: the match does not compile when one is added, and the names do not agree.
#[test]
fn every_variant_is_there() {
    let mut found: Vec<String> =
        golden().iter().map(|value| value["fact"]["type"].as_str().unwrap().to_owned()).collect();
    found.dedup();
    let facts: Vec<Event> = serde_json::from_str(GOLDEN).unwrap();
    for event in &facts {
        assert!(found.contains(&name(&event.fact).to_owned()), "{}", name(&event.fact));
    }
    for name in FACTS {
        assert!(found.iter().any(|found| found == name), "`{name}` is missing in the golden file");
    }
}

fn name(fact: &Fact) -> &'static str {
    match fact {
        Fact::DebtorSynced { .. } => "debtor-synced",
        Fact::InvoiceIssued { .. } => "invoice-issued",
        Fact::InvoiceRestated { .. } => "invoice-restated",
        Fact::InvoiceMissing { .. } => "invoice-missing",
        Fact::InvoiceFound { .. } => "invoice-found",
        Fact::CreditMemoIssued { .. } => "credit-memo-issued",
        Fact::PaymentReceived { .. } => "payment-received",
        Fact::PaymentAnnounced { .. } => "payment-announced",
        Fact::PaymentReversed { .. } => "payment-reversed",
        Fact::CallEnded(_) => "call-ended",
        Fact::PromiseMade { .. } => "promise-made",
        Fact::DisputeOpened { .. } => "dispute-opened",
        Fact::StopRequested { .. } => "stop-requested",
        Fact::MessageTracked { .. } => "message-tracked",
        Fact::PlacementAcknowledged { .. } => "placement-acknowledged",
        Fact::AgencyCollected { .. } => "agency-collected",
        Fact::PlacementReturned { .. } => "placement-returned",
        Fact::DisputeResolved { .. } => "dispute-resolved",
        Fact::DunningBlocked { .. } => "dunning-blocked",
        Fact::DunningUnblocked { .. } => "dunning-unblocked",
        Fact::ProtectionBegan { .. } => "protection-began",
        Fact::ProtectionEnded { .. } => "protection-ended",
        Fact::StopLifted { .. } => "stop-lifted",
        Fact::CashAssigned { .. } => "cash-assigned",
        Fact::PaymentMoved { .. } => "payment-moved",
        Fact::EffectApproved { .. } => "effect-approved",
        Fact::EffectSettled { .. } => "effect-settled",
        Fact::LaneRetried { .. } => "lane-retried",
        Fact::CashApplied { .. } => "cash-applied",
        Fact::PromiseKept { .. } => "promise-kept",
        Fact::PromisePartlyKept { .. } => "promise-partly-kept",
        Fact::PromiseBroken { .. } => "promise-broken",
        Fact::PromiseRefused { .. } => "promise-refused",
        Fact::LevelReached { .. } => "level-reached",
        Fact::LevelPassed { .. } => "level-passed",
        Fact::PolicyAssigned { .. } => "policy-assigned",
        Fact::SegmentAssigned { .. } => "segment-assigned",
        Fact::CreditHeld { .. } => "credit-held",
        Fact::CreditReleased { .. } => "credit-released",
        Fact::EffectPlanned { .. } => "effect-planned",
        Fact::EffectCancelled { .. } => "effect-cancelled",
        Fact::EffectDone { .. } => "effect-done",
        Fact::EffectRejected { .. } => "effect-rejected",
        Fact::EffectUnknown { .. } => "effect-unknown",
        Fact::EffectExpired { .. } => "effect-expired",
        Fact::AmountAllowed { .. } => "amount-allowed",
        Fact::OverpaymentKept { .. } => "overpayment-kept",
        Fact::WriteOffRecovered { .. } => "write-off-recovered",
        Fact::PlanAgreed { .. } => "plan-agreed",
        Fact::InstalmentMissed { .. } => "instalment-missed",
        Fact::PlanBroken { .. } => "plan-broken",
        Fact::PlanKept { .. } => "plan-kept",
        Fact::PlanRefused { .. } => "plan-refused",
        Fact::PlanCancelled { .. } => "plan-cancelled",
        Fact::SettlementOffered { .. } => "settlement-offered",
        Fact::SettlementAccepted { .. } => "settlement-accepted",
        Fact::SettlementApproved { .. } => "settlement-approved",
        Fact::SettlementKept { .. } => "settlement-kept",
        Fact::SettlementFailed { .. } => "settlement-failed",
        Fact::SettlementDeclined { .. } => "settlement-declined",
        Fact::WriteOffProposed { .. } => "write-off-proposed",
        Fact::WriteOffApproved { .. } => "write-off-approved",
        Fact::WriteOffDeclined { .. } => "write-off-declined",
        Fact::ReturnOffered { .. } => "return-offered",
        Fact::GoodsReceived { .. } => "goods-received",
        Fact::ReturnLapsed { .. } => "return-lapsed",
        Fact::CashInAdvanceRequired { .. } => "cash-in-advance-required",
        Fact::CashInAdvanceLifted { .. } => "cash-in-advance-lifted",
    }
}

#[test]
fn an_account_comes_back_as_it_went() {
    let mut account = Account::new("acme".into());
    for value in golden() {
        let event: Event = serde_json::from_value(value).unwrap();
        escalation::evolve(&mut account, &event);
        let text = serde_json::to_string(&account).unwrap();
        let back: Account = serde_json::from_str(&text).unwrap();
        assert_eq!(back, account);
    }
    assert!(!account.items.is_empty() && !account.payments.is_empty() && !account.placements.is_empty());
}
