//! Totals in a letter equal the ledger: the amounts are read back out of the finished text, in every language.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a test may

use std::path::Path;
use std::sync::OnceLock;

use escalation::cash::{Allocation, Evidence, Payment, Target};
use escalation::credit::AgreedTerms;
use escalation::event::Event;
use escalation::invoice::{CreditMemo, Invoice};
use escalation::{Account, AccountId, Currency, Date, DateTime, Fact, InvoiceNumber, Money, PaymentId, evolve};
use letters::facts::{Charge, ChargeKind, Facts};
use letters::{Letters, sample};
use proptest::prelude::*;

const LANGUAGES: [&str; 5] = ["en", "de", "el", "da", "sv"];
const CURRENCIES: [&str; 4] = ["EUR", "SEK", "JPY", "KWD"];

fn letters() -> &'static Letters {
    static LETTERS: OnceLock<Letters> = OnceLock::new();
    LETTERS.get_or_init(|| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config/letters");
        Letters::load(&folder, escalation::Packs::shipped().unwrap()).unwrap()
    })
}

/// Reads what a letter of this language wrote: groups and decimals off, minor units back.
fn parse(written: &str, language: &str) -> Money {
    let (number, code) = written.rsplit_once('\u{a0}').expect("an amount ends with its currency");
    let decimal = if language == "en" { '.' } else { ',' };
    let plain: String = number
        .chars()
        .filter_map(|sign| match sign {
            sign if sign == decimal => Some('.'),
            '.' | ',' | '\u{a0}' => None,
            other => Some(other),
        })
        .collect();
    Money::parse(&plain, code.parse().unwrap()).unwrap()
}

/// The sums after a label, such as `Total: 1.00 EUR + 2.00 SEK`.
fn sums(text: &str, label: &str, language: &str) -> Vec<Money> {
    let prefix = format!("{label}: ");
    let line = text.lines().find_map(|line| line.strip_prefix(prefix.as_str())).expect("the line is there");
    line.split(" + ").map(|amount| parse(amount, language)).collect()
}

fn total_label(language: &str) -> &'static str {
    match language {
        "de" => "Gesamtbetrag",
        "el" => "Σύνολο",
        "da" => "I alt",
        "sv" => "Totalt",
        _ => "Total",
    }
}

/// Invoices, then part payments and credit notes on some of them.
fn account() -> impl Strategy<Value = Account> {
    let invoice = (1_i64..=9_999_999_999, 0..4_usize, 0..=100_i64, 0..=100_i64);
    prop::collection::vec(invoice, 1..8).prop_map(|invoices| {
        let mut account = Account::new(AccountId::new("D-1"));
        account.debtor = sample::bare("de").debtor;
        let on = Date::new(2026, 1, 5).unwrap();
        let mut happens = |fact: Fact| {
            let event =
                Event { at: DateTime::from_parts(on, Default::default()), on, origin: "books".to_owned(), fact };
            evolve(&mut account, &event);
        };
        for (place, (minor, currency, paid, credited)) in invoices.into_iter().enumerate() {
            let currency: Currency = CURRENCIES[currency].parse().unwrap();
            let number = InvoiceNumber::new(format!("INV-{place}"));
            let total = Money::new(minor, currency);
            happens(Fact::InvoiceIssued { invoice: invoice_of(&number, on, total) });
            let paid = Money::new(minor * paid / 100, currency);
            if paid.is_positive() {
                let payment = payment_of(place, on, paid);
                let id = payment.id.clone();
                happens(Fact::PaymentReceived { payment });
                let to = Target::Invoice(number.clone());
                let allocations = vec![Allocation { to, amount: paid, by: Evidence::Person }];
                happens(Fact::CashAssigned { payment: id, allocations });
            }
            let credited = Money::new((minor - paid.minor) * credited / 200, currency);
            if credited.is_positive() {
                let number_of_memo = InvoiceNumber::new(format!("CM-{place}"));
                let memo = CreditMemo {
                    number: number_of_memo,
                    issued_on: on,
                    amount: credited,
                    invoices: vec![number],
                    reason: String::new(),
                };
                happens(Fact::CreditMemoIssued { memo });
            }
        }
        account
    })
}

fn invoice_of(number: &InvoiceNumber, on: Date, total: Money) -> Invoice {
    Invoice {
        number: number.clone(),
        issued_on: on,
        due_on: on,
        total,
        payable: total,
        terms: String::new(),
        payment_references: Vec::new(),
        discounts: Vec::new(),
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    }
}

fn payment_of(place: usize, on: Date, amount: Money) -> Payment {
    Payment {
        id: PaymentId::new(format!("P-{place}")),
        amount,
        account: String::new(),
        booked_on: on,
        value_on: on,
        payer_name: None,
        payer_account: None,
        references: Vec::new(),
        end_to_end_id: None,
        bank_reference: None,
        text: String::new(),
        reason: None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// What a demand asks for is what the account has open, and the sum of the lines above it.
    #[test]
    fn a_demand_asks_for_what_the_ledger_has_open(account in account(), charge in 0_i64..100_000) {
        let today = Date::new(2026, 4, 20).unwrap();
        let creditor = sample::bare("de").creditor;
        prop_assume!(!account.open().is_empty());
        for language in LANGUAGES {
            let mut facts = Facts::of_all(&account, &creditor, today);
            let currency = facts.items[0].open.currency;
            let mut expected = account.open();
            if charge > 0 {
                let amount = Money::new(charge, currency);
                facts.charges.push(Charge { what: ChargeKind::Fee { name: Some("Fee".to_owned()) }, amount, law: "agreed".to_owned() });
                expected.iter_mut().filter(|sum| sum.currency == currency).for_each(|sum| sum.minor += charge);
            }
            let text = letters().write("first-notice", language, &facts).unwrap().text();
            prop_assert_eq!(&sums(&text, total_label(language), language), &expected, "{}", text);
            for item in account.open_items() {
                let line = text.lines().find(|line| line.contains(&format!("{} ", item.invoice.number)) || line.contains(&format!("{},", item.invoice.number)));
                let line = line.expect("each item has its line");
                let open = letters::notation::amount(item.open, language);
                prop_assert!(line.contains(&open), "{}", line);
                prop_assert_eq!(parse(&open, language), item.open);
            }
        }
    }

    /// The balance of a statement is what is open less what no invoice took.
    #[test]
    fn a_statement_ends_with_the_ledgers_balance(account in account()) {
        let creditor = sample::bare("de").creditor;
        let today = Date::new(2026, 4, 20).unwrap();
        let text = letters().write("statement-of-account", "en", &Facts::of_all(&account, &creditor, today)).unwrap().text();
        let mut expected = std::collections::BTreeMap::new();
        for sum in account.open() {
            *expected.entry(sum.currency).or_insert(0_i64) += sum.minor;
        }
        for sum in account.unapplied() {
            *expected.entry(sum.currency).or_insert(0) -= sum.minor;
        }
        for (currency, minor) in &account.credit {
            *expected.entry(*currency).or_insert(0) -= minor;
        }
        for sum in sums(&text, "Balance", "en") {
            prop_assert_eq!(sum.minor, expected.get(&sum.currency).copied().unwrap_or(0), "{}", text);
        }
    }

    /// An amount that was written can be read again, whatever the language.
    #[test]
    fn an_amount_survives_being_written(minor in any::<i64>(), currency in 0..4_usize) {
        let money = Money::new(minor, CURRENCIES[currency].parse().unwrap());
        prop_assume!(minor != i64::MIN);
        for language in LANGUAGES {
            prop_assert_eq!(parse(&letters::notation::amount(money, language), language), money);
        }
    }
}

fn happens(account: &mut Account, on: Date, fact: Fact) {
    evolve(account, &Event { at: DateTime::from_parts(on, Default::default()), on, origin: "policy".to_owned(), fact });
}

/// Interest in two parts, a fee and the compensation for an invoice of 1000.00 EUR; so much of the interest is paid.
fn charged(interest: i64, first: i64, paid: i64) -> Account {
    use escalation::charge::{Bearing, Charge as Line, ChargeKind as Kind};
    let (on, later) = (Date::new(2026, 3, 1).unwrap(), Date::new(2026, 4, 1).unwrap());
    let eur = |minor| Money::new(minor, Currency::EUR);
    let number = InvoiceNumber::new("INV-1");
    let mut account = Account::new(AccountId::new("D-1"));
    account.debtor = sample::bare("de").debtor;
    happens(&mut account, on, Fact::InvoiceIssued { invoice: invoice_of(&number, on, eur(100_000)) });
    let bears = [(on, first), (later, interest - first)].map(|(from, minor)| Bearing {
        from,
        to: later,
        principal: eur(100_000),
        rate: "10.27".parse().unwrap(),
        amount: eur(minor),
    });
    for (kind, minor) in [(Kind::Interest, interest), (Kind::Fee, 120), (Kind::Compensation, 3_880)] {
        let charge = Line {
            invoice: number.clone(),
            kind,
            amount: eur(minor),
            on: later,
            notice: "notice:1".into(),
            rule: "rule".to_owned(),
            title: "a rule".to_owned(),
            source: "the law".to_owned(),
            certainty: escalation::pack::Certainty::Verified,
            billed: eur(100_000),
            bears: if kind == Kind::Interest { bears.to_vec() } else { Vec::new() },
        };
        happens(&mut account, later, Fact::Charged { charge });
    }
    if paid > 0 {
        let payment = payment_of(1, later, eur(paid));
        let to = Target::Charge { invoice: number, kind: Kind::Interest };
        let allocations = vec![Allocation { to, amount: eur(paid), by: Evidence::BeyondPrincipal }];
        let id = payment.id.clone();
        happens(&mut account, later, Fact::PaymentReceived { payment });
        happens(&mut account, later, Fact::CashAssigned { payment: id, allocations });
    }
    account
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// A demand asks for the principal and for every charge that stands, less what was paid for it, in every language.
    #[test]
    fn a_demand_asks_for_the_charges_of_the_ledger(interest in 2_i64..50_000, share in 0..=100_i64, paid in 0..=100_i64) {
        let account = charged(interest, interest * share / 100, interest * paid / 100);
        let owed: i64 = escalation::charge::standing(&account).iter().map(|one| one.open().minor).sum();
        prop_assert_eq!(owed, 4_000 + interest - interest * paid / 100);
        let facts = Facts::of_all(&account, &sample::bare("de").creditor, Date::new(2026, 4, 20).unwrap());
        for language in LANGUAGES {
            let text = letters().write("second-notice", language, &facts).unwrap().text();
            let expected = [Money::new(100_000 + owed, Currency::EUR)];
            prop_assert_eq!(&sums(&text, total_label(language), language), &expected, "{}", text);
        }
    }
}

/// Terms on record stand in the firm notice with their day; without a record it says no day.
#[test]
fn the_terms_on_record_stand_in_the_firm_notice() {
    let mut account = charged(2, 1, 0);
    let today = Date::new(2026, 4, 20).unwrap();
    let notice = |account: &Account, language: &str| {
        let facts = Facts::of_all(account, &sample::bare("de").creditor, today);
        letters().write("firm-notice", language, &facts).unwrap().text()
    };
    for language in LANGUAGES {
        assert!(!notice(&account, language).contains("37"), "{language}");
    }
    let terms = AgreedTerms {
        agreed_on: Date::new(2026, 1, 12).unwrap(),
        proof: "contract 7".to_owned(),
        net_days: 37,
        signed: true,
        fee_agreed: false,
        interest: None,
        until: None,
    };
    happens(&mut account, today, Fact::TermsRecorded { terms });
    for language in LANGUAGES {
        assert!(notice(&account, language).contains("37"), "{language}: {}", notice(&account, language));
    }
    assert!(notice(&account, "de").contains("Am 12.01.2026 haben wir Zahlung innerhalb von 37 Tagen"));
}
