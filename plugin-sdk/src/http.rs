//! HTTP to a system that the operator bound to this plugin, under the name of a connection in its manifest.
//!
//! The host decides where a request goes, signs it with a credential that the plugin never sees, and reads the answer under its
//! limits. Nothing is followed and nothing is repeated: a plugin that wants a second try returns an error, and is asked again.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Error, Outcome, Result};

/// Bytes of an answer that an error repeats.
const SHOWN_BYTES: usize = 200;

/// A bound system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    name: String,
}

impl Connection {
    pub fn new(name: impl Into<String>) -> Connection {
        Connection { name: name.into() }
    }

    /// `target` begins with `/`, below the address that the operator bound.
    pub fn get(&self, target: impl Into<String>) -> Call {
        self.call("GET", target)
    }

    pub fn post(&self, target: impl Into<String>) -> Call {
        self.call("POST", target)
    }

    pub fn put(&self, target: impl Into<String>) -> Call {
        self.call("PUT", target)
    }

    pub fn patch(&self, target: impl Into<String>) -> Call {
        self.call("PATCH", target)
    }

    pub fn delete(&self, target: impl Into<String>) -> Call {
        self.call("DELETE", target)
    }

    pub fn call(&self, method: &str, target: impl Into<String>) -> Call {
        let sent = Sent { method: method.to_owned(), target: target.into(), headers: Vec::new(), body: Vec::new() };
        Call { connection: self.name.clone(), sent, wrong: None }
    }
}

/// A request as it leaves the plugin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    pub method: String,
    /// With its query.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Sent {
    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    /// What stands before the query.
    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A request that is being made.
#[derive(Clone, Debug)]
#[must_use = "a request is sent by `send`"]
pub struct Call {
    connection: String,
    sent: Sent,
    wrong: Option<Error>,
}

impl Call {
    /// Adds a parameter to the query.
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Call {
        let joint = if self.sent.target.contains('?') { '&' } else { '?' };
        self.sent.target = format!("{}{joint}{}={}", self.sent.target, encoded(name), encoded(&value.to_string()));
        self
    }

    pub fn header(mut self, name: &str, value: impl fmt::Display) -> Call {
        self.sent.headers.push((name.to_owned(), value.to_string()));
        self
    }

    pub fn body(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Call {
        self.sent.body = body.into();
        self.header("content-type", content_type)
    }

    pub fn json(mut self, value: &impl Serialize) -> Call {
        match serde_json::to_vec(value) {
            Ok(body) => self.body("application/json", body),
            Err(error) => {
                self.wrong = Some(Error::broken(format!("the request cannot be written as JSON: {error}")));
                self
            }
        }
    }

    /// A form as browsers send it.
    pub fn form<'a>(self, fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> Call {
        let pair = |(name, value)| format!("{}={}", encoded(name), encoded(value));
        let fields: Vec<String> = fields.into_iter().map(pair).collect();
        self.body("application/x-www-form-urlencoded", fields.join("&"))
    }

    /// Every status is an answer: [`Answer::ok`] says which of them are good.
    pub fn send(self) -> std::result::Result<Answer, Failure> {
        match self.wrong {
            Some(error) => Err(Failure::not_sent(error)),
            None => host::send(&self.connection, self.sent),
        }
    }
}

/// What the other side answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// An answer for tests.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Answer {
        Answer { status, headers: Vec::new(), body: body.into() }
    }

    pub fn with(mut self, name: &str, value: &str) -> Answer {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first value of a header, whatever the case of its name.
    pub fn header(&self, name: &str) -> Option<&str> {
        find(&self.headers, name)
    }

    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer, if its status is one of success; otherwise who has to act: nobody (busy, away), a person (who are we?), or it
    /// said no.
    pub fn ok(self) -> Result<Answer> {
        if self.is_good() {
            return Ok(self);
        }
        let told = format!("the other side answered {}: {}", self.status, self.shown());
        Err(match self.status {
            401 => Error::misconfigured(told).hint("look at the credential of the connection"),
            403 => Error::misconfigured(told).hint("give the credential of the connection the right to do this"),
            408 | 425 | 429 | 500..=599 => match self.retry_after_ms() {
                Some(wait) => Error::retry_later(told).retry_after_ms(wait),
                None => Error::retry_later(told),
            },
            _ => Error::refused(told),
        })
    }

    /// The body as what it means; the error names the key that does not fit.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T> {
        let mut reader = serde_json::Deserializer::from_slice(&self.body);
        serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            Error::broken(format!("the answer is not what was expected, at `{}`: {}", error.path(), error.inner()))
        })
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// `Retry-After` in seconds; as a day it is left alone, because a plugin has no clock.
    pub fn retry_after_ms(&self) -> Option<u64> {
        self.header("retry-after")?.trim().parse::<u64>().ok()?.checked_mul(1000)
    }

    fn shown(&self) -> String {
        let text = self.text();
        let mut end = text.len().min(SHOWN_BYTES);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text[..end].split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The other side may have acted on the request.
    pub sent: bool,
    pub error: Error,
}

impl Failure {
    /// For tests: nothing left the house.
    pub fn not_sent(error: Error) -> Failure {
        Failure { sent: false, error }
    }

    /// For tests: nobody knows whether the other side acted.
    pub fn lost(error: Error) -> Failure {
        Failure { sent: true, error }
    }

    /// For effects: unknown, if the other side may have acted; otherwise the error, and the batch is asked for again.
    pub fn outcome(self) -> Result<Outcome> {
        match self.sent {
            true => Ok(Outcome::Unknown(self.error.message)),
            false => Err(self.error),
        }
    }
}

/// For reading, where it does not matter whether a request was sent.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Error {
        failure.error
    }
}

fn find<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// Percent-encoded: letters, digits, `-`, `.`, `_` and `~` stay.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(target_arch = "wasm32")]
mod host {
    use super::{Answer, Failure, Sent};
    use crate::{Error, guest::wire::http, mirror::Mirror};

    pub(super) fn send(connection: &str, sent: Sent) -> Result<Answer, Failure> {
        let header = |(name, value)| http::Header { name, value };
        let request = http::Request {
            method: sent.method,
            target: sent.target,
            headers: sent.headers.into_iter().map(header).collect(),
            body: sent.body,
        };
        match http::send(connection, &request) {
            Ok(response) => Ok(Answer {
                status: response.status,
                headers: response.headers.into_iter().map(|header| (header.name, header.value)).collect(),
                body: response.body,
            }),
            Err(failure) => {
                let error = Error::from_wire(failure.error).unwrap_or_else(|error| error);
                Err(Failure { sent: failure.sent, error })
            }
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod host {
    pub(super) use crate::testing::send;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;
    use crate::testing::Upstream;

    #[test]
    fn a_request_goes_out_as_it_was_made() {
        let upstream = Upstream::new("api", |_| Ok(Answer::new(201, r#"{"id": 7}"#)));
        let api = Connection::new("api");
        let fields = [("amount", "12 €"), ("currency", "eur")];
        let answer = api.post("/charges").query("expand", "a&b").query("n", 2).form(fields).send().unwrap();
        assert_eq!(answer.ok().unwrap().json::<std::collections::BTreeMap<String, u8>>().unwrap()["id"], 7);
        let asked = &upstream.asked()[..];
        let [sent] = asked else { panic!("{asked:?}") };
        assert_eq!((sent.method.as_str(), sent.target.as_str()), ("POST", "/charges?expand=a%26b&n=2"));
        assert_eq!(sent.text(), "amount=12%20%E2%82%AC&currency=eur");
        assert_eq!(sent.header("Content-Type"), Some("application/x-www-form-urlencoded"));
    }

    #[test]
    fn a_status_says_who_has_to_act() {
        for (status, kind) in
            [(401, Kind::Misconfigured), (403, Kind::Misconfigured), (404, Kind::Refused), (429, Kind::RetryLater)]
        {
            let error = Answer::new(status, "no\n way").with("Retry-After", "3").ok().unwrap_err();
            assert_eq!(error.kind, kind);
            assert!(error.message.ends_with(&format!("{status}: no way")), "{error}");
            assert_eq!(error.retry_after_ms, (status == 429).then_some(3_000));
        }
        assert!(Answer::new(204, "").ok().is_ok());
    }

    #[test]
    fn what_may_have_been_acted_on_is_unknown() {
        let away = Error::retry_later("it broke off");
        assert_eq!(Failure::lost(away.clone()).outcome(), Ok(Outcome::Unknown("it broke off".to_owned())));
        assert_eq!(Failure::not_sent(away.clone()).outcome(), Err(away));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let answer = Answer::new(200, r#"{"rows": [{"id": "x"}]}"#);
        #[derive(Debug, serde::Deserialize)]
        struct Rows {
            #[expect(dead_code, reason = "read, not looked at")]
            rows: Vec<std::collections::BTreeMap<String, u8>>,
        }
        let error = answer.json::<Rows>().unwrap_err();
        assert!(error.message.contains("`rows[0].id`"), "{error}");
    }

    #[test]
    fn nothing_answers_where_nothing_is_bound() {
        let failure = Connection::new("other").get("/").send().unwrap_err();
        assert!(!failure.sent && failure.error.message.contains("`other` was not granted"));
    }
}
