//! A Twilio as the tests play it: the calls of an account, listed with the newest first.

use std::cell::RefCell;
use std::rc::Rc;

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::{ACCOUNT, NOW};

#[derive(Clone, Default)]
pub struct Account {
    /// The oldest first.
    pub calls: Rc<RefCell<Vec<Value>>>,
    pub now: Rc<RefCell<i64>>,
}

impl Account {
    pub fn new() -> Account {
        let account = Account::default();
        *account.now.borrow_mut() = NOW / 1_000;
        account
    }

    pub fn listen(&self) -> Upstream {
        let account = self.clone();
        Upstream::new("api", move |asked| Ok(account.answer(asked)))
    }

    /// Acts as Twilio does, and answers otherwise to this method.
    pub fn listen_but(
        &self,
        method: &'static str,
        instead: impl Fn() -> Result<Answer, Failure> + 'static,
    ) -> Upstream {
        let account = self.clone();
        Upstream::new("api", move |asked| match asked.method == method {
            true => {
                if method == "POST" {
                    account.answer(asked);
                }
                instead()
            }
            false => Ok(account.answer(asked)),
        })
    }

    pub fn answer(&self, asked: &Asked) -> Answer {
        let path = asked.path().strip_prefix(&format!("/2010-04-01/Accounts/{ACCOUNT}/")).unwrap().to_owned();
        let sid = path.strip_prefix("Calls/").and_then(|rest| rest.strip_suffix(".json"));
        match (asked.method.as_str(), sid) {
            ("GET", None) => self.list(asked),
            ("GET", Some(sid)) => match self.find(sid) {
                Some(call) => Answer::new(200, call.to_string()),
                None => Answer::new(404, r#"{"code": 20404, "message": "not found", "status": 404}"#),
            },
            ("POST", None) => self.make(asked),
            ("POST", Some(sid)) => {
                assert_eq!(asked.text(), "Status=canceled");
                let state = self.find(sid).unwrap()["status"].as_str().unwrap().to_owned();
                if ["queued", "ringing"].contains(&state.as_str()) {
                    self.ends(sid, "canceled", None);
                }
                Answer::new(200, self.find(sid).unwrap().to_string())
            }
            other => panic!("{other:?} is not played"),
        }
    }

    fn list(&self, asked: &Asked) -> Answer {
        let calls = self.calls.borrow();
        let fits = |call: &&Value| {
            ["To", "From"].iter().all(|name| {
                parameter(asked, name).is_none_or(|value| call[name.to_lowercase()] == value.replace("%2B", "+"))
            })
        };
        let length: usize = parameter(asked, "PageSize").unwrap().parse().unwrap();
        // A page begins behind the call that its token names.
        let token = parameter(asked, "PageToken");
        let behind = |call: &&Value| token.as_deref().is_some_and(|token| call["sid"] != token);
        let rest: Vec<&Value> =
            calls.iter().rev().filter(fits).skip_while(behind).skip(usize::from(token.is_some())).collect();
        let page: Vec<&Value> = rest.iter().take(length).copied().collect();
        let next = (rest.len() > length).then(|| {
            let last = page.last().unwrap()["sid"].as_str().unwrap();
            format!("{}?From=%2B4681234567&PageSize={length}&Page=1&PageToken={last}", asked.path())
        });
        Answer::new(200, json!({"calls": page, "next_page_uri": next, "page_size": length}).to_string())
    }

    fn make(&self, asked: &Asked) -> Answer {
        let text = asked.text();
        let field = |name: &str| {
            text.split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))
                .map(|value| value.replace("%2B", "+"))
        };
        let sid = self.add(&field("To").unwrap());
        Answer::new(201, self.find(&sid).unwrap().to_string())
    }

    /// Somebody makes a call to this number now.
    pub fn add(&self, to: &str) -> String {
        let sid = format!("CA{:032}", self.calls.borrow().len() + 1);
        let mut call: Value = serde_json::from_str(include_str!("../../fixtures/call.json")).unwrap();
        call["sid"] = json!(sid);
        call["to"] = json!(to);
        call["date_created"] = json!(self.time());
        call["status"] = json!("queued");
        for empty in ["start_time", "end_time", "duration", "answered_by"] {
            call[empty] = Value::Null;
        }
        self.calls.borrow_mut().push(call);
        sid
    }

    pub fn time(&self) -> String {
        let now = Timestamp::from_second(*self.now.borrow()).unwrap();
        DateTimePrinter::new().timestamp_to_string(&now).unwrap()
    }

    pub fn find(&self, sid: &str) -> Option<Value> {
        self.calls.borrow().iter().find(|call| call["sid"] == sid).cloned()
    }

    pub fn change(&self, sid: &str, name: &str, value: Value) {
        let mut calls = self.calls.borrow_mut();
        calls.iter_mut().find(|call| call["sid"] == sid).unwrap()[name] = value;
    }

    pub fn ends(&self, sid: &str, status: &str, answered_by: Option<&str>) {
        self.change(sid, "status", json!(status));
        self.change(sid, "answered_by", json!(answered_by));
        if status == "completed" {
            self.change(sid, "duration", json!("42"));
            self.change(sid, "start_time", json!(self.time()));
        }
    }
}

pub fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let query = asked.target.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}
