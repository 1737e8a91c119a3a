//! Which invoices a payment pays.

use super::*;
use crate::account::Account;
use crate::event::{Event, Fact};
use crate::evolve::evolve;
use crate::invoice::Invoice;
use crate::money::Currency;
use crate::party::Party;

const DAY: Date = jiff::civil::date(2026, 3, 20);

pub(super) fn payment(id: &str, minor: i64) -> Payment {
    Payment {
        id: id.into(),
        amount: Money::new(minor, Currency::EUR),
        account: "DE02".to_owned(),
        booked_on: DAY,
        value_on: DAY,
        payer_name: None,
        payer_account: None,
        references: Vec::new(),
        end_to_end_id: None,
        bank_reference: None,
        text: String::new(),
        reason: None,
    }
}

fn happens(account: &mut Account, fact: Fact) {
    evolve(account, &Event { at: DAY.at(9, 0, 0, 0), on: DAY, origin: "test".to_owned(), fact });
}

/// An account that owes each amount, due on the tenth, eleventh, ... of the month.
fn owing(items: &[(&str, i64)]) -> Account {
    let mut account = Account::new("acme".into());
    happens(&mut account, Fact::DebtorSynced { debtor: Party { name: "Acme GmbH".to_owned(), ..Party::default() } });
    for (n, (number, minor)) in items.iter().enumerate() {
        let amount = Money::new(*minor, Currency::EUR);
        let invoice = Invoice {
            number: (*number).into(),
            issued_on: jiff::civil::date(2026, 2, 10),
            due_on: crate::invoice::plus_days(jiff::civil::date(2026, 3, 10), i32::try_from(n).unwrap()),
            total: amount,
            payable: amount,
            terms: String::new(),
            payment_references: vec![format!("RF18 {number}")],
            discounts: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
        };
        happens(&mut account, Fact::InvoiceIssued { invoice });
    }
    account
}

/// What is paid where after the payment arrived and was applied; the unapplied rest comes last.
fn applied(account: &mut Account, paid: Payment) -> (Vec<(String, i64, Evidence)>, i64) {
    let id = paid.id.clone();
    happens(account, Fact::PaymentReceived { payment: paid });
    for fact in apply(account) {
        happens(account, fact);
    }
    assert_eq!(apply(account), Vec::new(), "applying again applies nothing");
    let posted = &account.payments[&id];
    let allocations = posted.allocations.iter().map(|one| match &one.to {
        Target::Invoice(number) | Target::Charge { invoice: number, .. } => {
            (number.as_str().to_owned(), one.amount.minor, one.by)
        }
        Target::AgencyRemittance(key) => (key.as_str().to_owned(), one.amount.minor, one.by),
    });
    (allocations.collect(), posted.unapplied.minor)
}

#[test]
fn a_structured_reference_comes_first() {
    let mut account = owing(&[("INV-1", 100), ("INV-2", 200)]);
    let mut paid = payment("p", 200);
    paid.references = vec!["rf18inv2".to_owned()];
    paid.text = "INV-1".to_owned();
    let expected = (vec![("INV-2".to_owned(), 200, Evidence::StructuredReference)], 0);
    assert_eq!(applied(&mut account, paid), expected);
}

#[test]
fn named_invoices_are_paid_in_the_order_named_and_the_rest_is_not_guessed() {
    let mut account = owing(&[("INV-1", 100), ("INV-2", 200), ("INV-3", 50)]);
    let mut paid = payment("p", 350);
    paid.text = "INV-2, INV-1".to_owned();
    let by = Evidence::InvoiceNumber;
    let expected = (vec![("INV-2".to_owned(), 200, by), ("INV-1".to_owned(), 100, by)], 50);
    assert_eq!(applied(&mut account, paid), expected);
    assert_eq!(account.items[&InvoiceNumber::from("INV-3")].open.minor, 50);
}

#[test]
fn an_exact_amount_needs_a_known_payer() {
    let mut account = owing(&[("INV-1", 100), ("INV-2", 200)]);
    assert_eq!(applied(&mut account, payment("stranger", 200)), (vec![], 200));
    let mut paid = payment("p", 200);
    paid.payer_name = Some("ACME GMBH".to_owned());
    assert_eq!(applied(&mut account, paid).0, [("INV-2".to_owned(), 200, Evidence::AmountAndPayer)]);
}

#[test]
fn a_bank_account_is_known_once_it_paid_an_invoice() {
    let mut account = owing(&[("INV-1", 100), ("INV-2", 200)]);
    let mut first = payment("a", 100);
    first.text = "INV-1".to_owned();
    first.payer_account = Some("GR16 0110".to_owned());
    applied(&mut account, first);
    let mut second = payment("b", 200);
    second.payer_account = Some("GR160110".to_owned());
    assert_eq!(applied(&mut account, second).0, [("INV-2".to_owned(), 200, Evidence::AmountAndPayer)]);
}

#[test]
fn one_of_two_equal_items_is_not_guessed_but_their_sum_is_plain() {
    let mut account = owing(&[("INV-1", 100), ("INV-2", 100)]);
    let from_acme = |id: &str, minor| Payment { payer_name: Some("Acme GmbH".to_owned()), ..payment(id, minor) };
    assert_eq!(applied(&mut account, from_acme("a", 100)), (vec![], 100));
    assert_eq!(applied(&mut account, from_acme("b", 200)).1, 0);
}

#[test]
fn a_payment_that_came_twice_stays_unapplied() {
    let mut account = owing(&[("INV-1", 100), ("INV-2", 100)]);
    let paid =
        |id: &str| Payment { text: "INV-1".to_owned(), payer_name: Some("Acme GmbH".to_owned()), ..payment(id, 100) };
    applied(&mut account, paid("a"));
    assert_eq!(applied(&mut account, paid("b")), (vec![], 100));
}

#[test]
fn another_currency_pays_nothing() {
    let mut account = owing(&[("INV-1", 100)]);
    let mut paid = payment("p", 100);
    paid.amount.currency = "USD".parse().unwrap();
    paid.text = "INV-1".to_owned();
    assert_eq!(applied(&mut account, paid), (vec![], 100));
}
