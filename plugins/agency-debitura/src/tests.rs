//! Whole calls against a Debitura that the tests play.

mod incoming;
mod outgoing;

use super::*;
use dunlin_plugin_sdk::agency::{DirectPayment, Placement, Recall};
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use dunlin_plugin_sdk::{Date, Extension, Kind, Money, OpenItem, Party};
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;

fn config() -> Config {
    serde_json::from_value(json!({"test": false, "user_email": "ar@nordlicht.example"})).unwrap()
}

fn batch() -> Batch {
    Batch { id: "b".to_owned(), at: 0, today: Date::constant(2026, 4, 1), creditor: Party::default() }
}

fn cases() -> Vec<Value> {
    let page: Value = serde_json::from_str(include_str!("../fixtures/cases.json")).unwrap();
    page["cases"].as_array().unwrap().clone()
}

fn payments() -> Vec<Value> {
    serde_json::from_str(include_str!("../fixtures/payments.json")).unwrap()
}

fn euro(minor: i64) -> Money {
    Money::new(minor, "EUR")
}

fn item(invoice: &str, open: i64) -> OpenItem {
    let (issued_on, due_on) = (Date::constant(2026, 1, 5), Date::constant(2026, 2, 4));
    OpenItem { invoice: invoice.to_owned(), issued_on, due_on, original: euro(open), open: euro(open) }
}

fn placement(account: &str, items: Vec<OpenItem>, total: i64) -> Placement {
    let debtor = Party {
        id: account.to_owned(),
        name: "Berg & Söhne GmbH".to_owned(),
        kind: "business".to_owned(),
        country: "DE".to_owned(),
        language: "de".to_owned(),
        address: vec!["Hafenstr. 1".to_owned(), "20457 Hamburg".to_owned()],
        email: Some("ap@berg.example".to_owned()),
        phone: None,
        vat_id: Some("DE123456789".to_owned()),
        notes: Vec::new(),
    };
    Placement {
        account: account.to_owned(),
        debtor,
        sequence: 1,
        items,
        total: euro(total),
        commission: "7/40".to_owned(),
        last_payment_on: Some(Date::constant(2026, 3, 1)),
        history: vec!["2026-02-09 notice level 1 by e-mail".to_owned()],
    }
}

fn request(key: &str, effect: Effect) -> Request<Effect> {
    Request { key: key.to_owned(), effect }
}

fn place_all() -> Vec<Request<Effect>> {
    let place = |number: i64| {
        let items = vec![item(&format!("INV-{number}"), 80_000), item(&format!("INV-{number}b"), 10_001)];
        request(&format!("place:INV-{number}:1"), Effect::Place(placement(&format!("D-{number}"), items, 90_001)))
    };
    [7, 9, 12, 13, 14].map(place).to_vec()
}

/// Cases by their reference, payments of the first one, chats.
#[derive(Default)]
struct Debitura {
    cases: Vec<Value>,
    payments: Vec<Value>,
    chats: Vec<Value>,
}

impl Debitura {
    fn answer(&mut self, asked: &Asked) -> Answer {
        let parts: Vec<&str> = asked.path().split('/').skip(1).collect();
        let body = || serde_json::from_str::<Value>(&asked.text()).unwrap();
        match (asked.method.as_str(), &parts[..]) {
            ("GET", ["me"]) => Answer::new(200, "{}"),
            ("GET", ["cases"]) => {
                let number = |name: &str| -> usize { parameter(asked, name).unwrap().parse().unwrap() };
                let (page, size) = (number("Page"), number("PageSize"));
                let cases: Vec<&Value> = self.cases.iter().skip((page - 1) * size).take(size).collect();
                let total_pages = self.cases.len().div_ceil(size);
                let about = json!({"currentPage": page, "totalPages": total_pages, "totalResults": self.cases.len(), "pageSize": size});
                Answer::new(200, json!({"page": about, "cases": cases}).to_string())
            }
            ("POST", ["cases"]) => {
                let new = body();
                let known = self.cases.iter().find(|case| case["creditorReference"] == new["creditorReference"]);
                let case = known.cloned().unwrap_or_else(|| {
                    let mut case = cases()[4].clone();
                    case["creditorReference"] = new["creditorReference"].clone();
                    case["id"] = json!(format!("id-{}", self.cases.len()));
                    case["reference"] = json!(format!("Q{}", self.cases.len()));
                    self.cases.push(case.clone());
                    case
                });
                Answer::new(200, case.to_string())
            }
            ("GET", ["cases", "by-creditor-reference", reference]) => {
                let reference = reference.replace("%3A", ":");
                match self.cases.iter().find(|case| case["creditorReference"] == reference.as_str()) {
                    Some(case) => Answer::new(200, case.to_string()),
                    None => Answer::new(404, r#"{"error": "not found"}"#),
                }
            }
            ("GET", ["cases", id, "payments"]) => {
                let first = self.cases[0]["id"] == *id;
                Answer::new(200, json!(if first { &self.payments[..] } else { &[] }).to_string())
            }
            ("GET", ["cases", _, "chats"]) => Answer::new(200, json!(self.chats).to_string()),
            ("POST", ["cases", _, "chats"]) => {
                let chat = json!({"id": format!("chat-{}", self.chats.len()), "message": body()["message"]});
                self.chats.push(chat.clone());
                Answer::new(200, chat.to_string())
            }
            other => panic!("{other:?}"),
        }
    }
}

fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let query = asked.target.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

fn serve(debitura: Debitura) -> (Rc<RefCell<Debitura>>, Upstream) {
    let debitura = Rc::new(RefCell::new(debitura));
    let answering = debitura.clone();
    (debitura, Upstream::new("api", move |asked| Ok(answering.borrow_mut().answer(asked))))
}

/// Every account is placed, and Debitura stands as the fixtures tell.
fn placed() -> (Rc<RefCell<Debitura>>, Upstream) {
    let (debitura, upstream) = serve(Debitura::default());
    let outcomes = AgencyDebitura::perform(&config(), &batch(), &place_all()).unwrap();
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Outcome::Done(_))), "{outcomes:?}");
    *debitura.borrow_mut() = Debitura { cases: cases(), payments: payments(), chats: Vec::new() };
    upstream.asked();
    (debitura, upstream)
}
