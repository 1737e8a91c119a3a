//! Webhooks over the whole road: `/hooks/{connection}`, the proof, the store, and the plugin that is asked at once.

use std::path::Path;
use std::sync::Arc;

use server::clock::{SystemClock, unix_millis};
use server::config::Config;
use server::hub::Desked;
use server::serve::{OpenDesk, open_desk};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use crate::workspace;

const SECRET: &str = "whsec_of_a_test";
const BODY: &str = r#"{"id": "evt_1", "type": "charge.succeeded", "data": {"object": {"amount": 99999999}}}"#;

/// A hub with a door, one plugin behind it that listens, and the system that this plugin asks.
struct House {
    _folder: TempDir,
    hub: Arc<Desked>,
    desk: OpenDesk,
    /// The first line of everything that the plugin asked.
    asked: mpsc::UnboundedReceiver<String>,
}

impl House {
    async fn new() -> Self {
        let (url, asked) = upstream().await;
        let folder = workspace::fresh();
        write(folder.path(), "key", "sk_test_0123456789");
        write(folder.path(), "news", SECRET);
        let file = format!(
            "plugin = \"gateway-stripe\"\n[connections.api]\nurl = \"{url}\"\nallow = [\"127.0.0.1/32\"]\n\
             auth = \"bearer\"\nsecret = {{ file = \"key\" }}\n[connections.news]\nwebhook = {{ file = \"news\" }}\n\
             [config]\nlive = false\n"
        );
        write(folder.path(), "plugins/gateway-stripe.toml", &file);
        let config = Config::read(&folder.path().join("dunlin.toml")).unwrap();
        let clock = Arc::new(SystemClock::new(config.zone.clone()));
        let started = server::start::start(&config, clock).await.unwrap();
        let hub = Arc::new(Desked::new(Arc::new(started.engine), started.plugins));
        let desk = open_desk("127.0.0.1:0", Vec::new(), "closed-for-strangers".to_owned()).await.unwrap();
        desk.lead_to(hub.clone());
        Self { _folder: folder, hub, desk, asked }
    }

    /// Status and answer of a request without any token.
    async fn post(&self, path: &str, headers: &[String], body: &str) -> (u16, String) {
        let address = self.desk.link.trim_start_matches("http://").split('/').next().unwrap();
        let headers: String = headers.iter().map(|header| format!("{header}\r\n")).collect();
        let length = body.len();
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: hub.example\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer.split_once("\r\n\r\n").unwrap().1.to_owned())
    }

    /// How much of it was kept.
    async fn kept(&self) -> usize {
        self.hub.engine.store.heard("gateway-stripe", 0, 100).await.unwrap().len()
    }

    /// What the plugin asked since the last time.
    fn asked(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.asked.try_recv().ok()).collect()
    }
}

fn write(folder: &Path, file: &str, text: &str) {
    std::fs::write(folder.join(file), text).unwrap();
}

/// A system in which nothing ever happened.
async fn upstream() -> (String, mpsc::UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (say, said) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let say = say.clone();
            tokio::spawn(async move {
                let mut bytes = vec![0; 16 << 10];
                while let Ok(count @ 1..) = stream.read(&mut bytes).await {
                    let text = String::from_utf8_lossy(&bytes[..count]).into_owned();
                    say.send(text.lines().next().unwrap_or_default().to_owned()).ok();
                    let body = r#"{"object": "list", "data": [], "has_more": false, "livemode": false}"#;
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                    stream.write_all(format!("{head}{body}").as_bytes()).await.ok();
                }
            });
        }
    });
    (url, said)
}

/// The header of a webhook that was signed so many seconds ago.
fn signed(secret: &str, ago: i64, body: &str) -> String {
    let at = unix_millis() / 1_000 - ago;
    format!("Stripe-Signature: t={at},v1={}", hmac_sha256(secret, &format!("{at}.{body}")))
}

/// By hand, so that the test does not lean on what it tests.
fn hmac_sha256(key: &str, message: &str) -> String {
    use sha2::{Digest, Sha256};
    let pad = |byte: u8| {
        let mut block = [byte; 64];
        for (place, key) in block.iter_mut().zip(key.bytes()) {
            *place ^= key;
        }
        block
    };
    let inner = Sha256::digest([&pad(0x36)[..], message.as_bytes()].concat());
    let outer = Sha256::digest([&pad(0x5c)[..], &inner].concat());
    outer.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_is_not_proven_changes_nothing() {
    let mut house = House::new().await;
    house.hub.engine.turn().await.unwrap();
    house.asked();
    let before = house.hub.engine.store.counts().await.unwrap();
    let long = "x".repeat((1 << 20) + 1);
    let at = "/hooks/gateway-stripe";
    for (why, path, headers, body, status) in [
        ("unsigned", at, vec![], BODY, 401),
        ("forged", at, vec![signed("another-secret", 0, BODY)], BODY, 401),
        ("changed", at, vec![signed(SECRET, 0, "{}")], BODY, 401),
        ("stale", at, vec![signed(SECRET, 400, BODY)], BODY, 401),
        ("from the future", at, vec![signed(SECRET, -400, BODY)], BODY, 401),
        ("signed twice", at, vec![signed(SECRET, 0, BODY), signed(SECRET, 0, BODY)], BODY, 401),
        ("for nobody", "/hooks/nobody", vec![signed(SECRET, 0, BODY)], BODY, 404),
        ("for one that does not listen", "/hooks/gateway-bankfile", vec![signed(SECRET, 0, BODY)], BODY, 404),
        ("too long", at, vec![signed(SECRET, 0, &long)], &long, 413),
    ] {
        let (seen, told) = house.post(path, &headers, body).await;
        assert_eq!(seen, status, "{why}");
        assert!(!told.contains(SECRET) && !told.contains("signature"), "{why}: {told}");
    }
    house.hub.engine.catch_up().await.unwrap();
    assert_eq!((house.kept().await, house.asked()), (0, Vec::new()));
    assert_eq!(house.hub.engine.store.counts().await.unwrap(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_has_the_source_asked_at_once_and_is_no_money_itself() {
    let mut house = House::new().await;
    house.hub.engine.turn().await.unwrap();
    house.asked();
    house.hub.engine.catch_up().await.unwrap();
    assert_eq!(house.asked(), Vec::<String>::new(), "nobody told anything");
    let before = house.hub.engine.store.counts().await.unwrap();

    let (status, answer) = house.post("/hooks/gateway-stripe", &[signed(SECRET, 5, BODY)], BODY).await;
    assert_eq!((status, answer.as_str(), house.kept().await), (200, "", 1));
    house.hub.ear.notified().await;
    house.hub.engine.catch_up().await.unwrap();
    let asked = house.asked();
    assert!(asked.iter().any(|line| line.starts_with("GET /v1/balance_transactions")), "{asked:?}");
    // It says that 999 999.99 came. Its source does not.
    assert_eq!(house.hub.engine.store.counts().await.unwrap(), before);

    // The same once more, signed anew as its sender does when it heard no answer: known, and nobody is asked again.
    let (status, _) = house.post("/hooks/gateway-stripe", &[signed(SECRET, 0, BODY)], BODY).await;
    assert_eq!((status, house.kept().await), (200, 1));
    house.hub.engine.catch_up().await.unwrap();
    assert_eq!(house.asked(), Vec::<String>::new());

    // Another host on the same database, or this one after a crash, finds it by looking.
    house.post("/hooks/gateway-stripe", &[signed(SECRET, 0, "{}")], "{}").await;
    house.hub.engine.turn().await.unwrap();
    assert!(!house.asked().is_empty());
    house.hub.engine.catch_up().await.unwrap();
    assert_eq!(house.asked(), Vec::<String>::new(), "it was asked after it came");
}
