//! What is persisted keeps its form: one of every fact as JSON, and accounts that come back as they went.

#![allow(clippy::unwrap_used)] // a test may

use escalation::Account;
use escalation::event::{Event, Fact};
use serde_json::Value;

const GOLDEN: &str = include_str!("../fixtures/events.golden.json");

fn golden() -> Vec<Value> {
    serde_json::from_str(GOLDEN).unwrap()
}

/// Every variant with its tag: a new one does not compile before it has its line here, and then needs one in the golden file.
macro_rules! facts {
    ($($variant:ident => $tag:literal,)*) => {
        const FACTS: &[&str] = &[$($tag),*];

        fn name(fact: &Fact) -> &'static str {
            match fact {
                $(Fact::$variant { .. } => $tag,)*
            }
        }
    };
}

facts! {
    DebtorSynced => "debtor-synced",
    InvoiceIssued => "invoice-issued",
    InvoiceRestated => "invoice-restated",
    InvoiceMissing => "invoice-missing",
    InvoiceFound => "invoice-found",
    CreditMemoIssued => "credit-memo-issued",
    PaymentReceived => "payment-received",
    PaymentAnnounced => "payment-announced",
    PaymentReversed => "payment-reversed",
    CallEnded => "call-ended",
    PromiseMade => "promise-made",
    DisputeOpened => "dispute-opened",
    StopRequested => "stop-requested",
    MessageTracked => "message-tracked",
    PlacementAcknowledged => "placement-acknowledged",
    AgencyCollected => "agency-collected",
    PlacementReturned => "placement-returned",
    DisputeResolved => "dispute-resolved",
    DunningBlocked => "dunning-blocked",
    DunningUnblocked => "dunning-unblocked",
    ProtectionBegan => "protection-began",
    ProtectionEnded => "protection-ended",
    MandateGiven => "mandate-given",
    MandateEnded => "mandate-ended",
    StopLifted => "stop-lifted",
    CashAssigned => "cash-assigned",
    PaymentMoved => "payment-moved",
    EffectApproved => "effect-approved",
    LevelProposed => "level-proposed",
    LevelApproved => "level-approved",
    LevelDeclined => "level-declined",
    ProposalEnded => "proposal-ended",
    EffectSettled => "effect-settled",
    LaneRetried => "lane-retried",
    CashApplied => "cash-applied",
    PromiseKept => "promise-kept",
    PromisePartlyKept => "promise-partly-kept",
    PromiseBroken => "promise-broken",
    PromiseRefused => "promise-refused",
    LevelReached => "level-reached",
    LevelPassed => "level-passed",
    PolicyAssigned => "policy-assigned",
    SegmentAssigned => "segment-assigned",
    CreditHeld => "credit-held",
    CreditReleased => "credit-released",
    EffectPlanned => "effect-planned",
    EffectCancelled => "effect-cancelled",
    EffectDone => "effect-done",
    EffectRejected => "effect-rejected",
    EffectUnknown => "effect-unknown",
    EffectExpired => "effect-expired",
    NotificationAcknowledged => "notification-acknowledged",
    CustomerSince => "customer-since",
    CreditApplied => "credit-applied",
    CreditReported => "credit-reported",
    Engaged => "engaged",
    EngagementEnded => "engagement-ended",
    CoverReported => "cover-reported",
    EvidenceRecorded => "evidence-recorded",
    TermsRecorded => "terms-recorded",
    CreditDecided => "credit-decided",
    CreditExpired => "credit-expired",
    TermsProposed => "terms-proposed",
    CoverLapsed => "cover-lapsed",
    Charged => "charged",
    AmountAllowed => "amount-allowed",
    OverpaymentKept => "overpayment-kept",
    WriteOffRecovered => "write-off-recovered",
    PlanAgreed => "plan-agreed",
    InstalmentMissed => "instalment-missed",
    PlanBroken => "plan-broken",
    PlanKept => "plan-kept",
    PlanRefused => "plan-refused",
    PlanCancelled => "plan-cancelled",
    SettlementOffered => "settlement-offered",
    SettlementAccepted => "settlement-accepted",
    SettlementApproved => "settlement-approved",
    SettlementKept => "settlement-kept",
    SettlementFailed => "settlement-failed",
    SettlementDeclined => "settlement-declined",
    WriteOffProposed => "write-off-proposed",
    WriteOffApproved => "write-off-approved",
    WriteOffDeclined => "write-off-declined",
    ReturnOffered => "return-offered",
    GoodsReceived => "goods-received",
    ReturnLapsed => "return-lapsed",
    CashInAdvanceRequired => "cash-in-advance-required",
    CashInAdvanceLifted => "cash-in-advance-lifted",
    ArrivalConfirmed => "arrival-confirmed",
    CollectorAssigned => "collector-assigned",
    SuitPrepared => "suit-prepared",
    SuitEnded => "suit-ended",
    TaskOpened => "task-opened",
    TaskClosed => "task-closed",
    DisputeAssigned => "dispute-assigned",
}

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
