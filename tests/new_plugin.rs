//! Adding a plugin of a known role is one folder in plugins/ and one file in config/plugins/, and no line of host/.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use engine::clock::SimulatedClock;
use server::config::Config;

use crate::program::root;
use crate::workspace;

const CARGO: &str = r#"
[package]
name = "accounting-oneline"
version = "0.1.0"
edition = "2024"
publish = false

[lib]
crate-type = ["cdylib", "rlib"]

[dependencies]
dunlin-plugin-sdk.workspace = true
serde.workspace = true
"#;

const MANIFEST: &str = r#"
id = "accounting-oneline"
version = "0.1.0"
contract = "0.1"
summary = "an invoice a line: number;debtor;issued;due;amount"
roles = ["accounting"]
imports = ["files", "log"]
[[connection]]
name = "inbox"
type = "files"
purpose = "invoices are read from it"
"#;

const SOURCE: &str = r#"
//! A whole accounting plugin, as short as one gets.
use dunlin_plugin_sdk::accounting::{Accounting, Fact, Invoice};
use dunlin_plugin_sdk::files::Connection;
use dunlin_plugin_sdk::inbox::{Document, Inbox, Taken};
use dunlin_plugin_sdk::{Event, Money, Page, Party, Refusal, Result, Source};

struct Oneline;

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Config {}

impl Accounting for Oneline {
    type Config = Config;

    fn pull(_: &Config, cursor: Option<&str>) -> Result<Page<Fact>> {
        let inbox = Inbox { connection: Connection::new("inbox"), folder: "", extensions: &["txt"], files_per_pull: 10 };
        inbox.pull(cursor, read)
    }
}

fn read(document: &Document) -> std::result::Result<Taken<Fact>, Refusal> {
    let refuse = |place: usize, reason: &str| Refusal {
        document: document.name.clone(),
        place: format!("line {place}"),
        reason: reason.to_owned(),
    };
    let text = String::from_utf8_lossy(&document.bytes);
    let mut events = Vec::new();
    for (place, line) in text.lines().enumerate() {
        let [number, debtor, issued, due, amount] = line.split(';').collect::<Vec<_>>()[..] else {
            return Err(refuse(place + 1, "five fields are expected"));
        };
        let total = Money::parse(amount, "EUR").map_err(|_| refuse(place + 1, "no amount"))?;
        let debtor = Party { id: debtor.to_owned(), name: debtor.to_owned(), ..Party::default() };
        let day = |text: &str| text.parse().map_err(|_| refuse(place + 1, "no day"));
        let fact = Fact::Invoice(Invoice {
            number: number.to_owned(),
            debtor,
            issued_on: day(issued)?,
            due_on: Some(day(due)?),
            total: total.clone(),
            payable: total,
            terms: String::new(),
            discounts: Vec::new(),
            payment_references: Vec::new(),
            buyer_reference: None,
            order: None,
            products: Vec::new(),
            notes: Vec::new(),
        });
        let source = Source {
            key: number.to_owned(),
            version: None,
            digest: None,
            document: document.name.clone(),
            place: format!("line {}", place + 1),
            occurred_on: day(issued)?,
        };
        events.push(Event { source, fact });
    }
    Ok(Taken::new(events))
}

dunlin_plugin_sdk::export!(Oneline: accounting);
"#;

const RUNNING: &str = r#"
plugin = "accounting-oneline"
[connections]
inbox = "exchange/oneline"
"#;

fn write(file: &Path, text: &str) {
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, text).unwrap();
}

/// A checkout with the new plugin's folder in it; everything else is the checkout's own.
fn checkout_with_the_plugin() -> tempfile::TempDir {
    let checkout = tempfile::TempDir::new().unwrap();
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let members = manifest.lines().find(|line| line.starts_with("members")).unwrap();
    let alone = manifest.replace(members, "members = [\"plugin-sdk\", \"plugins/*\"]");
    write(&checkout.path().join("Cargo.toml"), &alone);
    for file in ["Cargo.lock", ".cargo/config.toml", "rust-toolchain.toml"] {
        write(&checkout.path().join(file), &std::fs::read_to_string(root().join(file)).unwrap());
    }
    workspace::copy(&root().join("plugin-sdk"), &checkout.path().join("plugin-sdk"));
    let plugin = checkout.path().join("plugins/accounting-oneline");
    write(&plugin.join("Cargo.toml"), CARGO);
    write(&plugin.join("plugin.toml"), MANIFEST);
    write(&plugin.join("src/lib.rs"), SOURCE);
    checkout
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_plugin_touches_only_its_folder_and_its_file() {
    let checkout = checkout_with_the_plugin();
    let folder = workspace::fresh();
    let built = Command::new(crate::program::dunlin())
        .current_dir(checkout.path())
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("new-plugin"))
        .args(["plugin", "build", "accounting-oneline", "--config"])
        .arg(folder.path().join("dunlin.toml"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    write(&folder.path().join("plugins/oneline.toml"), RUNNING);
    write(&folder.path().join("exchange/oneline/one.txt"), "N-1;Meyer;2026-02-01;2026-03-01;12.50\n");

    let config = Config::read(&folder.path().join("dunlin.toml")).unwrap();
    let now = "2026-02-02T08:00:00".parse().unwrap();
    let engine = server::start::start(&config, Arc::new(SimulatedClock::new(now))).await.unwrap().engine;
    engine.turn().await.unwrap();
    let (account, _) = engine.store.account(&"Meyer".into()).await.unwrap().unwrap();
    assert_eq!(account.open()[0].to_string(), "12.50 EUR");
}
