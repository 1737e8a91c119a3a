//! Facts in awkward orders.

use super::*;
use crate::account::EffectState;
use crate::cash::{Allocation, Evidence, Payment, Target};
use crate::effect::{Action, Call, Effect};
use crate::id::EffectKey;
use crate::invoice::Invoice;
use crate::money::{Currency, Money};
use crate::party::Party;
use crate::placement::{Collection, PlacedItem, PlacementState};
use crate::report::{CallResult, Tracking};

const DAY: jiff::civil::Date = jiff::civil::date(2026, 3, 9);

fn eur(minor: i64) -> Money {
    Money::new(minor, Currency::EUR)
}

fn happens(account: &mut Account, fact: Fact) {
    evolve(account, &Event { at: DAY.at(9, 0, 0, 0), on: DAY, origin: "test".to_owned(), fact });
}

fn owing(items: &[(&str, i64)]) -> Account {
    let mut account = Account::new("acme".into());
    for (number, minor) in items {
        let (issued_on, due_on) = (jiff::civil::date(2026, 2, 1), jiff::civil::date(2026, 3, 1));
        let invoice = Invoice {
            number: (*number).into(),
            issued_on,
            due_on,
            total: eur(*minor),
            payable: eur(*minor),
            terms: String::new(),
            payment_references: Vec::new(),
            discounts: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        };
        happens(&mut account, Fact::InvoiceIssued { invoice });
    }
    account
}

fn open(account: &Account, number: &str) -> i64 {
    account.items[&InvoiceNumber::from(number)].open.minor
}

fn payment(id: &str, minor: i64) -> Payment {
    Payment {
        id: id.into(),
        amount: eur(minor),
        account: String::new(),
        booked_on: DAY,
        value_on: DAY,
        payer_name: None,
        payer_account: None,
        references: Vec::new(),
        end_to_end_id: Some("E2E".to_owned()),
        bank_reference: None,
        text: String::new(),
        reason: None,
    }
}

fn apply(account: &mut Account, id: &str, number: &str, minor: i64) {
    let to = Target::Invoice(number.into());
    let allocations = vec![Allocation { to, amount: eur(minor), by: Evidence::Person }];
    happens(account, Fact::CashAssigned { payment: id.into(), allocations });
}

fn plan(account: &mut Account, key: &str, action: Action) {
    let effect = Effect { key: key.into(), due_on: DAY, valid_until: None, approval: crate::Approval::None, action };
    happens(account, Fact::EffectPlanned { effect });
}

fn done(account: &mut Account, key: &str) {
    happens(account, Fact::EffectDone { key: key.into(), reference: String::new() });
}

fn call() -> Action {
    let (level, invoices) = ("call".into(), vec!["INV-1".into()]);
    Action::QueueCall(Call { level, invoices, reason: String::new(), weight: 1 })
}

fn ended(disposition: &str) -> Fact {
    Fact::CallEnded(CallResult {
        account: "acme".into(),
        call: Some("call:1".into()),
        disposition: disposition.to_owned(),
        at: jiff::civil::date(2026, 3, 11).at(10, 0, 0, 0),
        duration_s: 1,
        agent: String::new(),
        text: String::new(),
    })
}

#[test]
fn more_than_is_open_or_unapplied_is_clipped() {
    let mut account = owing(&[("INV-1", 100)]);
    happens(&mut account, Fact::PaymentReceived { payment: payment("p", 150) });
    apply(&mut account, "p", "INV-1", 900);
    assert_eq!(open(&account, "INV-1"), 0);
    assert_eq!(account.payments["p"].unapplied, eur(50));
    apply(&mut account, "p", "INV-1", 50);
    assert_eq!(account.payments["p"].allocations.len(), 1, "nothing more can be paid");
}

#[test]
fn a_payment_that_moves_away_counts_for_no_promise() {
    let mut account = owing(&[("INV-1", 100)]);
    let promise = crate::promise::Promise {
        id: "promise".into(),
        amount: eur(100),
        made_on: DAY,
        due_on: DAY,
        invoices: Vec::new(),
        text: String::new(),
        state: PromiseState::Running,
        received: eur(0),
    };
    happens(&mut account, Fact::PromiseMade { promise });
    happens(&mut account, Fact::PaymentReceived { payment: payment("p", 100) });
    assert_eq!(account.promises[0].received, eur(100));
    happens(&mut account, Fact::PaymentMoved { payment: "p".into(), to: "birk".into() });
    assert_eq!((account.promises[0].received, account.payments.len()), (eur(0), 0));
}

#[test]
fn a_reversal_may_come_before_its_payment() {
    let mut account = owing(&[("INV-1", 100)]);
    happens(&mut account, Fact::PaymentReversed { payment: payment("back", 100) });
    assert_eq!(account.stray_reversals.len(), 1);
    happens(&mut account, Fact::PaymentReceived { payment: payment("p", 100) });
    assert!(account.stray_reversals.is_empty());
    assert_eq!(account.payments["p"].reversed_on, Some(DAY));
    assert_eq!(account.unapplied(), Vec::new());
}

#[test]
fn a_settled_item_that_opens_again_starts_a_new_walk() {
    let mut account = owing(&[("INV-1", 100), ("INV-2", 100)]);
    for number in ["INV-1", "INV-2"] {
        happens(&mut account, Fact::LevelReached { invoice: number.into(), level: "first-notice".into() });
    }
    happens(&mut account, Fact::PaymentReceived { payment: payment("p", 150) });
    apply(&mut account, "p", "INV-1", 100);
    apply(&mut account, "p", "INV-2", 50);
    happens(&mut account, Fact::PaymentReversed { payment: payment("back", 150) });
    let item = |number: &str| &account.items[&InvoiceNumber::from(number)];
    assert_eq!((item("INV-1").cycle, item("INV-1").steps.len()), (2, 0));
    assert_eq!((item("INV-2").cycle, item("INV-2").steps.len()), (1, 1), "it was never settled");
}

#[test]
fn an_open_item_list_states_what_is_open() {
    let mut account = owing(&[("INV-1", 100)]);
    happens(&mut account, Fact::InvoiceRestated { number: "INV-1".into(), open: eur(30) });
    assert_eq!(open(&account, "INV-1"), 30);
    assert_eq!(account.items["INV-1"].adjusted, eur(-70));
}

#[test]
fn what_was_cancelled_and_went_out_all_the_same_counts() {
    let mut account = owing(&[("INV-1", 100)]);
    happens(&mut account, Fact::LevelReached { invoice: "INV-1".into(), level: "call".into() });
    plan(&mut account, "call:1", call());
    happens(&mut account, Fact::EffectCancelled { key: "call:1".into(), because: "promise".to_owned() });
    assert!(account.items["INV-1"].steps.is_empty(), "it never happened, so the level is not taken");
    done(&mut account, "call:1");
    assert_eq!(account.items["INV-1"].steps.len(), 1);
    assert_eq!(account.effects[&EffectKey::from("call:1")].state, EffectState::Handed);
    assert_eq!(account.contacts.len(), 1);
}

#[test]
fn a_call_counts_on_the_day_it_was_made() {
    let mut account = owing(&[("INV-1", 100)]);
    plan(&mut account, "call:1", call());
    done(&mut account, "call:1");
    assert_eq!(account.contacts[0].on, DAY);
    happens(&mut account, ended("no_answer"));
    let days: Vec<_> = account.contacts.iter().map(|contact| contact.on).collect();
    assert_eq!(days, [jiff::civil::date(2026, 3, 11)]);
    happens(&mut account, ended("no_answer"));
    assert_eq!(account.contacts.len(), 2, "the dialer tried again");
}

#[test]
fn a_call_that_was_not_made_is_no_contact() {
    let mut account = owing(&[("INV-1", 100)]);
    plan(&mut account, "call:1", call());
    done(&mut account, "call:1");
    happens(&mut account, ended("canceled"));
    assert!(account.contacts.is_empty() && account.effects.is_empty());
}

#[test]
fn a_new_address_is_tried_and_a_request_to_stop_stays() {
    let mut account = owing(&[("INV-1", 100)]);
    let (message, status) = ("notice:1".into(), Tracking::Bounced);
    happens(&mut account, Fact::MessageTracked { message, status, text: String::new() });
    happens(&mut account, Fact::StopRequested { medium: "call".to_owned(), text: String::new() });
    assert!(account.unreachable.contains("email"));
    let debtor = Party { email: Some("new@b.example".to_owned()), phone: Some("+2".to_owned()), ..Party::default() };
    happens(&mut account, Fact::DebtorSynced { debtor });
    assert!(account.unreachable.is_empty() && account.stopped.contains("call"));
}

fn placed(items: &[(&str, i64)]) -> Account {
    let mut account = owing(items);
    let items = items.iter().map(|(number, minor)| PlacedItem { invoice: (*number).into(), amount: eur(*minor) });
    let items: Vec<PlacedItem> = items.collect();
    let total = eur(items.iter().map(|item| item.amount.minor).sum());
    plan(
        &mut account,
        "place:1",
        Action::PlaceWithAgency {
            agency: None,
            sequence: 1,
            items,
            total,
            commission: "1/3".to_owned(),
            terms: Default::default(),
        },
    );
    done(&mut account, "place:1");
    account
}

fn collects(account: &mut Account, transaction: &str, reverses: Option<&str>, minor: i64) {
    let collection = Collection {
        transaction: transaction.to_owned(),
        reverses: reverses.map(str::to_owned),
        gross: eur(minor),
        commission: eur(minor / 3),
        net: eur(minor - minor / 3),
        remittance: "net".to_owned(),
        on: DAY,
        remittance_reference: String::new(),
    };
    happens(account, Fact::AgencyCollected { placement: "place:1".into(), collection });
}

#[test]
fn a_collection_lowers_the_items_and_its_reversal_gives_back_the_same() {
    let mut account = placed(&[("INV-1", 300), ("INV-2", 300)]);
    collects(&mut account, "T-1", None, 450);
    collects(&mut account, "T-1", None, 450);
    assert_eq!((open(&account, "INV-1"), open(&account, "INV-2")), (0, 150), "a transaction counts once");
    collects(&mut account, "T-2", Some("T-1"), -450);
    assert_eq!((open(&account, "INV-1"), open(&account, "INV-2")), (300, 300));
    collects(&mut account, "T-3", Some("T-1"), -450);
    assert_eq!((open(&account, "INV-1"), open(&account, "INV-2")), (300, 300), "nothing is reversed twice");
    assert_eq!(account.placements[0].commission_taken(), eur(0));
}

#[test]
fn a_collection_and_its_reversal_may_come_in_either_order() {
    let mut account = placed(&[("INV-1", 300)]);
    collects(&mut account, "T-2", Some("T-1"), -300);
    assert_eq!(open(&account, "INV-1"), 300);
    collects(&mut account, "T-1", None, 300);
    assert_eq!(open(&account, "INV-1"), 300);
}

#[test]
fn a_direct_payment_owes_the_agency_its_share_unless_it_was_there_before() {
    let mut account = placed(&[("INV-1", 300)]);
    happens(&mut account, Fact::PaymentReceived { payment: payment("p", 100) });
    apply(&mut account, "p", "INV-1", 100);
    let early = Payment { booked_on: jiff::civil::date(2026, 3, 6), ..payment("early", 50) };
    happens(&mut account, Fact::PaymentReceived { payment: early });
    apply(&mut account, "early", "INV-1", 50);
    let told: Vec<_> =
        account.placements[0].direct_payments.iter().map(|told| (told.amount, told.commission)).collect();
    assert_eq!(told, [(eur(100), eur(33)), (eur(50), eur(0))]);
}

#[test]
fn a_placement_that_was_cancelled_never_left_the_house() {
    let mut account = owing(&[("INV-1", 300)]);
    let items = vec![PlacedItem { invoice: "INV-1".into(), amount: eur(300) }];
    plan(
        &mut account,
        "place:1",
        Action::PlaceWithAgency {
            agency: None,
            sequence: 1,
            items,
            total: eur(300),
            commission: "1/3".into(),
            terms: Default::default(),
        },
    );
    assert_eq!(account.placements[0].state, PlacementState::Proposed);
    happens(&mut account, Fact::EffectCancelled { key: "place:1".into(), because: "paid".to_owned() });
    assert!(account.placements.is_empty());
    done(&mut account, "place:1");
    assert_eq!(account.placements[0].state, PlacementState::Sent, "it had gone out all the same");
}

#[test]
fn a_share_is_rounded_once_half_away_from_zero() {
    use crate::placement::commission_of;
    for (minor, share, expected) in
        [(100, "1/3", 33), (200, "1/3", 67), (25, "1/10", 3), (-25, "1/10", -3), (7, "0/1", 0)]
    {
        assert_eq!(commission_of(eur(minor), share), Some(eur(expected)), "{share} of {minor}");
    }
    for share in ["0.3", "4/3", "1/0", "", "-1/3"] {
        assert_eq!(commission_of(eur(1), share), None, "`{share}`");
    }
}
