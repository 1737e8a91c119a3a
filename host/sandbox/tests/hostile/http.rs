//! The connection `http`: what a guest may ask of its system, and every way to another one that must not work.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use escalation::answer::{Called, ErrorKind, Outcome};
use escalation::effect::Role;
use sandbox::Bound;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::guest::{self, Kept, requests, runtime, wasm, with_api};

const SECRET: &str = "sk_live_4711-abcdef";

/// A system that repeats what it hears.
struct Echo {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Echo {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/base", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keeps = heard.clone();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let heard = keeps.clone();
                tokio::spawn(async move {
                    let mut bytes = vec![0; 64 << 10];
                    while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                        let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
                        heard.lock().unwrap().push(text.clone());
                        let length = text.len();
                        let answer =
                            format!("HTTP/1.1 200 OK\r\nx-echo: {SECRET}\r\ncontent-length: {length}\r\n\r\n{text}");
                        stream.write_all(answer.as_bytes()).await.ok();
                    }
                });
            }
        });
        Self { url, heard }
    }

    /// What a guest comes back with.
    async fn called(&self, act: Value) -> Called<Vec<Outcome>> {
        let mut grant = guest::grant(act);
        let binding = format!(
            "url = \"{}\"\nallow = [\"127.0.0.1/32\"]\nauth = \"bearer\"\nsecret = {{ command = [\"printf\", \"{SECRET}\"] }}",
            self.url
        );
        let binding = Box::new(toml::from_str(&binding).unwrap());
        grant.connections = BTreeMap::from([("api".to_owned(), Bound::System(binding))]);
        grant.imports = with_api().imports;
        let plugin = runtime().load("asker", with_api(), &wasm(""), grant, Kept::default().shared()).await.unwrap();
        plugin.perform(&guest::batch(), Role::Dialer, &requests(1)).await
    }

    async fn does(&self, act: Value) -> Result<String, (ErrorKind, String)> {
        let outcomes = self.called(act).await.result.map_err(|error| (error.kind, error.message))?;
        match outcomes.into_iter().next().unwrap() {
            Outcome::Done { reference, .. } => Ok(reference),
            other => panic!("{other:?}"),
        }
    }

    fn heard(&self) -> Vec<String> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
}

fn ask(method: &str, target: &str) -> Value {
    json!({"do": "ask", "method": method, "target": target})
}

#[tokio::test]
async fn a_guest_asks_its_system_and_never_sees_the_secret() {
    let echo = Echo::new().await;
    let called = echo.called(ask("POST", "/v1/calls?a=b")).await;
    let heard = echo.heard().remove(0);
    assert!(heard.starts_with("POST /base/v1/calls?a=b HTTP/1.1\r\n"), "{heard}");
    assert!(heard.contains(&format!("authorization: Bearer {SECRET}")), "{heard}");
    let told = format!("{called:?}");
    assert!(told.contains("Bearer [secret]") && !told.contains("4711"), "{told}");
    // What was asked is on record, without its query; and that the secret came back.
    let lines = called.log.join("\n");
    assert!(lines.contains("api: POST /v1/calls: 200") && !lines.contains("a=b"), "{lines}");
    assert!(lines.contains("repeated the secret"), "{lines}");
}

#[tokio::test]
async fn a_guest_does_not_choose_where_or_who() {
    let echo = Echo::new().await;
    for (act, told) in [
        (ask("DELETE", "/v1/x"), "`DELETE` was not granted"),
        (ask("GET", "/v2/x"), "`/v2/x` was not granted"),
        (ask("GET", "/v1/../v2/x"), "leads upwards"),
        (ask("GET", "http://169.254.169.254/"), "does not begin with one `/`"),
        (ask("GET", "//evil.example/v1/"), "does not begin with one `/`"),
        (ask("GET", "/v1/x HTTP/1.1\r\nHost: evil.example"), "percent-encoded"),
        (json!({"do": "ask", "method": "GET", "target": "/v1/x", "headers": {"a": "b\r\nc: d"}}), "is no header"),
        (
            json!({"do": "ask", "method": "GET", "target": "/v1/x", "connection": "vault"}),
            "`vault` was not granted; granted is `api`",
        ),
        (json!({"do": "ask", "method": "POST", "target": "/v1/x", "body-mib": 9}), "is larger than"),
    ] {
        let (kind, message) = echo.does(act.clone()).await.unwrap_err();
        assert!(kind == ErrorKind::Refused && message.contains(told), "{act}: {message}");
        assert!(message.contains("sent false"), "{act}: {message}");
    }
    assert_eq!(echo.heard(), Vec::<String>::new(), "nothing left the house");
    let own = json!({"do": "ask", "method": "GET", "target": "/v1/x", "headers": {"Authorization": "Bearer mine", "Host": "evil.example"}});
    echo.does(own).await.unwrap();
    let heard = echo.heard().remove(0);
    assert!(!heard.contains("mine") && !heard.contains("evil"), "{heard}");
}

#[tokio::test]
async fn a_call_ends_after_so_many_requests() {
    let echo = Echo::new().await;
    let act = json!({"do": "ask-for-ever", "method": "GET", "target": "/v1/x"});
    let (kind, message) = echo.does(act).await.unwrap_err();
    assert!(kind == ErrorKind::Refused && message.contains("a call sends at most 200 requests"), "{message}");
    assert_eq!(echo.heard().len(), 200);
}

#[tokio::test]
async fn a_system_that_hangs_costs_its_own_call_alone() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hanging = Echo { url: format!("http://{}", listener.local_addr().unwrap()), heard: Arc::default() };
    let echo = Echo::new().await;
    let (slow, quick) = tokio::join!(hanging.does(ask("GET", "/v1/x")), echo.does(ask("GET", "/v1/x")));
    assert!(quick.is_ok());
    let (kind, message) = slow.unwrap_err();
    assert!(kind == ErrorKind::OutOfTime && message.contains("did not answer within 5000 ms"), "{message}");
}
