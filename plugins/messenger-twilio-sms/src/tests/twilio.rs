//! A Twilio as the tests play it: the messages of an account, out and in, listed with the newest first.

use std::cell::RefCell;
use std::rc::Rc;

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimePrinter;
use serde_json::{Value, json};

use super::{ACCOUNT, NOW, sid};

#[derive(Clone, Default)]
pub struct Account {
    /// The oldest first.
    pub messages: Rc<RefCell<Vec<Value>>>,
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

    /// Acts as Twilio does, and answers otherwise to what is sent.
    pub fn listen_but_send(&self, instead: impl Fn() -> Result<Answer, Failure> + 'static) -> Upstream {
        let account = self.clone();
        Upstream::new("api", move |asked| {
            let answer = account.answer(asked);
            if asked.method == "POST" { instead() } else { Ok(answer) }
        })
    }

    pub fn answer(&self, asked: &Asked) -> Answer {
        let path = asked.path().strip_prefix(&format!("/2010-04-01/Accounts/{ACCOUNT}/")).unwrap().to_owned();
        let sid = path.strip_prefix("Messages/").and_then(|rest| rest.strip_suffix(".json"));
        match (asked.method.as_str(), sid) {
            ("GET", None) => self.list(asked),
            ("GET", Some(sid)) => match self.find(sid) {
                Some(message) => Answer::new(200, message.to_string()),
                None => Answer::new(404, r#"{"code": 20404, "message": "not found", "status": 404}"#),
            },
            ("POST", None) => self.send(asked),
            ("POST", Some(sid)) => {
                assert_eq!(asked.text(), "Status=canceled");
                if self.find(sid).unwrap()["status"] != "scheduled" {
                    return Answer::new(400, r#"{"code": 30409, "message": "cannot be canceled", "status": 400}"#);
                }
                self.change(sid, &[("status", json!("canceled"))]);
                Answer::new(200, self.find(sid).unwrap().to_string())
            }
            other => panic!("{other:?} is not played"),
        }
    }

    fn list(&self, asked: &Asked) -> Answer {
        let messages = self.messages.borrow();
        let to = parameter(asked, "To").map(|to| to.replace("%2B", "+"));
        let fits = |message: &&Value| to.as_deref().is_none_or(|to| message["to"] == to);
        let length: usize = parameter(asked, "PageSize").unwrap().parse().unwrap();
        // A page begins behind the message that its token names.
        let token = parameter(asked, "PageToken");
        let behind = |message: &&Value| token.as_deref().is_some_and(|token| message["sid"] != token);
        let rest = messages.iter().rev().filter(fits).skip_while(behind).skip(usize::from(token.is_some()));
        let rest: Vec<&Value> = rest.collect();
        let page = &rest[..length.min(rest.len())];
        let next = (rest.len() > length).then(|| {
            let last = page.last().unwrap()["sid"].as_str().unwrap();
            format!("{}?PageSize={length}&Page=1&PageToken={last}", asked.path())
        });
        Answer::new(200, json!({"messages": page, "next_page_uri": next, "page_size": length}).to_string())
    }

    fn send(&self, asked: &Asked) -> Answer {
        let text = asked.text();
        let field = |name: &str| {
            let value = text.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
            Some(value.replace("%2B", "+").replace("%20", " ").replace("%3A", ":"))
        };
        let sid = self.add(&field("To").unwrap(), &field("Body").unwrap());
        if field("ScheduleType").is_some() {
            self.change(&sid, &[("status", json!("scheduled")), ("num_segments", json!("0"))]);
        }
        Answer::new(201, self.find(&sid).unwrap().to_string())
    }

    /// Somebody sends this now.
    pub fn add(&self, to: &str, body: &str) -> String {
        let message = serde_json::from_str(include_str!("../../fixtures/sent.json")).unwrap();
        let sid = self.put(message);
        self.change(&sid, &[("to", json!(to)), ("body", json!(body)), ("status", json!("queued"))]);
        sid
    }

    /// Somebody writes back now.
    pub fn reply(&self, from: &str, body: &str) -> String {
        let sid = self.put(serde_json::from_str(include_str!("../../fixtures/reply.json")).unwrap());
        self.change(&sid, &[("from", json!(from)), ("body", json!(body))]);
        sid
    }

    fn put(&self, mut message: Value) -> String {
        let sid = sid(self.messages.borrow().len() + 1);
        let now = Timestamp::from_second(*self.now.borrow()).unwrap();
        let now = DateTimePrinter::new().timestamp_to_string(&now).unwrap();
        (message["sid"], message["date_created"], message["date_updated"]) = (json!(sid), json!(now), json!(now));
        self.messages.borrow_mut().push(message);
        sid
    }

    pub fn find(&self, sid: &str) -> Option<Value> {
        self.messages.borrow().iter().find(|message| message["sid"] == sid).cloned()
    }

    pub fn change(&self, sid: &str, changes: &[(&str, Value)]) {
        let mut messages = self.messages.borrow_mut();
        let message = messages.iter_mut().find(|message| message["sid"] == sid).unwrap();
        for (name, value) in changes {
            message[*name] = value.clone();
        }
    }

    pub fn becomes(&self, sid: &str, status: &str) {
        self.change(sid, &[("status", json!(status))]);
    }

    pub fn passes(&self, seconds: i64) {
        *self.now.borrow_mut() += seconds;
    }
}

pub fn parameter(asked: &Asked, name: &str) -> Option<String> {
    let query = asked.target.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}
