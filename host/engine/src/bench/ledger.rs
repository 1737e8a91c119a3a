//! Accounts as they lie in a real ledger on an ordinary night: most are current, some wait, a few have become due.

use escalation::effect::Notice;
use escalation::event::Event;
use escalation::id::PromiseId;
use escalation::invoice::{Invoice, plus_days};
use escalation::party::PartyKind;
use escalation::policy::{Channel, Tone};
use escalation::promise::{Promise, PromiseState};
use escalation::report::InvoiceReport;
use escalation::{
    AccountId, Action, Currency, Date, Effect, EffectKey, Fact, InvoiceNumber, LevelId, Money, Party, Received, Report,
    Source,
};
use store::Entry;

/// The first night; a Wednesday.
pub const TODAY: Date = Date::constant(2026, 3, 11);

/// Open invoices of thirty accounts: a hundred.
const INVOICES: [u64; 30] = [1, 3, 2, 5, 1, 4, 2, 9, 1, 3, 1, 8, 2, 4, 1, 3, 2, 5, 1, 4, 2, 9, 1, 3, 1, 8, 2, 4, 3, 5];
const CYCLE: u64 = 30;
const PER_CYCLE: u64 = 100;

/// What an account is doing, in a hundred accounts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// Nothing is due for days.
    Current,
    /// Four levels were taken; the next one is days away.
    Waiting,
    /// As before, and a promise is running.
    Promised,
    /// Due yesterday, unpaid: today is the first notice.
    NewlyOverdue,
    /// Due in three days: today is the courtesy reminder.
    Reminded,
}

pub fn accounts(invoices: u64) -> u64 {
    invoices * CYCLE / PER_CYCLE
}

fn standing(n: u64) -> Standing {
    match n.wrapping_mul(2_654_435_761) >> 7 & 0xffff {
        x if x < 47_200 => Standing::Current,      // 72 %
        x if x < 59_000 => Standing::Waiting,      // 18 %
        x if x < 62_250 => Standing::Promised,     //  5 %
        x if x < 64_225 => Standing::NewlyOverdue, //  3 %
        _ => Standing::Reminded,                   //  2 %
    }
}

/// Everything that T1 took of account number `n` until the day before [`TODAY`]: a report for each invoice.
pub fn entries(n: u64) -> Vec<Entry> {
    let account = AccountId::new(format!("D-{n:07}"));
    let cycle = usize::try_from(n % CYCLE).unwrap_or_default();
    let count = INVOICES.get(cycle).copied().unwrap_or(1);
    let first = n / CYCLE * PER_CYCLE + INVOICES.iter().take(cycle).sum::<u64>();
    let debtor = debtor(n, &account);
    (0..count)
        .map(|k| {
            let standing = if k == 0 { standing(n) } else { Standing::Current };
            let invoice = invoice(first + k, standing);
            let mut events = Vec::new();
            if k == 0 {
                events.push(told(invoice.issued_on, Fact::DebtorSynced { debtor: debtor.clone() }));
            }
            events.push(told(invoice.issued_on, Fact::InvoiceIssued { invoice: invoice.clone() }));
            events.extend(history(&invoice, standing));
            let events = events.into_iter().map(|event| (account.clone(), event)).collect();
            Entry { received: received(&debtor, &invoice), events }
        })
        .collect()
}

fn debtor(n: u64, account: &AccountId) -> Party {
    Party {
        id: account.as_str().to_owned(),
        name: format!("Musterbau und Ausbau Nummer {n} GmbH & Co. KG"),
        kind: PartyKind::Business,
        country: "DE".to_owned(),
        language: "de".to_owned(),
        address: vec![format!("Lange Musterstraße {}", n % 300), format!("{:05} Musterstadt", 10_000 + n % 80_000)],
        email: Some(format!("buchhaltung@musterbau-{n}.example")),
        phone: Some(format!("+49 40 555{n:07}")),
        vat_id: Some(format!("DE{:09}", 100_000_000 + n)),
        zone: None,
    }
}

fn invoice(n: u64, standing: Standing) -> Invoice {
    let ago = |days: u64| plus_days(TODAY, -i32::try_from(days).unwrap_or_default());
    let due_on = match standing {
        Standing::Current => plus_days(TODAY, 10 + i32::try_from(n % 9).unwrap_or_default()),
        Standing::Waiting | Standing::Promised => ago(11),
        Standing::NewlyOverdue => ago(1),
        Standing::Reminded => plus_days(TODAY, 3),
    };
    let total = Money::new(4_990 + i64::try_from(n % 900_000).unwrap_or_default(), Currency::EUR);
    Invoice {
        number: InvoiceNumber::new(format!("INV-2026-{n:07}")),
        issued_on: plus_days(due_on, -30),
        due_on,
        total,
        payable: total,
        terms: "30 days net".to_owned(),
        payment_references: vec![format!("RF{:02}2026{n:07}", n % 90 + 10)],
        discounts: Vec::new(),
        buyer_reference: Some(format!("PO-{:06}", n % 400_000)),
        order: None,
        products: Vec::new(),
    }
}

fn received(debtor: &Party, invoice: &Invoice) -> Received {
    let report = InvoiceReport {
        debtor: debtor.clone(),
        number: invoice.number.clone(),
        issued_on: invoice.issued_on,
        due_on: Some(invoice.due_on),
        total: invoice.total,
        payable: invoice.payable,
        terms: invoice.terms.clone(),
        discounts: Vec::new(),
        payment_references: invoice.payment_references.clone(),
        buyer_reference: invoice.buyer_reference.clone(),
        order: None,
        products: Vec::new(),
    };
    let source = Source {
        key: format!("invoice:{}", invoice.number),
        version: None,
        digest: None,
        document: format!("{}.xml", invoice.number),
        place: String::new(),
        occurred_on: invoice.issued_on,
    };
    Received { source, report: Report::Invoice(report) }
}

/// The levels that were taken, with the messages that went out, and the promise.
fn history(invoice: &Invoice, standing: Standing) -> Vec<Event> {
    let due = |days| plus_days(invoice.due_on, days);
    let taken: &[(&str, i32)] = match standing {
        Standing::Current | Standing::Reminded => &[("receipt-confirmation", -26)],
        Standing::NewlyOverdue => &[("receipt-confirmation", -26), ("courtesy-reminder", -3)],
        Standing::Waiting | Standing::Promised => &[
            ("receipt-confirmation", -26),
            ("courtesy-reminder", -3),
            ("first-notice", 1),
            ("second-notice", 5),
            ("call", 7),
            ("sales-rep", 9),
        ],
    };
    let mut events = Vec::new();
    for (level, days) in taken {
        let (on, level, number) = (due(*days), LevelId::new(*level), invoice.number.clone());
        events.push(told(on, Fact::LevelReached { invoice: number.clone(), level: level.clone() }));
        if level.as_str() == "call" || level.as_str() == "sales-rep" {
            continue;
        }
        let key = EffectKey::new(format!("notice:{level}:{number}:cycle-1"));
        let notice = Notice {
            template: level.as_str().to_owned(),
            level,
            channel: Channel::Email,
            tone: Tone::Friendly,
            invoices: vec![number],
            deadline: None,
            confirm_days: None,
        };
        let action = Action::SendNotice(notice);
        let effect = Effect {
            key: key.clone(),
            due_on: on,
            valid_until: Some(plus_days(on, 3)),
            approval: escalation::Approval::None,
            action,
        };
        events.push(told(on, Fact::EffectPlanned { effect }));
        events.push(told(on, Fact::EffectDone { key, reference: format!("<{}@mail.example>", invoice.number) }));
    }
    if standing == Standing::Promised {
        let promise = Promise {
            id: PromiseId::new(format!("promise:{}", invoice.number)),
            amount: invoice.payable,
            made_on: plus_days(TODAY, -3),
            due_on: plus_days(TODAY, 5),
            invoices: vec![invoice.number.clone()],
            text: "will pay when the customer has paid".to_owned(),
            state: PromiseState::Running,
            received: Money::zero(Currency::EUR),
        };
        events.push(told(promise.made_on, Fact::PromiseMade { promise }));
    }
    events
}

fn told(on: Date, fact: Fact) -> Event {
    Event { at: on.at(8, 0, 0, 0), on, origin: "invoices ledger.xml".to_owned(), fact }
}
