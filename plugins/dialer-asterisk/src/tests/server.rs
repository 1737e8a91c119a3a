//! An Asterisk as the tests play it: channels, and the recordings among which results lie. It answers as the real one was seen to.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use dunlin_plugin_sdk::http::{Answer, Failure};
use dunlin_plugin_sdk::testing::{Asked, Upstream};
use serde_json::{Value, json};

#[derive(Clone, Default)]
pub struct Server {
    /// The state of each channel, under its id.
    pub channels: Rc<RefCell<BTreeMap<String, String>>>,
    pub files: Rc<RefCell<BTreeMap<String, String>>>,
    /// The variables of the calls that were started.
    pub started: Rc<RefCell<Vec<Value>>>,
}

impl Server {
    pub fn listen(&self) -> Upstream {
        let server = self.clone();
        Upstream::new("api", move |asked| Ok(server.answer(asked)))
    }

    /// Acts as the server does, and answers otherwise where the method and the beginning of the path fit.
    pub fn listen_but(
        &self,
        method: &'static str,
        path: &'static str,
        instead: impl Fn() -> Result<Answer, Failure> + 'static,
    ) -> Upstream {
        let server = self.clone();
        Upstream::new("api", move |asked| {
            let answer = server.answer(asked);
            if asked.method == method && asked.path().starts_with(path) { instead() } else { Ok(answer) }
        })
    }

    pub fn answer(&self, asked: &Asked) -> Answer {
        let path: Vec<&str> = asked.path().trim_start_matches('/').split('/').collect();
        match (asked.method.as_str(), path.as_slice()) {
            ("GET", ["asterisk", "variable"]) => {
                assert_eq!(parameter(asked, "variable"), "DUNLIN_DIALPLAN");
                good(&json!({"value": "1"}))
            }
            ("GET", ["channels"]) => {
                let channels = self.channels.borrow();
                good(&channels.iter().map(|(id, state)| json!({"id": id, "state": state})).collect())
            }
            ("GET", ["channels", id]) => match self.channels.borrow().get(*id) {
                Some(state) => good(&json!({"id": id, "state": state})),
                None => missing("Channel not found"),
            },
            ("POST", ["channels"]) => self.start(asked),
            ("DELETE", ["channels", id]) => {
                assert_eq!(parameter(asked, "reason"), "normal");
                if !self.channels.borrow().contains_key(*id) {
                    return missing("Channel not found");
                }
                self.ends(id, "CANCEL|16||");
                Answer::new(204, "")
            }
            ("GET", ["recordings", "stored"]) => {
                good(&self.files.borrow().keys().map(|name| json!({"name": name, "format": "wav"})).collect())
            }
            ("GET", ["recordings", "stored", name]) => match self.files.borrow().contains_key(*name) {
                true => good(&json!({"name": name, "format": "wav"})),
                false => missing("Recording not found"),
            },
            ("GET", ["recordings", "stored", name, "file"]) => match self.files.borrow().get(*name) {
                Some(text) => Answer::new(200, text.as_bytes()).with("content-type", "audio/wav"),
                None => missing("Recording not found"),
            },
            ("POST", ["recordings", "stored", name, "copy"]) => {
                let Some(text) = self.files.borrow().get(*name).cloned() else { return missing("Recording not found") };
                let goal = parameter(asked, "destinationRecordingName");
                if self.files.borrow().contains_key(&goal) {
                    return Answer::new(
                        409,
                        r#"{"message":"A recording with the same name already exists on the system"}"#,
                    );
                }
                self.files.borrow_mut().insert(goal, text);
                good(&json!({}))
            }
            ("DELETE", ["recordings", "stored", name]) => match self.files.borrow_mut().remove(*name) {
                Some(_) => Answer::new(204, ""),
                None => missing("Recording not found"),
            },
            other => panic!("{other:?} is not played"),
        }
    }

    fn start(&self, asked: &Asked) -> Answer {
        let (id, dials) = (parameter(asked, "channelId"), parameter(asked, "otherChannelId"));
        assert_eq!(
            (parameter(asked, "context"), parameter(asked, "extension")),
            ("dunlin-answered".into(), "s".into())
        );
        let mut channels = self.channels.borrow_mut();
        if channels.contains_key(&id) {
            return Answer::new(409, r#"{"message":"Channel with given unique ID already exists"}"#);
        }
        let mut started: Value = serde_json::from_slice(&asked.body).unwrap();
        started["endpoint"] = json!(parameter(asked, "endpoint"));
        self.started.borrow_mut().push(started);
        channels.extend([(id.clone(), "Ringing".to_owned()), (dials, "Ring".to_owned())]);
        good(&json!({"id": id, "state": "Down"}))
    }

    /// A call ends: its result is written, and then its channels go. `how`: status, cause, seconds, word.
    pub fn ends(&self, id: &str, how: &str) {
        let started = self.started.borrow();
        let call = started.iter().find(|call| call["variables"]["DUNLIN_CALL"] == id).unwrap();
        let of = |name: &str| call["variables"][name].as_str().unwrap().to_owned();
        let (key, account) = (of("DUNLIN_KEY"), of("DUNLIN_ACCOUNT"));
        let line = format!("1|1772446500|2026-03-02|{how}|{key}|{account}|end\n");
        self.files.borrow_mut().insert(format!("dunlin-new-{id}"), line);
        self.channels.borrow_mut().retain(|channel, _| !channel.starts_with(id));
    }
}

pub fn parameter(asked: &Asked, name: &str) -> String {
    let query = asked.target.split_once('?').unwrap().1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or_else(|| panic!("no {name} in {query}")).replace("%2F", "/").replace("%40", "@")
}

fn good(body: &Value) -> Answer {
    Answer::new(200, body.to_string())
}

fn missing(message: &str) -> Answer {
    Answer::new(404, json!({ "message": message }).to_string())
}
