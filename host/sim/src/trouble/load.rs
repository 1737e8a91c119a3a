//! What is brought to a host under load: invoices that are overdue, and their payments, each with a name of its own.

use escalation::cash::Payment;
use escalation::report::InvoiceReport;
use escalation::{AccountId, Currency, Date, InvoiceNumber, Money, Party, PaymentId, Received, Report, Source};
use jiff::ToSpan;

/// Debtors of all hosts together: few, so that hosts meet.
const ACCOUNTS: u64 = 12;

/// The `n`th thing that is brought to a host: its key, and what it is. Every second one pays the invoice before it.
pub fn brought(host: usize, n: u64, today: Date) -> (String, Received) {
    let invoice = format!("INV-{host}-{}", n / 2);
    let account = format!("D-{}", (n / 2).wrapping_mul(7) % ACCOUNTS);
    let (key, report) = match n % 2 {
        0 => (invoice.clone(), Report::Invoice(invoiced(&account, &invoice, n, today))),
        _ => {
            let key = format!("PAY-{host}-{}", n / 2);
            (key.clone(), Report::PaymentsReceived { payments: vec![paid(&key, &invoice, n, today)] })
        }
    };
    let source = Source {
        key: key.clone(),
        version: None,
        digest: None,
        document: key.clone(),
        place: String::new(),
        occurred_on: today,
    };
    (key, Received { source, report })
}

fn amount(n: u64) -> Money {
    Money::new(10_000 + i64::try_from(n / 2).unwrap_or(0), Currency::EUR)
}

fn invoiced(account: &str, number: &str, n: u64, today: Date) -> InvoiceReport {
    InvoiceReport {
        debtor: Party {
            id: AccountId::new(account).as_str().to_owned(),
            name: format!("Debtor {account}"),
            country: "DE".to_owned(),
            language: "de".to_owned(),
            email: Some(format!("{account}@example.com")),
            ..Party::default()
        },
        number: InvoiceNumber::new(number),
        issued_on: today.saturating_sub(40.days()),
        due_on: Some(today.saturating_sub(20.days())),
        total: amount(n),
        payable: amount(n),
        terms: String::new(),
        discounts: Vec::new(),
        payment_references: vec![number.to_owned()],
        buyer_reference: None,
        order: None,
        products: Vec::new(),
    }
}

fn paid(id: &str, invoice: &str, n: u64, today: Date) -> Payment {
    Payment {
        id: PaymentId::new(id),
        amount: amount(n - 1),
        account: "DE02".to_owned(),
        booked_on: today,
        value_on: today,
        payer_name: None,
        payer_account: None,
        references: vec![invoice.to_owned()],
        end_to_end_id: None,
        bank_reference: None,
        text: invoice.to_owned(),
        reason: None,
    }
}
