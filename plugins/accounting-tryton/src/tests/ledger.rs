//! A Tryton server as the tests play it: recorded answers, and the search conditions of a pull applied to recorded rows.

use std::cell::RefCell;
use std::rc::Rc;

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::wire::Row;

pub const INVOICES: &str = include_str!("../../fixtures/invoices.json");
pub const PART_PAID: &str = include_str!("../../fixtures/invoice-part-paid.json");

/// What the played server has, shared with the test that changes it.
#[derive(Clone)]
pub struct Ledger {
    pub invoices: Rc<RefCell<Vec<Value>>>,
    pub moves: Rc<RefCell<Vec<Value>>>,
    pub notes: Rc<RefCell<Vec<Value>>>,
    /// The `Date` header.
    pub now: Rc<RefCell<String>>,
}

impl Ledger {
    pub fn recorded() -> Ledger {
        Ledger {
            invoices: Rc::new(RefCell::new(rows(INVOICES))),
            moves: Rc::default(),
            notes: Rc::default(),
            now: Rc::new(RefCell::new("Mon, 23 Nov 2026 12:00:00 GMT".to_owned())),
        }
    }

    /// As many as asked, one second after the other from noon on, made from the first recorded one.
    pub fn with_invoices(stamps: &[&str]) -> Ledger {
        let ledger = Ledger::recorded();
        let first = rows(INVOICES).remove(0);
        let invoices = stamps.iter().zip(1_i64..).map(|(stamp, id)| stamped(&first, id, stamp)).collect();
        *ledger.invoices.borrow_mut() = invoices;
        ledger
    }

    pub fn listen(&self) -> Upstream {
        let ledger = self.clone();
        Upstream::new("api", move |asked| Ok(ledger.answer(asked)))
    }

    /// Answers as the ledger does, but for requests whose path ends so.
    pub fn listen_but(&self, end: &'static str, instead: impl Fn() -> Result<Answer, Failure> + 'static) -> Upstream {
        let ledger = self.clone();
        Upstream::new(
            "api",
            move |asked| if asked.path().ends_with(end) { instead() } else { Ok(ledger.answer(asked)) },
        )
    }

    pub fn answer(&self, asked: &Asked) -> Answer {
        let body: Value = serde_json::from_slice(&asked.body).unwrap_or_default();
        let rows = match asked.path().trim_start_matches("/rest/model/") {
            "company.company" => recorded(include_str!("../../fixtures/companies.json")),
            "account.invoice/search_read" => json!(self.search(&body)),
            "account.invoice.payment.method/search_read" => match body["domain"][0][2] == "Bank" {
                true => recorded(include_str!("../../fixtures/payment-methods.json")),
                false => json!([]),
            },
            "account.period/search_read" => recorded(include_str!("../../fixtures/periods.json")),
            "account.move/search_read" => json!(self.found(&body)),
            "account.move" => {
                let mut draft = rows(include_str!("../../fixtures/moves.json")).remove(0);
                draft["description"] = body["description"].clone();
                draft["state"] = json!("draft");
                self.moves.borrow_mut().push(draft);
                recorded(include_str!("../../fixtures/move-created.json"))
            }
            "account.move/10/post" => {
                self.moves.borrow_mut().iter_mut().for_each(|one| one["state"] = json!("posted"));
                recorded(include_str!("../../fixtures/move-posted.json"))
            }
            "party.party/search_read" => self.parties(&body),
            "ir.note/search_read" => json!(*self.notes.borrow()),
            "ir.note" => {
                self.notes.borrow_mut().push(json!({"id": 1, "message": body["message"]}));
                recorded(include_str!("../../fixtures/note-created.json"))
            }
            other => panic!("`{other}` is not played"),
        };
        Answer::new(200, rows.to_string()).with("Date", &self.now.borrow())
    }

    fn search(&self, body: &Value) -> Vec<Value> {
        let pulled = body["order"] == json!([["write_date", "ASC"], ["id", "ASC"]]);
        assert!(pulled || body["limit"] == 1, "a page needs an order: {body}");
        let mut found: Vec<Value> = self.invoices.borrow().clone();
        for clause in body["domain"].as_array().unwrap() {
            match clause[0].as_str().unwrap() {
                "number" if clause[1] == "=" => found.retain(|row| row["number"] == clause[2]),
                "party" => found.retain(|row| row["party."]["id"] == clause[2]),
                "OR" => {
                    let start = moment(&clause[1][2]);
                    let signs = [&clause[1][1], &clause[2][0][1], &clause[2][1][1]];
                    assert_eq!((signs, &clause[2][0][2]), ([&json!(">"), &json!("="), &json!(">")], &clause[1][2]));
                    let behind = clause[2][1][2].as_i64().unwrap();
                    found.retain(|row| {
                        let at = moment(&row["write_date"]);
                        at > start || (at == start && row["id"].as_i64().unwrap() > behind)
                    });
                }
                _ => {}
            }
        }
        found.sort_by_key(|row| (moment(&row["write_date"]), row["id"].as_i64()));
        found.truncate(body["limit"].as_u64().unwrap() as usize);
        found
    }

    fn found(&self, body: &Value) -> Vec<Value> {
        let wanted = body["domain"][0][2].as_array().unwrap();
        self.moves.borrow().iter().filter(|one| wanted.contains(&one["description"])).cloned().collect()
    }

    fn parties(&self, body: &Value) -> Value {
        let clause = &body["domain"][0];
        let wanted = clause[2].as_i64().unwrap();
        let fits = |id: &i64| if clause[1] == "=" { *id == wanted } else { *id > wanted };
        json!((1..=4).filter(fits).map(|id| json!({"id": id})).collect::<Vec<_>>())
    }
}

pub fn rows(json: &str) -> Vec<Value> {
    serde_json::from_str(json).unwrap()
}

pub fn stamped(row: &Value, id: i64, stamp: &str) -> Value {
    let mut row = row.clone();
    row["id"] = json!(id);
    row["number"] = json!(format!("R{id}"));
    row["write_date"] = crate::wire::Moment(stamp.parse().unwrap()).to_json();
    row
}

fn recorded(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

fn moment(value: &Value) -> crate::wire::Moment {
    Row::deserialize(json!({"id": 0, "write_date": value})).unwrap().write_date
}
