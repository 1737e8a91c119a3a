//! What a guest says, role by role, becomes what the core knows; what cannot be is refused with its field.

use escalation::Report;

use super::*;
use crate::bindings::types::{Date, Money, Party, Source};
use crate::bindings::{
    accounting as books, agency as law, bureau as rating, coverage as cover, gateway as bank, messenger as mail,
    notifier as news,
};

const DAY: Date = Date { year: 2026, month: 3, day: 2 };

fn eur(minor: i64) -> Money {
    Money { minor, currency: "EUR".to_owned() }
}

fn source() -> Source {
    Source {
        key: "e-1".to_owned(),
        version: None,
        digest: None,
        document: "statement.xml".to_owned(),
        place: String::new(),
        occurred_on: DAY,
    }
}

fn payment(minor: i64) -> bank::Payment {
    bank::Payment {
        amount: eur(minor),
        account: "DE02120300000000202051".to_owned(),
        booked_on: DAY,
        value_on: DAY,
        payer_name: Some("ACME".to_owned()),
        payer_account: Some(String::new()),
        references: vec!["RF18539007547034".to_owned()],
        end_to_end_id: None,
        bank_reference: None,
        text: "INV-1\r\nthank you".to_owned(),
        reason: None,
        notes: Vec::new(),
    }
}

fn money_in(fact: bank::Fact) -> Result<Report, String> {
    gateway::received(bank::Event { source: source(), fact }, &TimeZone::UTC).map(|received| received.report)
}

#[test]
fn a_payment_is_named_by_its_entry_and_in_a_batch_by_its_place_too() {
    let ids = |payments: Vec<bank::Payment>| match money_in(bank::Fact::Received(payments)).unwrap() {
        Report::PaymentsReceived { payments } => payments.iter().map(|p| p.id.to_string()).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(ids(vec![payment(100)]), ["e-1"]);
    assert_eq!(ids(vec![payment(100), payment(200)]), ["e-1/1", "e-1/2"]);
    let Ok(Report::PaymentsPending { payments }) = money_in(bank::Fact::Pending(vec![payment(100)])) else { panic!() };
    assert_eq!((payments[0].payer_account.as_deref(), payments[0].text.as_str()), (None, "INV-1\nthank you"));
}

#[test]
fn a_payment_of_nothing_or_less_is_refused() {
    for payments in [vec![payment(0)], vec![payment(100), payment(-1)]] {
        assert!(money_in(bank::Fact::Received(payments)).unwrap_err().contains("`amount` is "));
    }
    assert!(money_in(bank::Fact::Reversed(Vec::new())).is_err());
}

#[test]
fn a_statement_has_one_currency() {
    let statement = |closing: Money| bank::Statement {
        account: "DE02120300000000202051".to_owned(),
        id: "2026-3".to_owned(),
        from: DAY,
        until: DAY,
        opening: eur(0),
        closing,
        credits: eur(5),
        debits: eur(0),
        entries: 1,
    };
    assert!(money_in(bank::Fact::Statement(statement(eur(5)))).is_ok());
    let mixed = statement(Money { minor: 5, currency: "DKK".to_owned() });
    assert!(money_in(bank::Fact::Statement(mixed)).unwrap_err().contains("more than one currency"));
}

fn reversal(gross: i64, commission: i64, net: i64) -> Result<Report, String> {
    let fact = law::Fact::Reversed(law::CollectionReversal {
        placement: "placement:1:C-1".to_owned(),
        account: "C-1".to_owned(),
        transaction: "T-2".to_owned(),
        reverses: "T-1".to_owned(),
        gross: eur(gross),
        commission: eur(commission),
        net: eur(net),
        reversed_on: DAY,
        reason: "bounced".to_owned(),
    });
    agency::received(law::Event { source: source(), fact }, &TimeZone::UTC).map(|received| received.report)
}

#[test]
fn what_an_agency_takes_back_is_a_collection_below_zero() {
    let Ok(Report::Collected { collection, .. }) = reversal(900, 300, 600) else { panic!() };
    assert_eq!((collection.gross.minor, collection.commission.minor, collection.net.minor), (-900, -300, -600));
    assert_eq!((collection.reverses.as_deref(), collection.remittance.as_str()), (Some("T-1"), "net"));
    for (gross, commission, net) in [(-900, 300, 600), (900, 901, 0), (900, -1, 600), (900, 300, 901)] {
        assert!(reversal(gross, commission, net).is_err(), "{gross} {commission} {net}");
    }
}

#[test]
fn an_invoice_is_in_one_currency_and_its_discounts_are_numbers() {
    let invoice = |payable: Money, percent: &str| {
        let invoice = books::Invoice {
            number: "INV-1".to_owned(),
            debtor: Party { id: "C-1".to_owned(), ..nobody() },
            issued_on: DAY,
            due_on: None,
            total: eur(120_000),
            payable,
            terms: String::new(),
            discounts: vec![books::Discount { percent: percent.to_owned(), until: DAY }],
            payment_references: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
            notes: Vec::new(),
        };
        let event = books::Event { source: source(), fact: books::Fact::Invoice(invoice) };
        accounting::received(event, &TimeZone::UTC)
    };
    assert!(invoice(eur(100), "2.5").is_ok());
    assert!(
        invoice(Money { minor: 100, currency: "USD".to_owned() }, "2").unwrap_err().contains("`payable` is in USD")
    );
    for percent in ["", "two", "2,5", "1e3", "-2", "2.", "0.12345678901"] {
        assert!(invoice(eur(100), percent).is_err(), "{percent}");
    }
}

#[test]
fn what_became_of_a_message_is_told_in_hub_time() {
    let tracking = mail::Tracking {
        message: "notice:first:INV-1:cycle-1".to_owned(),
        account: "C-1".to_owned(),
        at: 1_772_442_900_000,
        text: String::new(),
    };
    let event = mail::Event { source: source(), fact: mail::Fact::Bounced(tracking) };
    let berlin = TimeZone::get("Europe/Berlin").unwrap();
    let Ok(Report::Tracked { at, .. }) = messenger::received(event, &berlin).map(|received| received.report) else {
        panic!()
    };
    assert_eq!(at.to_string(), "2026-03-02T10:15:00");
}

fn rated(verdict: &str, limit: Option<i64>, price: Option<i64>, valid_until: Option<Date>) -> Result<Report, String> {
    let fact = rating::Fact::CreditReport(rating::CreditReport {
        account: "C-1".to_owned(),
        order: None,
        report: "R-9".to_owned(),
        bureau: "Bureau".to_owned(),
        score: "263".to_owned(),
        verdict: verdict.to_owned(),
        limit: limit.map(eur),
        price: price.map(eur),
        reported_on: DAY,
        valid_until,
        text: String::new(),
        notes: Vec::new(),
    });
    bureau::received(rating::Event { source: source(), fact }, &TimeZone::UTC).map(|received| received.report)
}

#[test]
fn a_credit_report_has_sane_figures_and_a_word_that_nobody_knows_goes_to_a_person() {
    let Ok(Report::CreditReport { report, .. }) = rated("caution", Some(0), Some(8_900), None) else { panic!() };
    assert_eq!((report.advice.as_str(), report.limit.map(|limit| limit.minor)), ("review", Some(0)));
    let day = |day| Some(Date { day, ..DAY });
    for (limit, price, until, field) in
        [(Some(-1), None, None, "`limit`"), (None, Some(0), None, "`price`"), (None, None, day(1), "`valid-until`")]
    {
        assert!(rated("approve", limit, price, until).unwrap_err().contains(field), "{field}");
    }
    assert!(rated("", None, None, None).unwrap_err().contains("`verdict`"));
}

#[test]
fn cover_has_an_end_after_its_beginning() {
    let told = |from, until| {
        let told = cover::Cover {
            account: "C-1".to_owned(),
            enquiry: None,
            appointment: "A-1".to_owned(),
            payer: "Nordkasse".to_owned(),
            member: "M-77".to_owned(),
            active_from: from,
            active_until: until,
            text: String::new(),
            notes: Vec::new(),
        };
        let event = cover::Event { source: source(), fact: cover::Fact::Lapsed(told) };
        coverage::received(event, &TimeZone::UTC).map(|received| received.report)
    };
    let Ok(Report::Cover { cover, .. }) = told(None, Some(DAY)) else { panic!() };
    assert!(!cover.active && cover.checked_on.to_string() == "2026-03-02");
    assert!(told(Some(DAY), Some(Date { day: 1, ..DAY })).unwrap_err().contains("`active-until`"));
}

#[test]
fn whoever_saw_a_notification_is_named_with_the_time() {
    let told = news::Acknowledgement {
        notification: "tell:sales-rep:INV-1:cycle-1".to_owned(),
        account: "C-1".to_owned(),
        by: "Kim".to_owned(),
        at: 1_772_442_900_000,
        text: "will call".to_owned(),
    };
    let event = news::Event { source: source(), fact: news::Fact::Acknowledged(told) };
    let Ok(Report::NotificationAcknowledged { by, at, .. }) =
        notifier::received(event, &TimeZone::UTC).map(|received| received.report)
    else {
        panic!()
    };
    assert_eq!((by.as_str(), at.to_string().as_str()), ("Kim", "2026-03-02T09:15:00"));
}

fn nobody() -> Party {
    Party {
        id: String::new(),
        name: String::new(),
        kind: String::new(),
        country: String::new(),
        language: String::new(),
        address: Vec::new(),
        email: None,
        phone: None,
        vat_id: None,
        notes: Vec::new(),
    }
}
