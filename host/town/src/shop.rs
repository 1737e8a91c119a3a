//! The creditor's shop and practice: new customers apply for credit, order, and make appointments. They pay before the day, or do
//! not; the credit bureau and the payers of insured customers answer what they are asked.
//!
//! The shop pushes its reports in the form of `POST /api/intake`: a file a day, which whoever runs the demo hands on.

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::TownError;
use crate::bank::{Kind, Transfer};
use crate::days;
use crate::exchange::csv_text;
use crate::world::Scene;

const PUSHED: &str = "shop";
const ORDERS: &str = "bureau/outgoing";
const REPORTS: &str = "bureau/reports";
const ENQUIRIES: &str = "cover/outgoing";
const ANSWERS: &str = "cover/answers";
const PAYER: &str = "Nordkasse";

struct Customer {
    id: &'static str,
    name: &'static str,
    kind: &'static str,
    mailbox: &'static str,
    /// When the shop meets them, in days from the start.
    day: i64,
    /// An appointment or an order: kind, name, days from the start, amount.
    waits: Option<(&'static str, &'static str, i64, i64)>,
    /// The member number of an insured customer, and whether the cover is in force.
    insured: Option<(&'static str, bool)>,
    /// Pays before the day when asked.
    pays: bool,
    /// An application for credit: its name and amount.
    applies: Option<(&'static str, i64)>,
    /// What the bureau says.
    verdict: &'static str,
}

const NOBODY: Customer = Customer {
    id: "",
    name: "",
    kind: "consumer",
    mailbox: "",
    day: 0,
    waits: None,
    insured: None,
    pays: true,
    applies: None,
    verdict: "approve",
};

const CUSTOMERS: [Customer; 8] = [
    Customer {
        id: "K-3001",
        name: "Anna Meyer",
        mailbox: "anna.meyer",
        day: 2,
        waits: Some(("appointment", "A-7001", 21, 80_00)),
        insured: Some(("M-4471", true)),
        ..NOBODY
    },
    Customer {
        id: "K-3002",
        name: "Bernd Otte",
        mailbox: "bernd.otte",
        day: 4,
        waits: Some(("appointment", "A-7002", 30, 140_00)),
        insured: Some(("M-2093", true)),
        ..NOBODY
    },
    Customer {
        id: "K-3003",
        name: "Clara Voss",
        mailbox: "clara.voss",
        day: 9,
        waits: Some(("appointment", "A-7003", 37, 95_00)),
        pays: false,
        ..NOBODY
    },
    Customer {
        id: "K-3004",
        name: "David Lenz",
        mailbox: "david.lenz",
        day: 85,
        waits: Some(("appointment", "A-7004", 124, 210_00)),
        insured: Some(("M-8810", false)),
        pays: false,
        ..NOBODY
    },
    Customer {
        id: "K-3005",
        name: "Eichhof Möbel GmbH",
        kind: "business",
        mailbox: "einkauf.eichhof",
        day: 11,
        waits: Some(("order", "O-7005", 45, 1_900_00)),
        applies: Some(("APP-7005", 1_000_00)),
        ..NOBODY
    },
    Customer {
        id: "K-3006",
        name: "Fährmann Logistik GmbH",
        kind: "business",
        mailbox: "einkauf.faehrmann",
        day: 16,
        applies: Some(("APP-7006", 8_000_00)),
        ..NOBODY
    },
    Customer {
        id: "K-3007",
        name: "Gezeiten Bau KG",
        kind: "business",
        mailbox: "einkauf.gezeiten",
        day: 23,
        applies: Some(("APP-7007", 7_500_00)),
        verdict: "decline",
        ..NOBODY
    },
    Customer {
        id: "K-3008",
        name: "Hafenkontor Süd GmbH",
        kind: "business",
        mailbox: "einkauf.hafenkontor",
        day: 30,
        applies: Some(("APP-7008", 2_500_00)),
        ..NOBODY
    },
];

impl Customer {
    fn email(&self) -> String {
        format!("{}@kunden.example", self.mailbox)
    }

    fn party(&self) -> Value {
        json!({
            "id": self.id, "name": self.name, "kind": self.kind, "country": "DE", "language": "de",
            "address": [self.name, "Deichstraße 9", "20459 Hamburg"], "email": self.email(),
        })
    }
}

/// A day in the shop, and of those who answer the hub.
pub(crate) fn open(scene: &mut Scene<'_>) -> Result<(), TownError> {
    push(scene);
    report_credit(scene)?;
    answer_cover(scene)
}

/// What the shop learned today.
fn push(scene: &mut Scene<'_>) {
    let (start, today) = (scene.memory.founding.start, scene.today);
    let name = format!("{today}.json");
    let mut reports = Vec::new();
    let mut add = |key: String, report: Value| {
        reports.push(json!({ "source": { "key": key, "document": name, "occurred_on": today }, "report": report }));
    };
    let eur = |minor: i64| json!({ "minor": minor, "currency": "EUR" });
    for customer in &CUSTOMERS {
        let party = || customer.party();
        if days::plus(start, customer.day) == today {
            add(format!("customer:{}", customer.id), json!({ "type": "customer", "debtor": party(), "since": today }));
            if let Some((id, amount)) = customer.applies {
                let application = json!({ "id": id, "amount": eur(amount), "applied_on": today });
                add(
                    format!("applied:{id}"),
                    json!({ "type": "credit-applied", "debtor": party(), "application": application }),
                );
            }
            if let Some((kind, id, day, amount)) = customer.waits {
                let mut engagement =
                    json!({ "id": id, "kind": kind, "on": days::plus(start, day), "amount": eur(amount) });
                if let Some((member, _)) = customer.insured {
                    engagement["insured"] = json!({ "payer": PAYER, "member": member });
                }
                add(format!("engaged:{id}"), json!({ "type": "engaged", "debtor": party(), "engagement": engagement }));
            }
        }
        if let Some((_, id, day, _)) = customer.waits
            && days::plus(start, day) == today
        {
            let ended = json!({
                "type": "engagement-ended", "account": customer.id, "engagement": id, "reason": "it took place",
            });
            add(format!("ended:{id}"), ended);
        }
    }
    if !reports.is_empty() {
        scene.leave(PUSHED, name, Value::Array(reports).to_string());
    }
}

/// An order for credit reports, as far as the bureau reads it.
#[derive(Deserialize)]
struct Orders {
    orders: Vec<Order>,
}

#[derive(Deserialize)]
struct Order {
    order: String,
    account: String,
}

fn report_credit(scene: &mut Scene<'_>) -> Result<(), TownError> {
    let today = scene.today;
    for name in scene.unread(ORDERS, "orders-", ".json")? {
        let Some(bytes) = scene.exchange.read(ORDERS, &name)? else { continue };
        let read: Orders =
            serde_json::from_slice(&bytes).map_err(|error| scene.exchange.unreadable(ORDERS, &name, 1, &error))?;
        let mut reports = Vec::new();
        for order in read.orders {
            let Some(customer) = CUSTOMERS.iter().find(|customer| customer.id == order.account) else { continue };
            scene.memory.tally.credit_reports += 1;
            reports.push(json!({
                "report": format!("R-{}", customer.id), "order": order.order, "account": order.account,
                "reported_on": today, "verdict": customer.verdict,
                "limit": { "amount": "10000.00", "currency": "EUR" }, "price": { "amount": "38.50", "currency": "EUR" },
                "text": "as of today",
            }));
        }
        if !reports.is_empty() {
            let file = json!({ "bureau": "Auskunft Nord", "reports": reports });
            scene.leave(REPORTS, name.replace("orders-", "reports-"), file.to_string());
        }
    }
    Ok(())
}

/// An enquiry about cover, as far as the payer reads it.
#[derive(Deserialize)]
struct Enquiry {
    enquiry_id: String,
    account: String,
    appointment: String,
    member: String,
}

fn answer_cover(scene: &mut Scene<'_>) -> Result<(), TownError> {
    let today = scene.today.to_string();
    for name in scene.unread(ENQUIRIES, "enquiries-", ".csv")? {
        let columns = ["answer_id", "enquiry_id", "account", "appointment", "status", "checked_on", "payer", "member"];
        let mut rows = vec![columns.map(ToOwned::to_owned)];
        for enquiry in scene.exchange.table::<Enquiry>(ENQUIRIES, &name)? {
            let known = CUSTOMERS.iter().filter_map(|customer| customer.insured);
            let Some((_, active)) = known.into_iter().find(|(member, _)| *member == enquiry.member) else { continue };
            scene.memory.tally.cover_answers += 1;
            let id = format!("N-{}", scene.memory.number("cover answer"));
            let status = if active { "active" } else { "lapsed" };
            let Enquiry { enquiry_id, account, appointment, member } = enquiry;
            rows.push([
                id,
                enquiry_id,
                account,
                appointment,
                status.to_owned(),
                today.clone(),
                PAYER.to_owned(),
                member,
            ]);
        }
        if rows.len() > 1 {
            scene.leave(ANSWERS, name.replace("enquiries-", "answers-"), csv_text(rows));
        }
    }
    Ok(())
}

/// A customer of the shop reads that something has to be paid before the day; once is enough.
pub(crate) fn asked(scene: &mut Scene<'_>, to: &str, text: &str) {
    let Some(customer) = CUSTOMERS.iter().find(|customer| customer.email().eq_ignore_ascii_case(to)) else { return };
    let Some((_, id, _, amount)) = customer.waits.filter(|(_, id, ..)| text.contains(id)) else { return };
    let once = format!("asked for {id}");
    if !customer.pays || scene.memory.counters.contains_key(&once) {
        return;
    }
    scene.memory.number(&once);
    let on: Date = days::bank_day(days::plus(scene.today, 2));
    scene.memory.transfers.push(Transfer {
        on,
        currency: "EUR".to_owned(),
        amount,
        kind: Kind::Prepayment,
        payer: customer.name.to_owned(),
        payer_account: crate::checks::iban("DE", "200400000098765432"),
        reference: None,
        text: format!("Vorauszahlung {id}"),
        end_to_end: "NOTPROVIDED".to_owned(),
        portions: Vec::new(),
        bank_reference: None,
    });
}
